/* Server addresses by net/url, and what else a host must be. */
#include "meshctl/golang/server_url.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "meshctl/golang/url.h"
#include "url_escape.h"

#define MAX_NAME 253 /* RFC 1035, in text */
#define MAX_LABEL 63

void server_url_release(struct server_url *u)
{
    free(u->host);
    *u = (struct server_url){0};
}

/* "1", "017", "0x7f": what resolvers take for a part of an address. */
static bool is_number(const char *label, size_t len)
{
    bool is_hex = len > 1 && label[0] == '0' && (label[1] == 'x' || label[1] == 'X');
    size_t from = is_hex ? 2 : 0;
    for (size_t i = from; i < len; i++)
        if (!strchr(is_hex ? "0123456789abcdefABCDEF" : "0123456789", label[i]))
            return false;
    return true;
}

static bool is_label(const char *label, size_t len)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    for (size_t i = 0; i < len; i++)
        if (!strchr(letters, label[i]))
            return false;
    return len > 0 && len <= MAX_LABEL && label[0] != '-' && label[len - 1] != '-';
}

/* A name whose last label is a number is none (WHATWG URL, "ends in a number"). */
static bool is_name(const char *host)
{
    size_t len = strlen(host), last = 0, count = 0;
    if (len && host[len - 1] == '.')
        len--;
    if (len == 0 || len > MAX_NAME)
        return false;
    for (size_t at = 0; at < len; at += count + 1) {
        last = at;
        count = strcspn(host + at, ".");
        if (at + count > len)
            count = len - at;
        if (!is_label(host + at, count))
            return false;
    }
    return !is_number(host + last, count);
}

static bool is_host(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    return inet_pton(AF_INET, host, &v4) == 1 || inet_pton(AF_INET6, host, &v6) == 1 ||
           is_name(host);
}

/* Behind the host: "" or ":PORT". */
static bool read_port(const char *s, unsigned *ret_port)
{
    if (!*s)
        return true;
    size_t digits = strspn(s + 1, "0123456789");
    *ret_port = (unsigned)strtoul(s + 1, NULL, 10);
    return digits > 0 && digits <= 5 && !s[1 + digits] && *ret_port - 1 <= 65534;
}

static const char *check_parts(const struct gourl *url, struct server_url *ret)
{
    AUTO_FREE char *host_port = mem_strndup(url->host.data, url->host.len);
    struct text_span host = gourl_hostname(url);
    const char *close = strchr(host_port, ']');
    ret->is_https = span_is(url->scheme, "https");
    ret->port = ret->is_https ? 443 : 80;
    ret->has_user = url->has_user;
    if (host.len == 0)
        return "it names no host";
    if (memchr(host.data, '\0', host.len))
        return "its host is neither an address nor a name";
    ret->host = mem_strndup(host.data, host.len);
    if (!is_host(ret->host))
        return "its host is neither an address nor a name";
    if (!read_port(close ? close + 1 : host_port + strcspn(host_port, ":"), &ret->port))
        return "its port is no number from 1 to 65535";
    if (url->query.len || url->force_query || url->fragment.len)
        return "it has a query or a fragment";
    return NULL;
}

const char *server_url_parse(const char *text, struct server_url *ret_url)
{
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *unshown = NULL;
    struct gourl url;
    *ret_url = (struct server_url){0};
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f || *c == '\\')
            return "it holds a character that no address has";
    if (gourl_parse(a, (struct text_span){text, strlen(text)}, &url, &unshown) < 0)
        return "it is no URL";
    if (!span_is(url.scheme, "https") && !span_is(url.scheme, "http"))
        return "it is neither https:// nor http://";
    const char *wrong = check_parts(&url, ret_url);
    if (wrong)
        server_url_release(ret_url);
    return wrong;
}

static bool is_own_v4(struct in_addr address)
{
    uint32_t word = ntohl(address.s_addr);
    return word == 0 || word >> 24 == 127;
}

static bool is_localhost(const char *host)
{
    static const char name[] = "localhost";
    size_t len = strlen(host), n = sizeof(name) - 1;
    if (len && host[len - 1] == '.')
        len--;
    return len >= n && strncasecmp(host + len - n, name, n) == 0 &&
           (len == n || host[len - n - 1] == '.');
}

bool host_is_own(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (!host)
        return false;
    AUTO_FREE char *plain = mem_strndup(host, strcspn(host, "%"));
    size_t len = strlen(plain);
    if (inet_pton(AF_INET6, plain, &v6) == 1) {
        memcpy(&v4, &v6.s6_addr[12], sizeof(v4));
        return IN6_IS_ADDR_LOOPBACK(&v6) || IN6_IS_ADDR_UNSPECIFIED(&v6) ||
               (IN6_IS_ADDR_V4MAPPED(&v6) && is_own_v4(v4));
    }
    if (len && plain[len - 1] == '.')
        plain[len - 1] = '\0';
    return (inet_aton(plain, &v4) && is_own_v4(v4)) || is_localhost(plain);
}

char *url_host_dup(const char *url)
{
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *unshown = NULL;
    struct gourl parsed;
    if (gourl_parse(a, (struct text_span){url, strlen(url)}, &parsed, &unshown) < 0)
        return NULL;
    struct text_span host = gourl_hostname(&parsed);
    return host.len ? mem_strndup(host.data, host.len) : NULL;
}

/* What is no URL to Go may be one to libcurl: then an @ decides. */
bool url_has_user(const char *url)
{
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *unshown = NULL;
    struct gourl parsed;
    if (gourl_parse(a, (struct text_span){url, strlen(url)}, &parsed, &unshown) < 0)
        return strchr(url, '@') != NULL;
    return parsed.has_user;
}

/* "user:pa/ss@host" reads as host "user" with port "pa". */
static bool has_port_of_letters(const char *host, size_t len)
{
    const char *colon = memrchr(host, ':', len);
    const char *end = host + len;
    if (!colon || host[0] == '[')
        return false;
    while (++colon < end)
        if (*colon < '0' || *colon > '9')
            return true;
    return false;
}

char *url_public_dup(const char *url)
{
    const char *scheme_end = strstr(url, "://");
    if (!scheme_end)
        return mem_strdup(url);
    const char *host = scheme_end + 3;
    size_t len = strcspn(host, "/?#");
    const char *at = memrchr(host, '@', len);
    if (!at && has_port_of_letters(host, len))
        at = strrchr(host, '@');
    const char *shown = at ? at + 1 : host;
    return mem_printf("%.*s%.*s", (int)(host - url), url, (int)strcspn(shown, "?#"), shown);
}
