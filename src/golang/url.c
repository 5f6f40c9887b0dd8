/* net/url: parse. */
#include <arpa/inet.h>

#include "meshctl/golang/strconv.h"
#include "url_escape.h"

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
        bool letter = url_is_alnum(c) && (c < '0' || c > '9');
        if (c == ':' && i == 0)
            return error_set(err, ERROR_INPUT, "missing protocol scheme");
        if (c == ':') {
            char *scheme = arena_strndup(a, rest->data, i);
            for (size_t k = 0; k < i; k++)
                if (scheme[k] >= 'A' && scheme[k] <= 'Z')
                    scheme[k] = (char)(scheme[k] | 0x20);
            *ret_scheme = (struct text_span){scheme, i};
            *rest = span_cut(*rest, i + 1, rest->len);
            return 0;
        }
        if (!letter && (i == 0 || !(url_is_alnum(c) || c == '+' || c == '-' || c == '.')))
            return 0;
    }
    return 0;
}

static int bad_port(struct text_span port, struct error **err)
{
    return url_quote_error(err, "invalid port ", port.data, port.len, " after host");
}

/* "[address%25zone]:port". */
static int parse_literal(struct arena *a, struct text_span host, struct text_span *ret_host,
                         struct error **err)
{
    struct in6_addr address;
    struct text_span plain;
    struct text_span zone = {"", 0};
    size_t close = span_find_last(host, ']');
    if (close == host.len)
        return error_set(err, ERROR_INPUT, "missing ']' in host");
    struct text_span port = span_cut(host, close + 1, host.len);
    struct text_span name = span_cut(host, 1, close);
    if (!is_optional_port(port))
        return bad_port(port, err);
    const char *mark = memmem(name.data, name.len, "%25", 3);
    size_t name_end = mark ? (size_t)(mark - name.data) : name.len;
    if (url_unescape(a, span_cut(name, 0, name_end), URL_HOST, &plain, err) < 0 ||
        url_unescape(a, span_cut(name, name_end, name.len), URL_ZONE, &zone, err) < 0)
        return -1;
    const char *text = arena_strndup(a, plain.data, plain.len);
    if (inet_pton(AF_INET, text, &address) == 1)
        return error_set(err, ERROR_INPUT, "invalid IP-literal");
    if (inet_pton(AF_INET6, text, &address) != 1)
        return url_quote_error(err, "invalid host: ParseAddr(", plain.data, plain.len,
                               "): unable to parse IP");
    const char *whole =
        arena_printf(a, "[%s%.*s]%.*s", text, (int)zone.len, zone.data, (int)port.len, port.data);
    *ret_host = (struct text_span){whole, strlen(whole)};
    return 0;
}

static int parse_host(struct arena *a, struct text_span scheme, struct text_span host,
                      struct text_span *ret_host, struct error **err)
{
    size_t open = span_find_last(host, '[');
    size_t colon = span_find(host, ':');
    if (open > 0 && open < host.len)
        return error_set(err, ERROR_INPUT, "invalid IP-literal");
    if (open < host.len)
        return parse_literal(a, host, ret_host, err);
    if (!span_is(scheme, "http") && !span_is(scheme, "https"))
        colon = span_find_last(host, ':');
    if (!is_optional_port(span_cut(host, colon, host.len)))
        return bad_port(span_cut(host, colon, host.len), err);
    return url_unescape(a, host, URL_HOST, ret_host, err);
}

static int parse_user(struct arena *a, struct text_span text, struct gourl *url, struct error **err)
{
    size_t colon = span_find(text, ':');
    for (size_t i = 0; i < text.len; i++)
        if (!url_is_alnum(text.data[i]) && !strchr("-._:~!$&'()*+,;=%@", text.data[i]))
            return error_set(err, ERROR_INPUT, "net/url: invalid userinfo");
    url->has_user = true;
    url->has_password = colon < text.len;
    if (url_unescape(a, span_cut(text, 0, colon), URL_USER, &url->username, err) < 0)
        return -1;
    if (!url->has_password)
        return 0;
    return url_unescape(a, span_cut(text, colon + 1, text.len), URL_USER, &url->password, err);
}

static int parse_authority(struct arena *a, struct text_span text, struct gourl *url,
                           struct error **err)
{
    size_t at = span_find_last(text, '@');
    bool has_user = at < text.len;
    struct text_span host = has_user ? span_cut(text, at + 1, text.len) : text;
    if (parse_host(a, url->scheme, host, &url->host, err) < 0)
        return -1;
    return has_user ? parse_user(a, span_cut(text, 0, at), url, err) : 0;
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
    if (span_is(rest, "*")) {
        url->path = rest;
        return 0;
    }
    if (take_scheme(a, &rest, &url->scheme, err) < 0)
        return -1;
    size_t question = span_find(rest, '?');
    url->force_query = question + 1 == rest.len;
    if (question < rest.len)
        url->query = span_cut(rest, question + 1, rest.len);
    rest = span_cut(rest, 0, question);
    if (!begins_with(rest, "/")) {
        if (url->scheme.len > 0) {
            url->opaque = rest;
            return 0;
        }
        if (span_find(span_cut(rest, 0, span_find(rest, '/')), ':') < span_find(rest, '/'))
            return error_set(err, ERROR_INPUT, "first path segment in URL cannot contain colon");
    }
    if (begins_with(rest, "//") && (url->scheme.len > 0 || !begins_with(rest, "///"))) {
        struct text_span authority = span_cut(rest, 2, rest.len);
        size_t slash = span_find(authority, '/');
        rest = span_cut(authority, slash, authority.len);
        if (parse_authority(a, span_cut(authority, 0, slash), url, err) < 0)
            return -1;
    } else {
        url->omit_host = url->scheme.len > 0;
    }
    return url_set_part(a, rest, URL_PATH, &url->path, &url->raw_path, err);
}

static int name_url(struct text_span text, struct error **err)
{
    AUTO_BUF quoted = BUF_INIT;
    goquote_append_as(&quoted, text.data, text.len, '"', false);
    return error_wrap(err, "parse %s", buf_str(&quoted));
}

int gourl_parse(struct arena *a, struct text_span text, struct gourl *ret_url, struct error **err)
{
    static const struct text_span none = {"", 0};
    size_t hash = span_find(text, '#');
    struct text_span body = span_cut(text, 0, hash);
    *ret_url = (struct gourl){none, none, none, none,  none,  none,  none,
                              none, none, none, false, false, false, false};
    if (parse_body(a, body, ret_url, err) < 0)
        return name_url(body, err);
    if (hash + 1 < text.len && url_set_part(a, span_cut(text, hash + 1, text.len), URL_FRAGMENT,
                                            &ret_url->fragment, &ret_url->raw_fragment, err) < 0)
        return name_url(text, err);
    return 0;
}

struct text_span gourl_hostname(const struct gourl *url)
{
    struct text_span host = url->host;
    size_t colon = span_find_last(host, ':');
    if (colon < host.len && is_optional_port(span_cut(host, colon, host.len)))
        host = span_cut(host, 0, colon);
    if (host.len >= 2 && host.data[0] == '[' && host.data[host.len - 1] == ']')
        host = span_cut(host, 1, host.len - 1);
    return host;
}
