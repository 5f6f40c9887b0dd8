/* A registry's requests with the token or login that it asks for. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "meshctl/base/log.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/url.h"

#define PING_MAX ((size_t)64 * 1024)

/* --- https or http --- */

/* GET /v2/: a registry answers 200, or 401 when it wants a token (distribution-spec end-1). */
static int ping(struct chart_source *s, const char *scheme, struct error **err)
{
    AUTO_HTTP_RESPONSE response = {0};
    AUTO_FREE char *url = mem_printf("%s://%s/v2/", scheme, s->oci.host);
    struct source_request request = {.url = url, .max = PING_MAX, .once = true};
    if (source_http_send(s, &request, &response, err))
        return -1;
    if (response.status == 200 || response.status == 401)
        return 0;
    return source_http_fail(url, &response, err);
}

/* Helm turns to http wherever a server does not speak TLS. Here a person has to ask for that,
 * unless the registry is on this machine. */
int source_oci_open(struct chart_source *s, struct error **err)
{
    if (s->oci_scheme)
        return 0;
    const char *scheme = s->options.plain_http ? "http" : "https";
    if (!s->options.plain_http && oci_is_loopback(s->oci.host) && ping(s, "https", err)) {
        AUTO_ERROR struct error *ignored = NULL;
        if ((*err)->kind != ERROR_UNREACHABLE || ping(s, "http", &ignored))
            return -1;
        log_at(1, "%s speaks http", s->oci.host);
        error_clear(err);
        scheme = "http";
    }
    s->oci_scheme = scheme;
    return 0;
}

/* --- the login and the token --- */

static int hint_private(struct error **err)
{
    return error_hint(err,
                      "log in with helm registry login: meshctl reads the file that it writes");
}

/* What is wrong with the address that a registry sends for a token to, or NULL. Without TLS the login and
 * the token would be readable, and replaceable, on their way. */
static const char *wrong_realm(const struct chart_source *s, const char *realm)
{
    bool may_be_http = strcmp(s->oci_scheme, "http") == 0;
    AUTO_FREE char *host = realm ? url_host_dup(realm) : NULL;
    if (!host || (!text_has_prefix(realm, "https://") &&
                  !(may_be_http && text_has_prefix(realm, "http://"))))
        return may_be_http ? "which is no http:// or https:// address"
                           : "which is no https:// address";
    if (url_has_user(realm))
        return "with a user or a password in the address";
    /* What may be done with the token is ours to say. */
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *unshown = NULL;
    struct text_span plain;
    if (gourl_path_unescape(a, (struct text_span){realm, strlen(realm)}, &plain, &unshown) < 0 ||
        memmem(plain.data, plain.len, "scope=", 6))
        return "with a scope of its own";
    return NULL;
}

static int read_challenge(const struct chart_source *s, const char *header,
                          struct oci_challenge *ret, struct error **err)
{
    if (!header || !oci_challenge_parse(header, ret)) {
        error_set(err, ERROR_DENIED, "the registry %s answered 401 and does not say what it wants",
                  s->oci.host);
        return hint_private(err);
    }
    if (strcasecmp(ret->scheme, "Basic") == 0 && s->login && !s->sends_login)
        return 0;
    if (strcasecmp(ret->scheme, "Bearer") != 0 && s->sends_login)
        return error_set(err, ERROR_DENIED, "the registry %s refuses the login for it",
                         s->oci.host);
    if (strcasecmp(ret->scheme, "Bearer") != 0) {
        AUTO_BUF scheme = BUF_INIT_MAX(40);
        text_append_clean(&scheme, ret->scheme, strlen(ret->scheme));
        error_set(err, ERROR_DENIED, "the registry %s wants a user and a password (%s)",
                  s->oci.host, buf_str(&scheme));
        return hint_private(err);
    }
    const char *wrong = wrong_realm(s, ret->realm);
    if (wrong) {
        AUTO_FREE char *shown = url_public_dup(ret->realm ? ret->realm : "nowhere");
        AUTO_BUF clean = BUF_INIT_MAX(300);
        text_append_clean(&clean, shown, strlen(shown));
        return error_set(err, ERROR_REMOTE, "the registry %s sends for a token to %s, %s",
                         s->oci.host, buf_str(&clean), wrong);
    }
    return 0;
}

static void wipe(struct strlist *headers)
{
    for (size_t i = 0; i < headers->count; i++)
        mem_wipe(headers->items[i], strlen(headers->items[i]));
    strlist_release(headers);
}

static void add_login(const struct chart_source *s, struct strlist *headers)
{
    if (s->login)
        strlist_addf(headers, "Authorization: Basic %s", s->login);
}

static void forget_token(struct chart_source *s)
{
    mem_free_secret(s->token);
    free(s->token_repository);
    s->token = s->token_repository = NULL;
}

static int fail_token(const struct chart_source *s, const char *realm, const char *repository,
                      int status, struct error **err)
{
    AUTO_FREE char *shown = url_public_dup(realm);
    if (status == 200)
        return error_set(err, ERROR_REMOTE, "%s gave no token for %s that can be used", shown,
                         repository);
    enum error_kind kind = status == 401 || status == 403 ? ERROR_DENIED : ERROR_REMOTE;
    if (s->login)
        error_set(err, kind,
                  "%s gives no token for %s to the user that logged in to %s: it answered %d",
                  shown, repository, s->oci.host, status);
    else
        error_set(err, kind, "%s gives no anonymous token for %s: it answered %d", shown,
                  repository, status);
    (*err)->http_status = status;
    return hint_private(err);
}

/* distribution project, docs/spec/auth/token.md; or the login itself, where that is wanted. */
static int answer_challenge(struct chart_source *s, const char *repository, const char *header,
                            struct error **err)
{
    AUTO_OCI_CHALLENGE challenge = {0};
    AUTO_HTTP_RESPONSE response = {0};
    forget_token(s);
    if (!s->has_login && source_oci_login(s->oci.host, &s->login, err))
        return -1;
    s->has_login = true;
    if (read_challenge(s, header, &challenge, err))
        return -1;
    if (strcasecmp(challenge.scheme, "Basic") == 0) {
        s->sends_login = true;
        return 0;
    }
    AUTO_FREE char *scope = mem_printf("repository:%s:pull", repository);
    AUTO_FREE char *url = oci_token_url_dup(&challenge, scope);
    struct strlist headers = STRLIST_INIT;
    struct source_request request = {
        .url = url, .headers = &headers, .max = SOURCE_MAX_TOKEN_ANSWER};
    add_login(s, &headers);
    int failed = source_http_send(s, &request, &response, err);
    wipe(&headers);
    if (failed)
        return error_wrap(err, "token for %s", repository);
    if (response.status == 200)
        s->token = oci_token_dup(buf_str(&response.body), response.body.len);
    buf_release_secret(&response.body);
    if (!s->token)
        return fail_token(s, challenge.realm, repository, response.status, err);
    s->token_repository = mem_strdup(repository);
    return 0;
}

/* --- requests --- */

static int send_with_token(struct chart_source *s, const char *repository, const char *url,
                           const char *accept, size_t max, struct http_response *ret,
                           struct error **err)
{
    struct strlist headers = STRLIST_INIT;
    struct source_request request = {.url = url, .headers = &headers, .max = max};
    if (accept)
        strlist_addf(&headers, "Accept: %s", accept);
    if (s->sends_login)
        add_login(s, &headers);
    else if (s->token && strcmp(s->token_repository, repository) == 0)
        strlist_addf(&headers, "Authorization: Bearer %s", s->token);
    int rc = source_http_send(s, &request, ret, err);
    wipe(&headers);
    return rc;
}

int source_oci_get(struct chart_source *s, const char *repository, const char *url,
                   const char *accept, size_t max, struct http_response *ret_response,
                   struct error **err)
{
    AUTO_HTTP_RESPONSE response = {0};
    if (send_with_token(s, repository, url, accept, max, &response, err))
        return -1;
    if (response.status == 401) {
        if (answer_challenge(s, repository, response.authenticate, err))
            return -1;
        http_response_release(&response);
        if (send_with_token(s, repository, url, accept, max, &response, err))
            return -1;
    }
    if (response.status != 200) {
        source_http_fail(url, &response, err);
        return (*err)->kind == ERROR_DENIED ? hint_private(err) : -1;
    }
    *ret_response = response;
    response = (struct http_response){0};
    return 0;
}
