/* Both kinds of globs: the input is a pattern and, behind a NUL, a name. A name with all its characters
 * escaped is a pattern that matches it, a star in front of the pattern takes nothing from it, and a
 * class of one character is that character. */
#include "input.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/filepath_match.h"
#include "meshctl/golang/glob.h"

static bool glob(const char *pattern, const char *name)
{
    return glob_is_valid(pattern, strlen(pattern)) && glob_matches(pattern, strlen(pattern), name);
}

static char *escaped_dup(const char *name)
{
    struct buf out = BUF_INIT;
    for (const char *p = name; *p; p++) {
        if ((unsigned char)*p < 0x80)
            buf_appendc(&out, '\\');
        buf_appendc(&out, *p);
    }
    return buf_detach(&out, NULL);
}

static void check_itself(const char *name)
{
    AUTO_FREE char *pattern = escaped_dup(name);
    if (!pathmatch_is_valid(pattern) || !pathmatch(pattern, name))
        abort();
    if (text_is_utf8(name, strlen(name)) && strlen(pattern) <= GLOB_MAX_PATTERN &&
        !glob(pattern, name))
        abort();
}

static void check_pattern(const char *pattern, const char *name)
{
    AUTO_FREE char *starred = mem_printf("*%s", pattern);
    bool matches = pathmatch_is_valid(pattern) && pathmatch(pattern, name);
    if (matches && (!pathmatch_is_valid(starred) || !pathmatch(starred, name)))
        abort();
    /* Within the limits of steps and length. */
    if (strlen(pattern) < 64 && strlen(name) < 64 && pattern[0] != '*' && glob(pattern, name) &&
        !glob(starred, name))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct part rest = {(const char *)data, size};
    AUTO_FREE char *pattern = part_dup(part_take(&rest));
    AUTO_FREE char *name = part_dup(part_take(&rest));
    check_itself(name);
    check_pattern(pattern, name);
    return 0;
}
