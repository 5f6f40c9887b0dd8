/* net/url: parse, escape, write. */
#include "meshctl/golang/url.h"

#include <arpa/inet.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/strconv.h"

enum mode { MODE_PATH, MODE_USER, MODE_HOST, MODE_ZONE, MODE_FRAGMENT };

/* What may stand unescaped besides letters, digits and "-_.~" (net/url shouldEscape). */
static const char *const allowed[] = {
    [MODE_PATH] = "$&+,/:;=@",          [MODE_USER] = "$&+,;=",
    [MODE_HOST] = "!$&'()*+,;=:[]<>\"", [MODE_ZONE] = "!$&'()*+,;=:[]<>\"",
    [MODE_FRAGMENT] = "$&+,/:;=?@!()*",
};

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_plain(char c, enum mode mode)
{
    return is_alnum(c) || (c != '\0' && (strchr("-_.~", c) || strchr(allowed[mode], c)));
}

static void escape(struct buf *out, struct text_span s, enum mode mode)
{
    for (size_t i = 0; i < s.len; i++) {
        if (is_plain(s.data[i], mode))
            buf_appendc(out, s.data[i]);
        else
            buf_appendf(out, "%%%02X", (unsigned char)s.data[i]);
    }
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

static int quote_error(struct error **err, const char *before, const char *s, size_t len,
                       const char *after)
{
    AUTO_BUF quoted = BUF_INIT;
    print_quoted(&quoted, s, len, '"', false);
    return error_set(err, ERROR_INPUT, "%s%s%s", before, buf_str(&quoted), after);
}

static int escape_error(struct error **err, const char *s, size_t left)
{
    return quote_error(err, "invalid URL escape ", s, left < 3 ? left : 3, "");
}

static struct text_span part(struct text_span s, size_t from, size_t to)
{
    return (struct text_span){s.data + from, to - from};
}

/* The byte of "%XX" at s[at]; in a host only bytes beyond ASCII may be written that way. */
static int unescape_byte(struct text_span s, size_t at, enum mode mode, char *ret_byte,
                         struct error **err)
{
    int high = at + 1 < s.len ? hex_value(s.data[at + 1]) : -1;
    int low = at + 2 < s.len ? hex_value(s.data[at + 2]) : -1;
    if (high < 0 || low < 0)
        return escape_error(err, s.data + at, s.len - at);
    *ret_byte = (char)(high << 4 | low);
    bool percent = *ret_byte == '%';
    if (mode == MODE_HOST && high < 8 && !percent)
        return escape_error(err, s.data + at, 3);
    if (mode == MODE_ZONE && !percent && *ret_byte != ' ' && !is_plain(*ret_byte, MODE_HOST))
        return escape_error(err, s.data + at, 3);
    return 0;
}

static int unescape(struct arena *a, struct text_span s, enum mode mode, struct text_span *ret,
                    struct error **err)
{
    char *out = arena_alloc(a, s.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.data[i];
        bool in_host = mode == MODE_HOST || mode == MODE_ZONE;
        if (c == '%') {
            if (unescape_byte(s, i, mode, &out[len++], err) < 0)
                return -1;
            i += 2;
            continue;
        }
        if (in_host && (unsigned char)c < 0x80 && c != '+' && !is_plain(c, mode))
            return quote_error(err, "invalid character ", s.data + i, 1, " in host name");
        out[len++] = c;
    }
    *ret = (struct text_span){out, len};
    return 0;
}

static size_t find(struct text_span s, char c)
{
    const char *at = s.len > 0 ? memchr(s.data, c, s.len) : NULL;
    return at ? (size_t)(at - s.data) : s.len;
}

static size_t find_last(struct text_span s, char c)
{
    const char *at = s.len > 0 ? memrchr(s.data, c, s.len) : NULL;
    return at ? (size_t)(at - s.data) : s.len;
}

static bool equals(struct text_span s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.data, text, s.len) == 0;
}

/* "", or ":" and digits. */
static bool is_optional_port(struct text_span s)
{
    for (size_t i = 1; i < s.len; i++)
        if (s.data[i] < '0' || s.data[i] > '9')
            return false;
    return s.len == 0 || s.data[0] == ':';
}

/* Everything before the first ':' when it is a scheme; the rest follows it. */
static int take_scheme(struct arena *a, struct text_span *rest, struct text_span *ret_scheme,
                       struct error **err)
{
    *ret_scheme = (struct text_span){"", 0};
    for (size_t i = 0; i < rest->len; i++) {
        char c = rest->data[i];
        bool letter = is_alnum(c) && (c < '0' || c > '9');
        if (c == ':' && i == 0)
            return error_set(err, ERROR_INPUT, "missing protocol scheme");
        if (c == ':') {
            char *scheme = arena_strndup(a, rest->data, i);
            for (size_t k = 0; k < i; k++)
                if (scheme[k] >= 'A' && scheme[k] <= 'Z')
                    scheme[k] = (char)(scheme[k] | 0x20);
            *ret_scheme = (struct text_span){scheme, i};
            *rest = part(*rest, i + 1, rest->len);
            return 0;
        }
        if (!letter && (i == 0 || !(is_alnum(c) || c == '+' || c == '-' || c == '.')))
            return 0;
    }
    return 0;
}

static int bad_port(struct text_span port, struct error **err)
{
    return quote_error(err, "invalid port ", port.data, port.len, " after host");
}

/* "[address%25zone]:port". */
static int parse_literal(struct arena *a, struct text_span host, struct text_span *ret_host,
                         struct error **err)
{
    struct in6_addr address;
    struct text_span plain;
    struct text_span zone = {"", 0};
    size_t close = find_last(host, ']');
    if (close == host.len)
        return error_set(err, ERROR_INPUT, "missing ']' in host");
    struct text_span port = part(host, close + 1, host.len);
    struct text_span name = part(host, 1, close);
    if (!is_optional_port(port))
        return bad_port(port, err);
    const char *mark = memmem(name.data, name.len, "%25", 3);
    size_t name_end = mark ? (size_t)(mark - name.data) : name.len;
    if (unescape(a, part(name, 0, name_end), MODE_HOST, &plain, err) < 0 ||
        unescape(a, part(name, name_end, name.len), MODE_ZONE, &zone, err) < 0)
        return -1;
    const char *text = arena_strndup(a, plain.data, plain.len);
    if (inet_pton(AF_INET, text, &address) == 1)
        return error_set(err, ERROR_INPUT, "invalid IP-literal");
    if (inet_pton(AF_INET6, text, &address) != 1)
        return quote_error(err, "invalid host: ParseAddr(", plain.data, plain.len,
                           "): unable to parse IP");
    const char *whole =
        arena_printf(a, "[%s%.*s]%.*s", text, (int)zone.len, zone.data, (int)port.len, port.data);
    *ret_host = (struct text_span){whole, strlen(whole)};
    return 0;
}

static int parse_host(struct arena *a, struct text_span scheme, struct text_span host,
                      struct text_span *ret_host, struct error **err)
{
    size_t open = find_last(host, '[');
    size_t colon = find(host, ':');
    if (open > 0 && open < host.len)
        return error_set(err, ERROR_INPUT, "invalid IP-literal");
    if (open < host.len)
        return parse_literal(a, host, ret_host, err);
    if (!equals(scheme, "http") && !equals(scheme, "https"))
        colon = find_last(host, ':');
    if (!is_optional_port(part(host, colon, host.len)))
        return bad_port(part(host, colon, host.len), err);
    return unescape(a, host, MODE_HOST, ret_host, err);
}

static int parse_user(struct arena *a, struct text_span text, struct gourl *url, struct error **err)
{
    size_t colon = find(text, ':');
    for (size_t i = 0; i < text.len; i++)
        if (!is_alnum(text.data[i]) && !strchr("-._:~!$&'()*+,;=%@", text.data[i]))
            return error_set(err, ERROR_INPUT, "net/url: invalid userinfo");
    url->has_user = true;
    url->has_password = colon < text.len;
    if (unescape(a, part(text, 0, colon), MODE_USER, &url->username, err) < 0)
        return -1;
    if (!url->has_password)
        return 0;
    return unescape(a, part(text, colon + 1, text.len), MODE_USER, &url->password, err);
}

static int parse_authority(struct arena *a, struct text_span text, struct gourl *url,
                           struct error **err)
{
    size_t at = find_last(text, '@');
    bool has_user = at < text.len;
    struct text_span host = has_user ? part(text, at + 1, text.len) : text;
    if (parse_host(a, url->scheme, host, &url->host, err) < 0)
        return -1;
    return has_user ? parse_user(a, part(text, 0, at), url, err) : 0;
}

static bool begins_with(struct text_span s, const char *text)
{
    size_t len = strlen(text);
    return s.len >= len && memcmp(s.data, text, len) == 0;
}

/* The part before '#'. */
static int parse_body(struct arena *a, struct text_span rest, struct gourl *url, struct error **err)
{
    for (size_t i = 0; i < rest.len; i++)
        if ((unsigned char)rest.data[i] < ' ' || rest.data[i] == 0x7f)
            return error_set(err, ERROR_INPUT, "net/url: invalid control character in URL");
    if (take_scheme(a, &rest, &url->scheme, err) < 0)
        return -1;
    size_t question = find(rest, '?');
    if (question < rest.len)
        url->query = part(rest, question + 1, rest.len);
    rest = part(rest, 0, question);
    if (!begins_with(rest, "/")) {
        if (url->scheme.len > 0) {
            url->opaque = rest;
            return 0;
        }
        if (find(part(rest, 0, find(rest, '/')), ':') < find(rest, '/'))
            return error_set(err, ERROR_INPUT, "first path segment in URL cannot contain colon");
    }
    if (begins_with(rest, "//") && (url->scheme.len > 0 || !begins_with(rest, "///"))) {
        struct text_span authority = part(rest, 2, rest.len);
        size_t slash = find(authority, '/');
        rest = part(authority, slash, authority.len);
        if (parse_authority(a, part(authority, 0, slash), url, err) < 0)
            return -1;
    }
    return unescape(a, rest, MODE_PATH, &url->path, err);
}

static int name_url(struct text_span text, struct error **err)
{
    AUTO_BUF quoted = BUF_INIT;
    print_quoted(&quoted, text.data, text.len, '"', false);
    return error_wrap(err, "parse %s", buf_str(&quoted));
}

int gourl_parse(struct arena *a, struct text_span text, struct gourl *ret_url, struct error **err)
{
    static const struct text_span none = {"", 0};
    size_t hash = find(text, '#');
    struct text_span body = part(text, 0, hash);
    *ret_url = (struct gourl){none, none, none, none, none, none, none, none, false, false};
    if (parse_body(a, body, ret_url, err) < 0)
        return name_url(body, err);
    if (hash + 1 < text.len &&
        unescape(a, part(text, hash + 1, text.len), MODE_FRAGMENT, &ret_url->fragment, err) < 0)
        return name_url(text, err);
    return 0;
}

void gourl_write_user(struct buf *out, const struct gourl *url)
{
    if (!url->has_user)
        return;
    escape(out, url->username, MODE_USER);
    if (!url->has_password)
        return;
    buf_appendc(out, ':');
    escape(out, url->password, MODE_USER);
}

static void write_authority(struct buf *out, const struct gourl *url)
{
    if (url->scheme.len == 0 && url->host.len == 0 && !url->has_user)
        return;
    if (url->host.len > 0 || url->path.len > 0 || url->has_user)
        buf_appends(out, "//");
    if (url->has_user) {
        gourl_write_user(out, url);
        buf_appendc(out, '@');
    }
    escape(out, url->host, MODE_HOST);
}

static void write_path(struct buf *out, const struct gourl *url)
{
    AUTO_BUF path = BUF_INIT;
    if (equals(url->path, "*"))
        buf_appendc(&path, '*');
    else
        escape(&path, url->path, MODE_PATH);
    struct text_span text = {buf_str(&path), path.len};
    if (path.len > 0 && text.data[0] != '/' && url->host.len > 0)
        buf_appendc(out, '/');
    /* "a:b" alone would read as a scheme. */
    if (out->len == 0 && find(text, ':') < find(text, '/'))
        buf_appends(out, "./");
    buf_append(out, text.data, text.len);
}

void gourl_write(struct buf *out, const struct gourl *url)
{
    if (url->scheme.len > 0) {
        buf_append(out, url->scheme.data, url->scheme.len);
        buf_appendc(out, ':');
    }
    if (url->opaque.len > 0) {
        buf_append(out, url->opaque.data, url->opaque.len);
    } else {
        write_authority(out, url);
        write_path(out, url);
    }
    if (url->query.len > 0) {
        buf_appendc(out, '?');
        buf_append(out, url->query.data, url->query.len);
    }
    if (url->fragment.len > 0) {
        buf_appendc(out, '#');
        escape(out, url->fragment, MODE_FRAGMENT);
    }
}

struct text_span gourl_hostname(const struct gourl *url)
{
    struct text_span host = url->host;
    size_t colon = find_last(host, ':');
    if (colon < host.len && is_optional_port(part(host, colon, host.len)))
        host = part(host, 0, colon);
    if (host.len >= 2 && host.data[0] == '[' && host.data[host.len - 1] == ']')
        host = part(host, 1, host.len - 1);
    return host;
}
