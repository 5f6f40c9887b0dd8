/* Globs matched element by element, groups and stars by trying. */
#include "meshctl/golang/glob.h"

#include <stdint.h>
#include <string.h>

#include "meshctl/base/text.h"

/* Patterns are walked as text. A position inside braces continues, at a comma or closing brace,
 * behind the group; `level` counts the open groups. */
struct matcher {
    const char *end;
    size_t steps;
};

static size_t rune_at(const char *p, const char *end, uint32_t *ret)
{
    return text_rune(p, (size_t)(end - p), ret);
}

/* Behind '[': reads the class as the lexer's fetchRange does. Returns what follows ']', or NULL. */
static const char *read_class(const char *p, const char *end, uint32_t rune, bool *ret_match)
{
    bool negated = p < end && *p == '!', match = false;
    p += negated;
    uint32_t low, high;
    size_t n = rune_at(p, end, &low);
    if (n && p + n < end && p[n] == '-') {
        p += n + 1;
        n = rune_at(p, end, &high);
        if (!n || high < low)
            return NULL;
        match = low <= rune && rune <= high;
        p += n;
    } else {
        const char *start = p;
        while (p < end && *p != ']') {
            p += *p == '\\' && p + 1 < end;
            p += rune_at(p, end, &low);
            match = match || low == rune;
        }
        if (p == start)
            return NULL;
    }
    if (p >= end || *p != ']')
        return NULL;
    *ret_match = match != negated;
    return p + 1;
}

bool glob_is_valid(const char *pattern, size_t len)
{
    const char *p = pattern, *end = pattern + len;
    bool unused;
    if (len > GLOB_MAX_PATTERN || !text_is_utf8(pattern, len) || memchr(pattern, '\0', len))
        return false;
    while (p < end) {
        char c = *p++;
        if (c == '\\' && p < end)
            p += rune_at(p, end, &(uint32_t){0});
        else if (c == '[' && !(p = read_class(p, end, 0, &unused)))
            return false;
    }
    return true; /* a group that is open at the end ends there */
}

/* The next alternative of the group that `p` is in, behind its comma. NULL when there is none:
 * *ret_behind is then behind the closing brace. */
static const char *next_alternative(const char *p, const char *end, const char **ret_behind)
{
    int level = 1;
    bool unused;
    while (p < end && level) {
        char c = *p++;
        if (c == '\\' && p < end)
            p += rune_at(p, end, &(uint32_t){0});
        else if (c == '[')
            p = read_class(p, end, 0, &unused);
        else if (c == ',' && level == 1)
            return p;
        else
            level += (c == '{') - (c == '}');
    }
    *ret_behind = p;
    return NULL;
}

/* Behind the group's closing brace, from anywhere inside it. */
static const char *skip_group(const char *p, const char *end)
{
    const char *behind = p;
    while (p)
        p = next_alternative(p, end, &behind);
    return behind;
}

static bool match(struct matcher *m, const char *p, int level, const char *name);

static bool match_star(struct matcher *m, const char *p, int level, const char *name)
{
    bool super = p < m->end && *p == '*';
    p += super;
    for (;; name++) {
        if (match(m, p, level, name))
            return true;
        if (!*name || (*name == '/' && !super))
            return false;
    }
}

static bool match_group(struct matcher *m, const char *p, int level, const char *name)
{
    for (const char *behind; p; p = next_alternative(p, m->end, &behind))
        if (match(m, p, level + 1, name))
            return true;
    return false;
}

/* One element that takes exactly one rune; returns what follows it in the pattern, or NULL. */
static const char *match_rune(struct matcher *m, const char *p, const char **name)
{
    uint32_t rune, want;
    size_t n = text_rune(*name, strlen(*name), &rune);
    bool same = n > 0;
    if (*p == '?') {
        same = same && rune != '/';
        p++;
    } else if (*p == '[') {
        bool in = false;
        p = read_class(p + 1, m->end, rune, &in);
        same = same && in;
    } else {
        p += *p == '\\' && p + 1 < m->end;
        p += rune_at(p, m->end, &want);
        same = same && rune == want;
    }
    *name += n;
    return same ? p : NULL;
}

static bool match(struct matcher *m, const char *p, int level, const char *name)
{
    while (p) {
        if (++m->steps > GLOB_MAX_STEPS)
            return false;
        if (p == m->end)
            return !*name;
        if (level && (*p == ',' || *p == '}')) {
            p = skip_group(p, m->end);
            level--;
        } else if (*p == '{') {
            return match_group(m, p + 1, level, name);
        } else if (*p == '*') {
            return match_star(m, p + 1, level, name);
        } else {
            p = match_rune(m, p, &name);
        }
    }
    return false;
}

bool glob_matches(const char *pattern, size_t len, const char *name)
{
    struct matcher m = {.end = pattern + len};
    return match(&m, pattern, 0, name);
}
