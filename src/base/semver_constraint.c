/* Constraints on versions ("^1.2 || >= 3"): groups of terms that a version fits or not. */
#include "meshctl/base/semver.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/text.h"
#include "semver_scan.h"

#define BLANKS " \t\n\f\r"

/* How much of the version was written: "1.x" and "1" leave the minor open. */
enum open_part {
    OPEN_NONE,
    OPEN_PATCH,
    OPEN_MINOR,
    OPEN_ALL,
};

struct term;
typedef bool fits_fn(const struct semver *v, const struct term *t);

struct term {
    fits_fn *fits;
    struct semver version; /* open parts are 0 */
    enum open_part open;
};

struct group {
    struct term *terms;
    size_t count, cap;
    bool has_prerelease;
};

struct semver_constraint {
    struct group *groups;
    size_t count, cap;
};

static bool is_below(const struct semver *v, const struct term *t)
{
    return semver_compare(v, &t->version) < 0;
}

static bool fits_not_equal(const struct semver *v, const struct term *t)
{
    const struct semver *w = &t->version;
    if (t->open == OPEN_NONE || t->open == OPEN_ALL)
        return semver_compare(v, w) != 0;
    if (v->major != w->major)
        return true;
    if (t->open == OPEN_MINOR)
        return false;
    return v->minor != w->minor || strcmp(v->prerelease, w->prerelease) != 0;
}

static bool fits_greater(const struct semver *v, const struct term *t)
{
    const struct semver *w = &t->version;
    if (t->open == OPEN_MINOR)
        return v->major > w->major;
    if (t->open == OPEN_PATCH)
        return v->major > w->major || (v->major == w->major && v->minor > w->minor);
    return semver_compare(v, w) > 0;
}

static bool fits_less(const struct semver *v, const struct term *t)
{
    return is_below(v, t);
}

static bool fits_greater_equal(const struct semver *v, const struct term *t)
{
    return !is_below(v, t);
}

static bool fits_less_equal(const struct semver *v, const struct term *t)
{
    const struct semver *w = &t->version;
    if (t->open == OPEN_NONE)
        return semver_compare(v, w) <= 0;
    if (v->major != w->major)
        return v->major < w->major;
    return t->open == OPEN_MINOR || v->minor <= w->minor;
}

/* The same minor, or the same major when the minor is open; ~0.0.0 and ~* take anything above. */
static bool fits_tilde(const struct semver *v, const struct term *t)
{
    const struct semver *w = &t->version;
    if (is_below(v, t))
        return false;
    bool is_zero = w->major == 0 && w->minor == 0 && w->patch == 0;
    if (is_zero && (t->open == OPEN_NONE || t->open == OPEN_ALL))
        return true;
    return v->major == w->major && (v->minor == w->minor || t->open == OPEN_MINOR);
}

static bool fits_equal(const struct semver *v, const struct term *t)
{
    return t->open == OPEN_NONE ? semver_compare(v, &t->version) == 0 : fits_tilde(v, t);
}

/* The leftmost part that is not zero must stay. */
static bool fits_caret(const struct semver *v, const struct term *t)
{
    const struct semver *w = &t->version;
    if (is_below(v, t))
        return false;
    if (v->major != w->major || w->major > 0 || t->open == OPEN_MINOR)
        return v->major == w->major;
    if (v->minor != w->minor || w->minor > 0 || t->open == OPEN_PATCH)
        return v->minor == w->minor;
    return v->patch == w->patch;
}

static const struct {
    const char *text;
    fits_fn *fits;
} operators[] = {
    /* The longer ones first; the empty one ends the search. */
    {"!=", fits_not_equal},  {">=", fits_greater_equal}, {"=>", fits_greater_equal},
    {"<=", fits_less_equal}, {"=<", fits_less_equal},    {"~>", fits_tilde},
    {"=", fits_equal},       {">", fits_greater},        {"<", fits_less},
    {"~", fits_tilde},       {"^", fits_caret},          {"", fits_equal},
};

/* Go's %q without its tables of printable runes: those past Latin-1 stay, less a few. */
static void append_quoted(struct buf *out, const char *text)
{
    static const char letters[] = "abtnvfr"; /* from 7 on */
    for (size_t left = strlen(text), n; left; text += n, left -= n) {
        uint32_t rune;
        n = text_rune(text, left, &rune);
        if (rune == '"' || rune == '\\')
            buf_appendf(out, "\\%c", (int)rune);
        else if (rune >= 7 && rune <= 13)
            buf_appendf(out, "\\%c", letters[rune - 7]);
        else if (rune < 0x20 || rune == 0x7F || (rune == 0xFFFD && n == 1))
            buf_appendf(out, "\\x%02x", (unsigned char)*text);
        else if ((rune >= 0x80 && rune <= 0xA0) || rune == 0xAD || rune == 0xFEFF ||
                 rune == 0x2028 || rune == 0x2029)
            buf_appendf(out, "\\u%04x", (unsigned)rune);
        else
            buf_append(out, text, n);
    }
}

static int refuse(const char *text, struct error **err)
{
    AUTO_BUF quoted = BUF_INIT;
    append_quoted(&quoted, text);
    return error_set(err, ERROR_INPUT, "improper constraint: \"%s\"", buf_str(&quoted));
}

static bool is_open(struct semver_span part)
{
    return !part.text || (part.len == 1 && strchr("xX*", part.text[0]));
}

static enum open_part open_part_of(const struct semver_parts *p)
{
    return is_open(p->number[0])   ? OPEN_ALL
           : is_open(p->number[1]) ? OPEN_MINOR
           : is_open(p->number[2]) ? OPEN_PATCH
                                   : OPEN_NONE;
}

/* The version that is compared with: open parts and all behind them 0, and then no metadata
 * (constraints.go parseConstraint). */
static int parse_version(const struct semver_parts *p, enum open_part open, struct semver *ret,
                         struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    for (int i = 0; i < 3; i++) {
        struct semver_span part = p->number[i];
        if (i >= 3 - (int)open)
            part = (struct semver_span){"0", 1};
        buf_appends(&text, i ? "." : "");
        buf_append(&text, part.text, part.len);
    }
    if (p->prerelease.text)
        buf_appendf(&text, "-%.*s", (int)p->prerelease.len, p->prerelease.text);
    if (p->metadata.text && open == OPEN_NONE)
        buf_appendf(&text, "+%.*s", (int)p->metadata.len, p->metadata.text);
    AUTO_ERROR struct error *reason = NULL;
    if (semver_parse(buf_str(&text), ret, &reason) < 0)
        return error_set(err, ERROR_INPUT, "constraint parser error");
    return 0;
}

/* Where the version of a comparison begins: behind its operator. */
static const char *skip_operator(const char *p, fits_fn **ret_fits)
{
    size_t i = 0;
    p += strspn(p, BLANKS);
    while (!text_has_prefix(p, operators[i].text))
        i++;
    *ret_fits = operators[i].fits;
    p += strlen(operators[i].text);
    return p + strspn(p, BLANKS);
}

/* Between comparisons stands a blank or a comma; false when neither does, or at the end. */
static bool take_separator(const char **text)
{
    size_t blanks = strspn(*text, BLANKS);
    const char *p = *text + blanks;
    if (*p == ',')
        p++;
    else if (!blanks)
        return false;
    *text = p;
    return true;
}

/* The whole group must look right before any of it is read (constraints.go validConstraintRegex);
 * what then still fails fails with another text. */
static bool looks_right(const char *text)
{
    fits_fn *fits;
    for (const char *p = text;;) {
        p = skip_operator(p, &fits);
        size_t n = semver_scan(p, SEMVER_WILD_DIGITS).len;
        if (n == 0)
            return false;
        p += n;
        if (!p[strspn(p, BLANKS)])
            return true;
        if (!take_separator(&p))
            return false;
    }
}

static int parse_group(const char *text, struct group *g, struct error **err)
{
    if (!looks_right(text))
        return refuse(text, err);
    const char *p = text;
    do {
        struct term t = {0};
        p = skip_operator(p, &t.fits);
        struct semver_parts parts = semver_scan(p, SEMVER_WILD_DIGITS);
        t.open = open_part_of(&parts);
        if (parse_version(&parts, t.open, &t.version, err) < 0)
            return -1;
        p += parts.len;
        g->terms = mem_grow(g->terms, &g->cap, g->count + 1, sizeof(*g->terms));
        g->terms[g->count++] = t;
        g->has_prerelease |= t.version.prerelease[0] != '\0';
    } while (p[strspn(p, BLANKS)] && take_separator(&p));
    return 0;
}

/* "A - B" at the text, with blanks around the dash; returns its length, 0 when it is none. */
static size_t scan_range(const char *text, struct buf *out)
{
    size_t first = semver_scan(text, SEMVER_WILD_DIGITS).len;
    const char *p = text + first;
    size_t before = strspn(p, BLANKS);
    p += before;
    if (!first || !before || *p != '-')
        return 0;
    size_t after = strspn(++p, BLANKS);
    p += after;
    size_t second = semver_scan(p, SEMVER_WILD_DIGITS).len;
    if (!after || !second)
        return 0;
    buf_appendf(out, ">= %.*s, <= %.*s ", (int)first, text, (int)second, p);
    p += second;
    return (size_t)(p + strspn(p, BLANKS) - text);
}

/* constraints.go rewriteRange; blanks before a range go with it. */
static void rewrite_ranges(const char *text, struct buf *out)
{
    while (*text) {
        size_t blanks = strspn(text, BLANKS), n = scan_range(text + blanks, out);
        if (n) {
            text += blanks + n;
        } else {
            buf_append(out, text, blanks ? blanks : 1);
            text += blanks ? blanks : 1;
        }
    }
}

static int parse_groups(const char *text, struct semver_constraint *c, struct error **err)
{
    for (;;) {
        const char *bar = strstr(text, "||");
        AUTO_FREE char *part = mem_strndup(text, bar ? (size_t)(bar - text) : strlen(text));
        c->groups = mem_grow(c->groups, &c->cap, c->count + 1, sizeof(*c->groups));
        c->groups[c->count++] = (struct group){0};
        if (c->count > SEMVER_MAX_CONSTRAINT_GROUPS)
            return error_set(err, ERROR_INPUT, "too many constraint groups (max %d)",
                             SEMVER_MAX_CONSTRAINT_GROUPS);
        if (parse_group(part, &c->groups[c->count - 1], err) < 0)
            return -1;
        if (!bar)
            return 0;
        text = bar + 2;
    }
}

int semver_constraint_new(const char *text, struct semver_constraint **ret_constraint,
                          struct error **err)
{
    if (strnlen(text, SEMVER_MAX_CONSTRAINT + 1) > SEMVER_MAX_CONSTRAINT)
        return error_set(err, ERROR_INPUT, "constraint string is too long (max %d bytes)",
                         SEMVER_MAX_CONSTRAINT);
    AUTO_BUF rewritten = BUF_INIT;
    rewrite_ranges(text, &rewritten);
    AUTO_SEMVER_CONSTRAINT *c = mem_zalloc(sizeof(*c));
    if (parse_groups(buf_str(&rewritten), c, err) < 0)
        return -1;
    *ret_constraint = TAKE(c);
    return 0;
}

void semver_constraint_free(struct semver_constraint *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->count; i++)
        free(c->groups[i].terms);
    free(c->groups);
    free(c);
}

static bool group_fits(const struct group *g, const struct semver *version)
{
    if (version->prerelease[0] && !g->has_prerelease)
        return false;
    for (size_t i = 0; i < g->count; i++)
        if (!g->terms[i].fits(version, &g->terms[i]))
            return false;
    return true;
}

bool semver_constraint_fits(const struct semver_constraint *c, const struct semver *version)
{
    for (size_t i = 0; i < c->count; i++)
        if (group_fits(&c->groups[i], version))
            return true;
    return false;
}
