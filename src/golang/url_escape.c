/* net/url: what is escaped, and how, in each part of a URL. */
#include "url_escape.h"

#include "meshctl/golang/strconv.h"

/* What may stand unescaped besides letters, digits and "-_.~" (net/url shouldEscape). */
static const char *const allowed[] = {
    [URL_PATH] = "$&+,/:;=@",          [URL_SEGMENT] = "$&+:=@",          [URL_USER] = "$&+,;=",
    [URL_HOST] = "!$&'()*+,;=:[]<>\"", [URL_ZONE] = "!$&'()*+,;=:[]<>\"", [URL_QUERY] = "",
    [URL_FRAGMENT] = "$&+,/:;=?@!()*",
};

bool url_is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

static bool is_plain(char c, enum url_part where)
{
    return url_is_alnum(c) || is_one_of(c, "-_.~") || is_one_of(c, allowed[where]);
}

void url_escape(struct buf *out, struct text_span s, enum url_part where)
{
    size_t start = 0;
    for (size_t i = 0; i < s.len && !out->overflow; i++) {
        if (is_plain(s.data[i], where))
            continue;
        buf_append(out, s.data + start, i - start);
        start = i + 1;
        if (s.data[i] == ' ' && where == URL_QUERY)
            buf_appendc(out, '+');
        else
            buf_appendf(out, "%%%02X", (unsigned char)s.data[i]);
    }
    buf_append(out, s.data + start, s.len - start);
}

int url_quote_error(struct error **err, const char *before, const char *s, size_t len,
                    const char *after)
{
    AUTO_BUF quoted = BUF_INIT;
    goquote_append_as(&quoted, s, len, '"', false);
    return error_set(err, ERROR_INPUT, "%s%s%s", before, buf_str(&quoted), after);
}

static int escape_error(struct error **err, const char *s, size_t left)
{
    return url_quote_error(err, "invalid URL escape ", s, left < 3 ? left : 3, "");
}

/* The byte of "%XX" at s[at]; in a host only bytes beyond ASCII may be written that way. */
static int unescape_byte(struct text_span s, size_t at, enum url_part where, char *ret_byte,
                         struct error **err)
{
    int high = at + 1 < s.len ? text_hex_digit(s.data[at + 1]) : -1;
    int low = at + 2 < s.len ? text_hex_digit(s.data[at + 2]) : -1;
    if (high < 0 || low < 0)
        return escape_error(err, s.data + at, s.len - at);
    *ret_byte = (char)(high << 4 | low);
    bool percent = *ret_byte == '%';
    if (where == URL_HOST && high < 8 && !percent)
        return escape_error(err, s.data + at, 3);
    if (where == URL_ZONE && !percent && *ret_byte != ' ' && !is_plain(*ret_byte, URL_HOST))
        return escape_error(err, s.data + at, 3);
    return 0;
}

int url_unescape(struct arena *a, struct text_span s, enum url_part where, struct text_span *ret,
                 struct error **err)
{
    bool in_host = where == URL_HOST || where == URL_ZONE;
    size_t len = 0;
    *ret = s;
    if (!in_host && span_find(s, '%') == s.len)
        return 0;
    char *out = arena_alloc_raw(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++) {
        char c = s.data[i];
        if (c == '%') {
            if (unescape_byte(s, i, where, &out[len++], err) < 0)
                return -1;
            i += 2;
            continue;
        }
        if (in_host && (unsigned char)c < 0x80 && c != '+' && !is_plain(c, where))
            return url_quote_error(err, "invalid character ", s.data + i, 1, " in host name");
        out[len++] = c;
    }
    *ret = (struct text_span){out, len};
    return 0;
}

int url_set_part(struct arena *a, struct text_span written, enum url_part where,
                 struct text_span *ret_text, struct text_span *ret_raw, struct error **err)
{
    AUTO_BUF usual = BUF_INIT;
    if (url_unescape(a, written, where, ret_text, err) < 0)
        return -1;
    url_escape(&usual, *ret_text, where);
    *ret_raw = span_is(written, buf_str(&usual)) ? (struct text_span){"", 0} : written;
    return 0;
}

/* validEncoded, and decodes to the text. */
static bool is_escaping_of(struct text_span raw, struct text_span text, enum url_part where)
{
    size_t at = 0;
    for (size_t i = 0; i < raw.len; i++, at++) {
        char c = raw.data[i];
        AUTO_ERROR struct error *ignored = NULL;
        if (c == '%') {
            if (unescape_byte(raw, i, where, &c, &ignored) < 0)
                return false;
            i += 2;
        } else if (!is_one_of(c, "!$&'()*+,;=:@[]") && !is_plain(c, where)) {
            return false;
        }
        if (at >= text.len || text.data[at] != c)
            return false;
    }
    return at == text.len;
}

void url_escape_part(struct buf *out, struct text_span text, struct text_span raw,
                     enum url_part where)
{
    if (raw.len > 0 && is_escaping_of(raw, text, where))
        buf_append(out, raw.data, raw.len);
    else if (where == URL_PATH && span_is(text, "*"))
        buf_appendc(out, '*');
    else
        url_escape(out, text, where);
}

void gourl_path_escape(struct buf *out, const char *s, size_t len)
{
    url_escape(out, (struct text_span){s, len}, URL_SEGMENT);
}

void gourl_query_escape(struct buf *out, const char *s, size_t len)
{
    url_escape(out, (struct text_span){s, len}, URL_QUERY);
}

int gourl_path_unescape(struct arena *a, struct text_span text, struct text_span *ret_text,
                        struct error **err)
{
    return url_unescape(a, text, URL_SEGMENT, ret_text, err);
}
