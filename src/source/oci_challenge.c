/* WWW-Authenticate, the token's URL and answer, and Link headers of a registry. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "meshctl/base/text.h"
#include "meshctl/net/http.h"
#include "oci.h"

#define MAX_TOKEN ((size_t)64 * 1024)

static bool is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

static const char *skip(const char *s, const char *set)
{
    return s + strspn(s, set);
}

static char *take_token(const char **s)
{
    const char *start = *s;
    while (is_token_char(**s))
        ++*s;
    return mem_strndup(start, (size_t)(*s - start));
}

/* A token, or a quoted string with its escapes undone. */
static char *take_value(const char **s)
{
    AUTO_BUF out = BUF_INIT;
    if (**s != '"')
        return take_token(s);
    for (++*s; **s && **s != '"'; ++*s) {
        if (**s == '\\' && (*s)[1])
            ++*s;
        buf_appendc(&out, **s);
    }
    if (**s)
        ++*s;
    return buf_detach(&out, NULL);
}

static void keep(struct oci_challenge *c, const char *name, char **value)
{
    char **slots[] = {&c->realm, &c->service};
    static const char *const names[] = {"realm", "service"};
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++)
        if (strcasecmp(name, names[i]) == 0 && !*slots[i])
            *slots[i] = TAKE(*value);
}

/* RFC 9110 token68, which Negotiate has in the place of parameters. */
static const char *skip_token68(const char *s)
{
    const char *start = skip(s, " \t"), *end = start;
    while (is_token_char(*end) || *end == '/')
        end++;
    end = skip(end, "=");
    return end > start && (*end == ',' || !*end) ? end : s;
}

/* SCHEME [TOKEN68 | NAME=VALUE *("," NAME=VALUE)]; *s then is at the next scheme or the end. */
static void take_challenge(const char **s, struct oci_challenge *c)
{
    c->scheme = take_token(s);
    *s = skip_token68(*s);
    for (;;) {
        const char *at = skip(*s, " \t,");
        AUTO_FREE char *name = take_token(&at);
        at = skip(at, " \t");
        if (!name[0] || *at != '=')
            break;
        at = skip(at + 1, " \t");
        AUTO_FREE char *value = take_value(&at);
        keep(c, name, &value);
        *s = at;
    }
    *s = skip(*s, " \t,");
}

bool oci_challenge_parse(const char *header, struct oci_challenge *ret_challenge)
{
    AUTO_OCI_CHALLENGE first = {0};
    for (const char *s = skip(header, " \t,"); is_token_char(*s);) {
        AUTO_OCI_CHALLENGE c = {0};
        take_challenge(&s, &c);
        bool bearer = strcasecmp(c.scheme, "Bearer") == 0;
        if (!bearer && first.scheme)
            continue;
        oci_challenge_release(&first);
        first = c;
        c = (struct oci_challenge){0};
        if (bearer)
            break;
    }
    if (!first.scheme)
        return false;
    *ret_challenge = first;
    first = (struct oci_challenge){0};
    return true;
}

void oci_challenge_release(struct oci_challenge *c)
{
    free(c->scheme);
    free(c->realm);
    free(c->service);
    *c = (struct oci_challenge){0};
}

char *oci_token_url_dup(const struct oci_challenge *c, const char *scope)
{
    AUTO_BUF url = BUF_INIT;
    buf_append(&url, c->realm, strcspn(c->realm, "#"));
    buf_appendc(&url, strchr(c->realm, '?') ? '&' : '?');
    if (c->service) {
        buf_appends(&url, "service=");
        http_append_escaped(&url, c->service);
        buf_appendc(&url, '&');
    }
    buf_appends(&url, "scope=");
    http_append_escaped(&url, scope);
    return buf_detach(&url, NULL);
}

char *oci_token_dup(const char *text, size_t len)
{
    AUTO_ERROR struct error *ignored = NULL;
    json_auto_t *answer = NULL;
    if (json_read(text, len, "token", &answer, &ignored) < 0)
        return NULL;
    const char *token = json_dig_str(answer, "token", NULL);
    if (!token || !token[0])
        token = json_dig_str(answer, "access_token", NULL);
    if (!token || !token[0] || strlen(token) > MAX_TOKEN)
        return NULL;
    /* It becomes part of a header line. */
    for (const char *c = token; *c; c++)
        if (*c <= ' ' || *c > '~')
            return NULL;
    return mem_strdup(token);
}

char *oci_next_link_dup(const char *header)
{
    for (const char *s = header; (s = strchr(s, '<'));) {
        const char *end = strchr(s, '>');
        if (!end)
            return NULL;
        const char *stop = strchr(end, '<');
        AUTO_FREE char *parameters =
            mem_strndup(end + 1, stop ? (size_t)(stop - end - 1) : strlen(end + 1));
        const char *rel = strcasestr(parameters, "rel");
        rel = rel ? skip(rel + strlen("rel"), " \t") : "";
        if (*rel == '=' && strncasecmp(skip(rel + 1, " \t\""), "next", 4) == 0)
            return mem_strndup(s + 1, (size_t)(end - s - 1));
        s = end;
    }
    return NULL;
}
