/* Regular expressions: the input is a pattern and, behind a NUL, a text. A match lies inside the text;
 * the pattern in a group of its own matches the same; the text with \Q before it matches itself. */
#include "input.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/regex.h"

#define MAX_MATCHES 64

/* 1 with the first match, 0 without one, -1 at a limit or where the pattern is none. */
static int first_match(const char *pattern, size_t len, struct part text, size_t ret_offsets[2])
{
    AUTO_REGEX *re = NULL;
    AUTO_ERROR struct error *err = NULL;
    const size_t *offsets;
    int rc = regex_new(pattern, len, &re, &err);
    check_outcome(rc, err);
    if ((rc < 0) != (re == NULL))
        abort();
    if (rc < 0)
        return -1;
    int found = regex_match(re, text.data, text.len, 0, &offsets, &err);
    if ((found < 0) != (err != NULL))
        abort();
    if (found == 1)
        memcpy(ret_offsets, offsets, 2 * sizeof(*offsets));
    return found;
}

static void check_groups(struct regex *re, const size_t *offsets, size_t from, size_t len)
{
    for (size_t i = 0; i < 2 * regex_groups(re); i += 2) {
        bool took_part = offsets[i] != SIZE_MAX;
        if (took_part != (offsets[i + 1] != SIZE_MAX) || (i == 0 && !took_part))
            abort();
        if (took_part && (offsets[i] > offsets[i + 1] || offsets[i + 1] > len || offsets[i] < from))
            abort();
    }
}

static void match_all(const char *pattern, size_t len, struct part text)
{
    AUTO_REGEX *re = NULL;
    AUTO_ERROR struct error *err = NULL;
    const size_t *offsets;
    size_t from = 0;
    if (regex_new(pattern, len, &re, &err) < 0)
        return;
    for (int i = 0; i < MAX_MATCHES && from <= text.len; i++) {
        if (regex_match(re, text.data, text.len, from, &offsets, &err) != 1)
            return;
        check_groups(re, offsets, from, text.len);
        uint32_t rune;
        from = offsets[1] > offsets[0]
                   ? offsets[1]
                   : offsets[1] + text_rune(text.data + offsets[1], text.len - offsets[1], &rune) +
                         (offsets[1] == text.len);
    }
}

static void check_grouped(struct part pattern, struct part text)
{
    AUTO_FREE char *grouped = mem_printf("(?:%.*s)", (int)pattern.len, pattern.data);
    size_t plain[2] = {0}, inside[2] = {0};
    int found = first_match(pattern.data, pattern.len, text, plain);
    int again = first_match(grouped, strlen(grouped), text, inside);
    /* What is open at the end (a comment there is none of, but \Q) takes the bracket with it; and
     * the limits are the pattern's, not the group's. */
    if (found < 0 || again < 0)
        return;
    if (found != again || (found && memcmp(plain, inside, sizeof(plain)) != 0))
        abort();
}

static void check_quoted(struct part text)
{
    AUTO_BUF pattern = BUF_INIT;
    size_t at[2];
    if (!text_is_utf8(text.data, text.len) || text.len > 1000 ||
        memmem(text.data, text.len, "\\", 1))
        return;
    buf_appends(&pattern, "\\Q");
    buf_append(&pattern, text.data, text.len);
    if (first_match(buf_str(&pattern), pattern.len, text, at) != 1 || at[0] != 0 ||
        at[1] != text.len)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct part rest = {(const char *)data, size};
    struct part pattern = part_take(&rest);
    match_all(pattern.data, pattern.len, rest);
    check_grouped(pattern, rest);
    check_quoted(rest);
    return 0;
}
