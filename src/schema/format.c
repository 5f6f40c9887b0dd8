/* The formats that `format` can name (format.go). */
#include "format.h"

#include <string.h>

#include "internal.h"
#include "meshctl/base/text.h"

static const char *json_pointer(struct arena *a, struct schema_text text)
{
    (void)a;
    const char *s = text.data;
    if (!text.len)
        return NULL;
    if (s[0] != '/')
        return "not starting with /";
    for (size_t i = 0; i < text.len; i++)
        if (s[i] == '~' && (i + 1 == text.len || (s[i + 1] != '0' && s[i + 1] != '1')))
            return "~ must be followed by 0 or 1";
    return NULL;
}

static const char *relative_json_pointer(struct arena *a, struct schema_text text)
{
    size_t digits = strspn(text.data, "0123456789");
    if (!digits)
        return "must start with non-negative integer";
    if (digits > 1 && text.data[0] == '0')
        return "starts with zero";
    if (strcmp(text.data + digits, "#") == 0)
        return NULL;
    return json_pointer(a, (struct schema_text){text.data + digits, text.len - digits});
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static const char *uuid(struct arena *a, struct schema_text text)
{
    static const size_t lengths[] = {8, 4, 4, 4, 12};
    size_t groups = 1;
    for (size_t i = 0; i < text.len; i++)
        groups += text.data[i] == '-';
    if (groups != MC_ARRAY_LEN(lengths))
        return "must have 5 elements";
    const char *s = text.data, *end = text.data + text.len;
    for (size_t g = 0; g < groups; g++) {
        const char *dash = memchr(s, '-', (size_t)(end - s));
        size_t len = (size_t)((dash ? dash : end) - s);
        if (len != lengths[g])
            return arena_printf(a, "element %zu must be %zu characters long", g + 1, lengths[g]);
        for (size_t i = 0; i < len; i++)
            if (!is_hex(s[i]))
                return arena_printf(a, "non-hex character %s",
                                    schema_quote_rune(a, s + i, (size_t)(end - s) - i));
        s += len + 1;
    }
    return NULL;
}

static const char *regex(struct arena *a, struct schema_text text)
{
    AUTO_ERROR struct error *err = NULL;
    AUTO_REGEX *re = NULL;
    if (regex_new(text.data, text.len, &re, &err) == 0)
        return NULL;
    return arena_strdup(a, err->message);
}

/* --- semver --- */

static bool is_identifier(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

/* Identifiers apart by dots in [s, end). */
static const char *identifiers(struct arena *a, const char *s, const char *end, const char *what,
                               bool numbers)
{
    for (;; s++) {
        const char *start = s;
        for (; s < end && *s != '.'; s++)
            if (!is_identifier(*s))
                return arena_printf(a, "invalid character %s in %s identifier",
                                    schema_quote_rune(a, s, (size_t)(end - s)), what);
        if (s == start)
            return arena_printf(a, "%s identifier is empty", what);
        if (numbers && s - start > 1 && *start == '0' &&
            strspn(start, "0123456789") >= (size_t)(s - start))
            return arena_printf(a, "%s numeric identifier starts with zero", what);
        if (s == end)
            return NULL;
    }
}

static const char *version_core(struct arena *a, const char *s, const char *end)
{
    static const char *const names[] = {"major", "minor", "patch"};
    size_t dots = 0;
    for (const char *c = s; c < end; c++)
        dots += *c == '.';
    if (dots != 2)
        return "versionCore must have 3 numbers separated by dot";
    for (size_t i = 0; i < 3; i++, s++) {
        const char *start = s;
        while (s < end && *s != '.')
            s++;
        if (s == start)
            return arena_printf(a, "%s is empty", names[i]);
        if (s - start > 1 && *start == '0')
            return arena_printf(a, "%s starts with zero", names[i]);
        if (strspn(start, "0123456789") < (size_t)(s - start))
            return arena_printf(a, "%s contains non-digit", names[i]);
    }
    return NULL;
}

static const char *semver(struct arena *a, struct schema_text text)
{
    const char *s = text.data, *end = s + text.len, *wrong = NULL;
    const char *plus = memchr(s, '+', text.len);
    if (plus && plus + 1 == end)
        return "build is empty";
    if (plus)
        wrong = identifiers(a, plus + 1, end, "build", false);
    end = plus ? plus : end;
    const char *dash = wrong ? NULL : memchr(s, '-', (size_t)(end - s));
    if (dash)
        wrong = identifiers(a, dash + 1, end, "pre-release", true);
    return wrong ? wrong : version_core(a, s, dash ? dash : end);
}

/* --- the table --- */

struct schema_format {
    const char *name;
    schema_format_fn *check;
};

static const struct schema_format formats[] = {
    {"date", schema_format_date},
    {"date-time", schema_format_date_time},
    {"duration", schema_format_duration},
    {"email", schema_format_email},
    {"hostname", schema_format_hostname},
    {"ipv4", schema_format_ipv4},
    {"ipv6", schema_format_ipv6},
    {"iri", schema_format_uri},
    {"iri-reference", schema_format_uri_reference},
    {"json-pointer", json_pointer},
    {"period", schema_format_period},
    {"regex", regex},
    {"relative-json-pointer", relative_json_pointer},
    {"semver", semver},
    {"time", schema_format_time},
    {"uri", schema_format_uri},
    {"uri-reference", schema_format_uri_reference},
    {"uri-template", schema_format_uri_template},
    {"uuid", uuid},
};

const struct schema_format *schema_format_find(const char *name)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(formats); i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

const char *schema_format_name(const struct schema_format *f)
{
    return f->name;
}

const char *schema_format_check(const struct schema_format *f, struct arena *a,
                                struct schema_text text)
{
    return f->check(a, text);
}
