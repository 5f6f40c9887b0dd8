/* Chains that the others in the mesh take, and those that they refuse. */
#include "shown.h"

#include "support.h"
#include "test_certs.h"

#define NAME "spiffe://cluster.local/ns/n/sa/a"

static struct test_authority *root, *other;

static int make(void **state)
{
    (void)state;
    /* The same name: only the keys tell them apart. */
    root = test_authority_new("Root CA");
    other = test_authority_new("Root CA");
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    test_authority_free(root);
    test_authority_free(other);
    return 0;
}

static enum shown judge(struct test_authority *signer, const struct test_cert_spec *spec,
                        const char *behind, const char *anchors, char **ret_text)
{
    MC_CLEANUP(ca_roots_release) struct ca_roots roots = {0};
    MC_CLEANUP(test_cert_release) struct test_cert cert = {0};
    struct error *err = NULL;
    const char *pem = test_authority_pem(root);
    struct shown_wanted wanted = {.roots = &roots, .anchors = anchors, .now = time(NULL)};
    must(ca_roots_add_pem(&roots, pem, strlen(pem), "test", &err), &err);
    strlist_add(&wanted.names, "DNS:istiod.istio-system.svc");
    strlist_add(&wanted.names, NAME);
    test_authority_issue(signer, spec, &cert);
    AUTO_FREE char *chain = mem_printf("%s%s", cert.cert_pem, behind);
    enum shown shown = shown_judge(&wanted, chain, strlen(chain), ret_text);
    strlist_release(&wanted.names);
    return shown;
}

static void judged(void **state)
{
    (void)state;
    const char *mine = test_authority_pem(root), *theirs = test_authority_pem(other);
    AUTO_FREE char *both = mem_printf("%s%s", theirs, mine);
    const struct {
        struct test_authority *signer;
        struct test_cert_spec spec;
        const char *behind, *anchors;
        enum shown shown;
        const char *text;
    } rows[] = {
        {root, {.common_name = "x", .san = "URI:" NAME}, mine, NULL, SHOWN_GOOD, "root "},
        {root,
         {.common_name = "x", .san = "DNS:istiod.istio-system.svc"},
         "",
         mine,
         SHOWN_GOOD,
         ""},
        {root, {.common_name = "x", .san = "URI:" NAME}, "", both, SHOWN_GOOD, "root "},
        {other, {.common_name = "x", .san = "URI:" NAME}, theirs, NULL, SHOWN_ROOT, "root "},
        {other, {.common_name = "x", .san = "URI:" NAME}, theirs, both, SHOWN_ROOT, "root "},
        /* It says that it is of the root of the mesh, and is not signed by it. */
        {other, {.common_name = "x", .san = "URI:" NAME}, mine, both, SHOWN_ROOT, "root "},
        {other,
         {.common_name = "x", .san = "URI:" NAME},
         "",
         both,
         SHOWN_ROOT,
         "signed by \"CN=Root CA\""},
        {root,
         {.common_name = "x", .san = "URI:spiffe://old/ns/n/sa/a"},
         mine,
         NULL,
         SHOWN_NAME,
         "it is for spiffe://old/ns/n/sa/a"},
        {root, {.common_name = "x"}, mine, NULL, SHOWN_NAME, "it is for nobody"},
        {root,
         {.common_name = "x", .san = "URI:" NAME, .from_s = -7200, .until_s = -60},
         mine,
         NULL,
         SHOWN_TIME,
         "the certificate itself ended 20"},
        {root,
         {.common_name = "x", .san = "URI:" NAME, .from_s = 600, .until_s = 1200},
         mine,
         NULL,
         SHOWN_TIME,
         "the certificate itself is not valid before 20"},
        {root,
         {.common_name = "x"},
         "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
         NULL,
         SHOWN_OTHER,
         "chain"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_FREE char *text = NULL;
        enum shown shown =
            judge(rows[i].signer, &rows[i].spec, rows[i].behind, rows[i].anchors, &text);
        if (shown != rows[i].shown || !strstr(text, rows[i].text))
            fail_msg("row %zu: %d, \"%s\"", i, (int)shown, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judged),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
