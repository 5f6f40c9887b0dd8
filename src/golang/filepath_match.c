/* One pattern against one name, backtracking at stars only. */
#include "meshctl/golang/filepath_match.h"

#include <stdint.h>
#include <string.h>

#include "meshctl/base/text.h"

/* One rune inside brackets, an escape undone; false when there is none. */
static bool take_class_rune(const char **pattern, uint32_t *ret)
{
    const char *p = *pattern;
    if (*p == '\0' || *p == '-' || *p == ']')
        return false;
    if (*p == '\\' && *++p == '\0')
        return false;
    *pattern = p + text_rune(p, strlen(p), ret);
    return **pattern != '\0';
}

/* Reads the class behind '[', says whether `rune` is in it; *pattern then is behind ']'. */
static bool take_class(const char **pattern, uint32_t rune, bool *ret_match)
{
    const char *p = *pattern;
    bool negated = *p == '^', match = false;
    p += negated;
    for (int ranges = 0; *p != ']' || !ranges; ranges++) {
        uint32_t low, high;
        if (!take_class_rune(&p, &low))
            return false;
        high = low;
        if (*p == '-' && (p++, !take_class_rune(&p, &high)))
            return false;
        match = match || (low <= rune && rune <= high);
    }
    *ret_match = match != negated;
    *pattern = p + 1;
    return true;
}

bool pathmatch_is_valid(const char *pattern)
{
    bool unused;
    while (*pattern) {
        char c = *pattern++;
        if (c == '\\' && *pattern++ == '\0')
            return false;
        if (c == '[' && !take_class(&pattern, 0, &unused))
            return false;
    }
    return true;
}

/* Matches one rune of `name` by one element of `pattern` that is no star; moves both on. */
static bool match_one(const char **pattern, const char **name)
{
    uint32_t rune, want;
    size_t n = text_rune(*name, strlen(*name), &rune);
    bool match = false;
    const char *p = *pattern;
    if (*p == '?') {
        match = rune != '/';
        p++;
    } else if (*p == '[') {
        p++;
        match = take_class(&p, rune, &match) && match;
    } else if (*p) {
        p += *p == '\\';
        p += text_rune(p, strlen(p), &want);
        match = rune == want;
    }
    *pattern = p;
    *name += n;
    return match;
}

bool pathmatch(const char *pattern, const char *name)
{
    /* A star cannot pass a slash, so only the last star met is worth another try. */
    const char *star = NULL, *star_name = NULL;
    for (;;) {
        if (*pattern == '*') {
            star = ++pattern;
            star_name = name;
            continue;
        }
        if (!*name && !*pattern)
            return true;
        if (*name && match_one(&pattern, &name))
            continue;
        if (!star || !*star_name || *star_name == '/')
            return false;
        pattern = star;
        name = ++star_name;
    }
}
