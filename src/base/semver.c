/* Versions: parsed, compared, written. */
#include "meshctl/base/semver.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/text.h"
#include "semver_scan.h"

#define IDENTIFIER "0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* Identifiers joined by dots behind the mark; moves *text on when there are any. */
static struct semver_span scan_identifiers(const char **text, char mark)
{
    struct semver_span span = {0};
    if (**text != mark)
        return span;
    const char *p = *text + 1;
    size_t n = strspn(p, IDENTIFIER);
    if (n == 0)
        return span;
    p += n;
    while (*p == '.' && (n = strspn(p + 1, IDENTIFIER)) > 0)
        p += n + 1;
    span = (struct semver_span){*text + 1, (size_t)(p - *text - 1)};
    *text = p;
    return span;
}

struct semver_parts semver_scan(const char *text, const char *digits)
{
    struct semver_parts parts = {0};
    const char *p = text + (*text == 'v');
    size_t n = strspn(p, digits);
    if (n == 0)
        return parts;
    parts.number[0] = (struct semver_span){p, n};
    p += n;
    for (int i = 1; i < 3 && *p == '.' && (n = strspn(p + 1, digits)) > 0; i++) {
        parts.number[i] = (struct semver_span){p + 1, n};
        p += n + 1;
    }
    parts.prerelease = scan_identifiers(&p, '-');
    parts.metadata = scan_identifiers(&p, '+');
    parts.len = (size_t)(p - text);
    return parts;
}

static int refuse(const char *text, const char *reason, struct error **err)
{
    AUTO_BUF shown = BUF_INIT_MAX(SEMVER_MAX_TEXT);
    text_append_clean(&shown, text, strnlen(text, SEMVER_MAX_TEXT));
    error_set(err, ERROR_INPUT, "%s", reason);
    return error_hint(err, "\"%s\" is not a version like 1.2.3 or 1.2.3-rc.1", buf_str(&shown));
}

static bool all_digits(const char *text, size_t len)
{
    return strspn(text, SEMVER_DIGITS) >= len;
}

/* False when it does not fit; a missing part is 0. */
static bool parse_number(struct semver_span span, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (size_t i = 0; i < span.len; i++)
        if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(span.text[i] - '0'), &value))
            return false;
    *ret_value = value;
    return true;
}

/* Semantic Versioning 2.0.0 item 9: numeric identifiers have no leading zeros. */
static bool has_leading_zero(struct semver_span prerelease)
{
    for (size_t i = 0, n; i < prerelease.len; i += n + 1) {
        const char *part = prerelease.text + i;
        n = strcspn(part, ".");
        if (n > prerelease.len - i)
            n = prerelease.len - i;
        if (n > 1 && part[0] == '0' && all_digits(part, n))
            return true;
    }
    return false;
}

static void copy_span(char out[static SEMVER_MAX_TEXT + 1], struct semver_span span)
{
    if (span.len)
        memcpy(out, span.text, span.len);
    out[span.len] = '\0';
}

static int fill(const char *text, const struct semver_parts *parts, struct semver *v,
                struct error **err)
{
    uint64_t *const numbers[] = {&v->major, &v->minor, &v->patch};
    for (size_t i = 0; i < MC_ARRAY_LEN(numbers); i++) {
        struct semver_span span = parts->number[i];
        if (!parse_number(span, numbers[i])) {
            AUTO_FREE char *reason =
                mem_printf("error parsing version segment: strconv.ParseUint: parsing \"%.*s\": "
                           "value out of range",
                           (int)span.len, span.text);
            return refuse(text, reason, err);
        }
    }
    if (has_leading_zero(parts->prerelease))
        return refuse(text, "version segment starts with 0", err);
    copy_span(v->prerelease, parts->prerelease);
    copy_span(v->metadata, parts->metadata);
    return 0;
}

int semver_parse(const char *text, struct semver *ret_version, struct error **err)
{
    if (strnlen(text, SEMVER_MAX_TEXT + 1) > SEMVER_MAX_TEXT)
        return refuse(text, "version string is too long (max 256 bytes)", err);
    struct semver_parts parts = semver_scan(text, SEMVER_DIGITS);
    if (parts.len == 0 || text[parts.len])
        return refuse(text, "invalid semantic version", err);
    return fill(text, &parts, ret_version, err);
}

int semver_parse_strict(const char *text, struct semver *ret_version, struct error **err)
{
    if (!*text)
        return refuse(text, "version string empty", err);
    if (strnlen(text, SEMVER_MAX_TEXT + 1) > SEMVER_MAX_TEXT)
        return refuse(text, "version string is too long (max 256 bytes)", err);
    struct semver_parts parts = semver_scan(text, SEMVER_DIGITS);
    if (*text == 'v')
        return refuse(text, "invalid characters in version", err);
    if (parts.len == 0 || text[parts.len] || !parts.number[2].text)
        return refuse(text, "invalid semantic version", err);
    for (int i = 0; i < 3; i++)
        if (parts.number[i].len > 1 && parts.number[i].text[0] == '0')
            return refuse(text, "version segment starts with 0", err);
    return fill(text, &parts, ret_version, err);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Both parts are there. Numbers come before names and are compared by value; one that does not fit
 * 64 bits counts as a name (version.go comparePrePart). */
static int compare_identifiers(struct semver_span a, struct semver_span b)
{
    uint64_t na, nb;
    bool a_is_number = all_digits(a.text, a.len) && parse_number(a, &na);
    bool b_is_number = all_digits(b.text, b.len) && parse_number(b, &nb);
    if (a_is_number && b_is_number)
        return compare_numbers(na, nb);
    if (a_is_number != b_is_number)
        return a_is_number ? -1 : 1;
    int order = memcmp(a.text, b.text, a.len < b.len ? a.len : b.len);
    return order ? order : compare_numbers(a.len, b.len);
}

static struct semver_span next_identifier(const char **text)
{
    struct semver_span span = {*text, strcspn(*text, ".")};
    *text += span.len;
    if (**text)
        ++*text;
    return span;
}

static int compare_prereleases(const char *a, const char *b)
{
    if (!*a || !*b)
        return !*a - !*b;
    while (*a && *b) {
        int order = compare_identifiers(next_identifier(&a), next_identifier(&b));
        if (order)
            return order;
    }
    return !!*a - !!*b;
}

int semver_compare(const struct semver *a, const struct semver *b)
{
    int order = compare_numbers(a->major, b->major);
    if (order == 0)
        order = compare_numbers(a->minor, b->minor);
    if (order == 0)
        order = compare_numbers(a->patch, b->patch);
    return order ? order : compare_prereleases(a->prerelease, b->prerelease);
}

char *semver_format_dup(const struct semver *v)
{
    return mem_printf("%" PRIu64 ".%" PRIu64 ".%" PRIu64 "%s%s%s%s", v->major, v->minor, v->patch,
                      v->prerelease[0] ? "-" : "", v->prerelease, v->metadata[0] ? "+" : "",
                      v->metadata);
}
