/* Addresses, host names, mail addresses and URLs as format.go and Go's net packages read them. */
#include <string.h>

#include "format.h"
#include "meshctl/golang/strconv.h"
#include "meshctl/golang/url.h"

/* --- IP addresses --- */

static const char *quoted(struct arena *a, const char *s, size_t len)
{
    AUTO_BUF out = BUF_INIT;
    goquote_append(&out, s, len);
    return arena_strndup(a, buf_str(&out), out.len);
}

/* One group of an IPv4 address. */
static const char *check_decimal(struct arena *a, const char *s, size_t len)
{
    int64_t n;
    if (len > 1 && s[0] == '0')
        return "leading zeros";
    enum gonum wrong = goint_parse(s, len, 10, &n);
    if (wrong) {
        AUTO_BUF text = BUF_INIT;
        gonum_append_error(&text, "Atoi", s, len, wrong);
        return arena_strndup(a, buf_str(&text), text.len);
    }
    return n < 0 || n > 255 ? "decimal must be between 0 and 255" : NULL;
}

const char *schema_format_ipv4(struct arena *a, struct schema_text text)
{
    const char *s = text.data, *end = s + text.len;
    size_t dots = 0;
    for (size_t i = 0; i < text.len; i++)
        dots += s[i] == '.';
    if (dots != 3)
        return "expected four decimals";
    for (size_t i = 0; i < 4; i++) {
        const char *dot = memchr(s, '.', (size_t)(end - s));
        const char *wrong = check_decimal(a, s, (size_t)((dot ? dot : end) - s));
        if (wrong)
            return wrong;
        s = dot ? dot + 1 : end;
    }
    return NULL;
}

/* netip's parseAddrError. */
static const char *bad_address(struct arena *a, struct schema_text all, const char *what,
                               const char *at, const char *end)
{
    if (!at || at == end)
        return arena_printf(a, "ParseAddr(%s): %s", quoted(a, all.data, all.len), what);
    return arena_printf(a, "ParseAddr(%s): %s (at %s)", quoted(a, all.data, all.len), what,
                        quoted(a, at, (size_t)(end - at)));
}

/* netip parseIPv4Fields on [s, end). */
static const char *check_embedded(struct arena *a, struct schema_text all, const char *s,
                                  const char *end)
{
    const char *start = s;
    int value = 0, position = 0, digits = 0;
    for (; s < end; s++) {
        if (*s >= '0' && *s <= '9') {
            if (digits == 1 && value == 0)
                return bad_address(a, all, "IPv4 field has octet with leading zero", NULL, end);
            value = 10 * value + *s - '0';
            digits++;
            if (value > 255)
                return bad_address(a, all, "IPv4 field has value >255", NULL, end);
        } else if (*s == '.') {
            if (s == start || s + 1 == end || s[-1] == '.')
                return bad_address(a, all, "IPv4 field must have at least one digit", s, end);
            if (position++ == 3)
                return bad_address(a, all, "IPv4 address too long", NULL, end);
            value = digits = 0;
        } else {
            return bad_address(a, all, "unexpected character", s, end);
        }
    }
    return position < 3 ? bad_address(a, all, "IPv4 address too short", NULL, end) : NULL;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* netip parseIPv6 without a zone; bytes are counted only. */
static const char *check_ipv6(struct arena *a, struct schema_text all, const char *s,
                              const char *end)
{
    bool ellipsis = end - s >= 2 && s[0] == ':' && s[1] == ':';
    int bytes = 0;
    s += ellipsis ? 2 : 0;
    if (ellipsis && s == end)
        return NULL;
    while (bytes < 16) {
        const char *field = s;
        while (s < end && is_hex(*s) && s - field <= 4)
            s++;
        if (s - field > 4)
            return bad_address(a, all, "each group must have 4 or less digits", field, end);
        if (s == field)
            return bad_address(a, all, "each colon-separated field must have at least one digit",
                               field, end);
        if (s < end && *s == '.') {
            if (!ellipsis && bytes != 12)
                return bad_address(a, all,
                                   "embedded IPv4 address must replace the final 2 fields of the "
                                   "address",
                                   field, end);
            if (bytes + 4 > 16)
                return bad_address(a, all,
                                   "too many hex fields to fit an embedded IPv4 at the end of the "
                                   "address",
                                   field, end);
            const char *wrong = check_embedded(a, all, field, end);
            if (wrong)
                return wrong;
            s = end;
            bytes += 4;
            break;
        }
        bytes += 2;
        if (s == end)
            break;
        if (*s != ':')
            return bad_address(a, all, "unexpected character, want colon", s, end);
        if (s + 1 == end)
            return bad_address(a, all, "colon must be followed by more characters", s, end);
        s++;
        if (*s == ':') {
            if (ellipsis)
                return bad_address(a, all, "multiple :: in address", s, end);
            ellipsis = true;
            if (++s == end)
                break;
        }
    }
    if (s != end)
        return bad_address(a, all, "trailing garbage after address", s, end);
    if (bytes < 16 && !ellipsis)
        return bad_address(a, all, "address string too short", NULL, end);
    if (bytes == 16 && ellipsis)
        return bad_address(a, all, "the :: must expand to at least one field of zeros", NULL, end);
    return NULL;
}

/* netip.ParseAddr looks at the first of these to know what it reads. */
const char *schema_format_ipv6(struct arena *a, struct schema_text text)
{
    const char *s = text.data, *end = s + text.len;
    const char *zone = memchr(s, '%', text.len);
    if (!memchr(s, ':', text.len))
        return "missing colon";
    size_t first = strcspn(s, ".:%");
    if (s[first] == '.')
        return check_embedded(a, text, s, end);
    if (s[first] == '%')
        return bad_address(a, text, "missing IPv6 address", NULL, end);
    if (zone && zone + 1 == end)
        return bad_address(a, text, "zone must be a non-empty string", NULL, end);
    const char *wrong = check_ipv6(a, text, s, zone ? zone : end);
    if (wrong)
        return wrong;
    return zone ? "zone id is not a part of ipv6 address" : NULL;
}

/* --- hosts and mail --- */

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const char *check_label(struct arena *a, const char *s, size_t len)
{
    if (len < 1 || len > 63)
        return "label must be 1 to 63 characters long";
    if (s[0] == '-')
        return "label starts with hyphen";
    if (s[len - 1] == '-')
        return "label ends with hyphen";
    for (size_t i = 0; i < len; i++)
        if (!is_letter_or_digit(s[i]) && s[i] != '-')
            return arena_printf(a, "invalid character %s", schema_quote_rune(a, s + i, len - i));
    return NULL;
}

const char *schema_format_hostname(struct arena *a, struct schema_text text)
{
    const char *s = text.data, *end = s + text.len;
    if (text.len && end[-1] == '.')
        end--;
    if (end - s > 253)
        return "more than 253 characters long";
    for (;;) {
        const char *dot = memchr(s, '.', (size_t)(end - s));
        const char *wrong = check_label(a, s, (size_t)((dot ? dot : end) - s));
        if (wrong || !dot)
            return wrong;
        s = dot + 1;
    }
}

/* The part before '@'. */
static const char *check_local(struct arena *a, const char *s, size_t len)
{
    if (len > 64)
        return "local part more than 64 characters long";
    if (len > 1 && s[0] == '"' && s[len - 1] == '"') {
        if (memchr(s + 1, '\\', len - 2) || memchr(s + 1, '"', len - 2))
            return "backslash and quote are not allowed within quoted local part";
        return NULL;
    }
    if (len && s[0] == '.')
        return "starts with dot";
    if (len && s[len - 1] == '.')
        return "ends with dot";
    if (memmem(s, len, "..", 2))
        return "consecutive dots";
    for (size_t i = 0; i < len; i++)
        if (!is_letter_or_digit(s[i]) && (!s[i] || !strchr(".!#$%&'*+-/=?^_`{|}~", s[i])))
            return arena_printf(a, "invalid character %s", schema_quote_rune(a, s + i, len - i));
    return NULL;
}

static const char *check_domain(struct arena *a, struct schema_text domain)
{
    const char *kind = "domain", *wrong;
    if (domain.len > 1 && domain.data[0] == '[' && domain.data[domain.len - 1] == ']') {
        bool six = strncmp(domain.data + 1, "IPv6:", 5) == 0;
        size_t skip = six ? 6 : 1;
        const struct schema_text inner = {
            arena_strndup(a, domain.data + skip, domain.len - skip - 1), domain.len - skip - 1};
        kind = six ? "ipv6 address" : "ipv4 address";
        wrong = six ? schema_format_ipv6(a, inner) : schema_format_ipv4(a, inner);
    } else {
        wrong = schema_format_hostname(a, domain);
    }
    return wrong ? arena_printf(a, "invalid %s: %s", kind, wrong) : NULL;
}

const char *schema_format_email(struct arena *a, struct schema_text text)
{
    const char *at = memrchr(text.data, '@', text.len);
    if (text.len > 254)
        return "more than 255 characters long";
    if (!at)
        return "missing @";
    size_t local = (size_t)(at - text.data);
    const char *wrong = check_local(a, text.data, local);
    return wrong ? wrong : check_domain(a, (struct schema_text){at + 1, text.len - local - 1});
}

/* --- URLs --- */

/* format.go parseURL: net/url leaves an address without brackets alone. */
static const char *check_url(struct arena *a, struct schema_text text, struct gourl *url)
{
    AUTO_ERROR struct error *err = NULL;
    if (gourl_parse(a, (struct text_span){text.data, text.len}, url, &err))
        return arena_strdup(a, err->message);
    const struct text_span host = gourl_hostname(url);
    if (!memchr(host.data, ':', host.len))
        return NULL;
    if (!memchr(url->host.data, '[', url->host.len) || !memchr(url->host.data, ']', url->host.len))
        return "ipv6 address not enclosed in brackets";
    const char *wrong = schema_format_ipv6(
        a, (struct schema_text){arena_strndup(a, host.data, host.len), host.len});
    return wrong ? arena_printf(a, "invalid ipv6 address: %s", wrong) : NULL;
}

const char *schema_format_uri(struct arena *a, struct schema_text text)
{
    struct gourl url;
    const char *wrong = check_url(a, text, &url);
    return wrong ? wrong : url.scheme.len ? NULL : "relative url";
}

const char *schema_format_uri_reference(struct arena *a, struct schema_text text)
{
    struct gourl url;
    if (memchr(text.data, '\\', text.len))
        return "contains \\";
    return check_url(a, text, &url);
}

const char *schema_format_uri_template(struct arena *a, struct schema_text text)
{
    struct gourl url;
    const char *wrong = check_url(a, text, &url);
    if (wrong)
        return wrong;
    bool open = false;
    /* The path is known to decode. */
    const char *path = arena_strndup(a, url.raw_path.data, url.raw_path.len);
    for (const char *s = path;; s++) {
        bool brace_open = *s == '{' || strncmp(s, "%7b", 3) == 0 || strncmp(s, "%7B", 3) == 0;
        bool brace_close = *s == '}' || strncmp(s, "%7d", 3) == 0 || strncmp(s, "%7D", 3) == 0;
        if ((*s == '/' || !*s) && open)
            return "no matching closing brace";
        if (!*s)
            return NULL;
        if (!brace_open && !brace_close)
            continue;
        if (brace_open == open)
            return "nested curly braces";
        open = brace_open;
    }
}
