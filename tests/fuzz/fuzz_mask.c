/* What is left out of all that is shown: the input is what stands before and, behind a NUL, after a
 * secret, in a line of a log and in a string of an object. None of the secret is to be seen. And masking
 * what is masked changes nothing. */
#include "../../src/kube/mask.h"
#include "input.h"
#include "meshctl/kube/diff.h"

/* No secrets of anybody: each is known by its form, wherever it stands. */
static const struct {
    const char *text, *told; /* what must not be seen of it */
    bool has_lines;          /* it is known in lines alone */
} secrets[] = {
    {"-----BEGIN RSA PRIVATE KEY-----\nVGhpcyBpcyBub25l\n-----END RSA PRIVATE KEY-----",
     "VGhpcyBpcyBub25l", false},
    {"eyJhbGciOiJub25lIn0.eyJzdWIiOiJmdXp6In0.c2lnbmF0dXJl", "eyJzdWIiOiJmdXp6In0", false},
    {"https://fuzz:hunter22@example.com/", "hunter22", false},
    {"\npassword: hunter22", "hunter22", false},
    {" DB_PASSWORD=nullhunter22", "nullhunter22", false},
    /* "-----BEGIN PRIVATE KEY-----\nVGhpcyBpcyBub25l\n-----END PRIVATE KEY-----\n" */
    {"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tClZHaHBjeUJwY3lCdWIyNWwKLS0tLS1FTkQgUFJJVkFURSBLRVktLS0t"
     "LQo=",
     "ClZHaHBjeUJwY3lCdWIyNWwK", false},
    {"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t\n  ClZHaHBjeUJwY3lCdWIyNWwK\nLS0tLS1FTkQgUFJJVkFURSBL\n",
     "ClZHaHBjeUJwY3lCdWIyNWwK", true},
};

static bool holds(const char *text, size_t len, const char *what)
{
    return len && memmem(text, len, what, strlen(what));
}

static void check_lines(const char *text, size_t len, const char *told)
{
    AUTO_BUF out = BUF_INIT;
    AUTO_BUF again = BUF_INIT;
    kube_mask_lines(&out, text, len);
    if (holds(out.data, out.len, told))
        abort();
    kube_mask_lines(&again, out.data, out.len);
    if (again.len != out.len || (out.len && memcmp(again.data, out.data, out.len) != 0))
        abort();
}

static void check_value(const char *text, size_t len, const char *told)
{
    json_auto_t *value = json_pack("{s:[{s:o}]}", "a", "b", json_stringn_nocheck(text, len));
    json_auto_t *masked = kube_masked_value(value);
    const json_t *shown = json_dig(masked, "a", "0", "b", NULL);
    if (holds(json_string_value(shown), json_string_length(shown), told))
        abort();
}

/* A Secret shows nothing, whatever is in it. */
static void check_object(const char *text, size_t len)
{
    json_auto_t *object =
        json_pack("{s:s, s:{s:o}}", "kind", "Secret", "data", "k", json_stringn_nocheck(text, len));
    json_auto_t *masked = kube_masked(object);
    const char *shown = json_dig_str(masked, "data", "k", NULL);
    if (!shown || strcmp(shown, KUBE_MASK) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct part rest = {(const char *)data, size};
    struct part before = part_take(&rest);
    for (size_t i = 0; i < MC_ARRAY_LEN(secrets); i++) {
        const char *told = secrets[i].told;
        AUTO_BUF text = BUF_INIT;
        buf_append(&text, before.data, before.len);
        buf_appends(&text, secrets[i].text);
        buf_append(&text, rest.data, rest.len);
        /* What was said before it, or is said behind it. */
        if (holds(before.data, before.len, told) || holds(rest.data, rest.len, told))
            continue;
        check_lines(text.data, text.len, told);
        check_object(text.data, text.len);
        if (!secrets[i].has_lines)
            check_value(text.data, text.len, told);
    }
    return 0;
}
