/* Asks an API server as another cluster's istiod would. */
#include "meshctl/probe/reach.h"

#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/data/json.h"
#include "meshctl/net/http.h"

#define MAX_VERSION ((size_t)64 * 1024)
#define RETRY_MS 200

struct trial {
    const struct mesh *mesh;
    const struct mesh_member *member;
    const struct mesh_server *server;
    const char *token; /* or NULL */
};

/* ---- asking ---------------------------------------------------------------------------------- */

/* A token comes from a server; a line's end in it would begin another header. */
static int check_token(const struct trial *t, struct error **err)
{
    for (const char *p = t->token; p && *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            return error_set(err, ERROR_REMOTE, "%s: the reader's token is no token",
                             t->member->name);
    return 0;
}

/* An API server looks a token's Secret and ServiceAccount up in what it has seen of them, which may
 * be a moment behind what it has stored: a token that was just issued is refused until then. */
static int send_patiently(struct http_client *client, const struct http_request *request,
                          bool with_token, struct cancel *cancel,
                          struct http_response *ret_response, struct error **err)
{
    int64_t deadline = clock_now_ms() + REACH_TIMEOUT_MS;
    for (;;) {
        if (http_send(client, request, ret_response, err) < 0)
            return -1;
        if (ret_response->status != 401 || !with_token || !clock_left_ms(deadline))
            return 0;
        http_response_release(ret_response);
        *ret_response = (struct http_response){0};
        if (clock_sleep(RETRY_MS, cancel) < 0)
            return error_set(err, ERROR_CANCELLED, "cancelled");
    }
}

static int send(const struct trial *t, struct cancel *cancel, struct http_response *ret_response,
                struct error **err)
{
    const struct net_tls tls = {.ca_pem = (char *)(uintptr_t)t->server->ca_pem,
                                .server_name = (char *)(uintptr_t)t->server->tls_name,
                                .proxy_url = (char *)(uintptr_t) ""};
    const struct http_options options = {.tls = &tls,
                                         .cancel = cancel,
                                         .connect_timeout_ms = REACH_TIMEOUT_MS,
                                         .user_agent = "meshctl/" MESHCTL_VERSION};
    MC_CLEANUP(http_client_cleanup) struct http_client *client = NULL;
    size_t len = strlen(t->server->url);
    while (len && t->server->url[len - 1] == '/')
        len--;
    AUTO_FREE char *url = mem_printf("%.*s/version", (int)len, t->server->url);
    AUTO_SECRET char *header = t->token ? mem_printf("Authorization: Bearer %s", t->token) : NULL;
    const struct strlist headers = {.items = &header, .count = header ? 1 : 0};
    const struct http_request request = {.url = url,
                                         .headers = &headers,
                                         .max_response = MAX_VERSION,
                                         .timeout_ms = REACH_TIMEOUT_MS};
    if (http_client_new(&options, &client, err) < 0)
        return -1;
    return send_patiently(client, &request, t->token, cancel, ret_response, err);
}

/* ---- what it means --------------------------------------------------------------------------- */

/* What stands before the error that http_send ended with, and the options that mend it. */
static enum reach of_failure(const struct trial *t, enum http_tls_fault fault, struct error **why)
{
    const char *name = t->member->name, *url = t->server->url;
    if (fault == HTTP_TLS_NONE) {
        error_wrap(why, "%s: whether the other clusters reach %s cannot be seen from here", name,
                   url);
        return REACH_UNKNOWN;
    }
    (*why)->kind = ERROR_CHECK;
    error_wrap(why, "%s: istiod of the other clusters would refuse %s", name, url);
    error_id(why, "MC404");
    if (fault == HTTP_TLS_AUTHORITY)
        error_hint(why,
                   "if the address is right, give the authority that signed its certificate: "
                   "--server-ca %s=FILE; else another address: --server %s=https://HOST:PORT",
                   name, name);
    else if (fault == HTTP_TLS_NAME)
        error_hint(why,
                   "if the address is right, give the name that its certificate is for: "
                   "--server-tls-name %s=HOST; else another address: --server %s=https://HOST:PORT",
                   name, name);
    else
        error_hint(why,
                   "mend what answers there, or give another address: --server "
                   "%s=https://HOST:PORT",
                   name);
    return fault == HTTP_TLS_AUTHORITY ? REACH_STRANGER : REACH_BAD;
}

static enum reach of_refusal(const struct trial *t, struct error **why)
{
    const char *name = t->member->name;
    error_set(why, ERROR_CHECK, "%s: %s refuses the token of ServiceAccount %s", name,
              t->server->url, MESH_READER_ACCOUNT);
    error_id(why, "MC405");
    AUTO_FREE char *mend =
        mem_printf("kubectl -n %s delete secret %s in %s, and the next run makes another",
                   t->mesh->istio_namespace, MESH_READER_TOKEN, name);
    if (t->member->server)
        error_hint(
            why,
            "the address may be of another cluster, or of a proxy that keeps tokens to itself: "
            "give the API server's with --server %s=https://HOST:PORT; if it is, the token is "
            "void: %s",
            name, mend);
    else
        error_hint(why, "the token is void: %s", mend);
    return REACH_BAD;
}

static enum reach of_something_else(const struct trial *t, int status, struct error **why)
{
    error_set(why, ERROR_CHECK, "%s: there is no API server at %s: its /version answers %d%s",
              t->member->name, t->server->url, status, status == 404 ? "" : " without a version");
    error_id(why, "MC404");
    error_hint(why, "give its address: --server %s=https://HOST:PORT", t->member->name);
    return REACH_BAD;
}

static bool names_version(const struct http_response *response)
{
    AUTO_ERROR struct error *err = NULL;
    json_auto_t *answer = NULL;
    return json_read(buf_str(&response->body), response->body.len, "/version", &answer, &err) ==
               0 &&
           json_dig_str(answer, "gitVersion", NULL);
}

static enum reach of_answer(const struct trial *t, const struct http_response *response,
                            struct error **why)
{
    int status = response->status;
    if (status == 401 && t->token)
        return of_refusal(t, why);
    if (status == 404 || (status / 100 == 2 && !names_version(response)))
        return of_something_else(t, status, why);
    /* An API server may hide its version from those that it does not know. */
    if (status / 100 == 2 || (!t->token && (status == 401 || status == 403)))
        return REACH_GOOD;
    error_set(why, ERROR_REMOTE,
              "%s: whether %s serves the other clusters cannot be seen: its /version answers %d",
              t->member->name, t->server->url, status);
    return REACH_UNKNOWN;
}

int reach_try(const struct mesh *m, const struct mesh_member *member,
              const struct mesh_server *server, const char *token, struct cancel *cancel,
              enum reach *ret_reach, struct error **ret_why, struct error **err)
{
    const struct trial t = {m, member, server, token};
    AUTO_HTTP_RESPONSE response = {0};
    if (check_token(&t, err) < 0)
        return -1;
    if (send(&t, cancel, &response, err) == 0) {
        *ret_reach = of_answer(&t, &response, ret_why);
        return 0;
    }
    if ((*err)->kind == ERROR_CANCELLED || (*err)->kind == ERROR_INPUT ||
        (*err)->kind == ERROR_INTERNAL)
        return error_wrap(err, "%s", member->name);
    *ret_why = TAKE(*err);
    *ret_reach = of_failure(&t, http_tls_fault(*ret_why), ret_why);
    return 0;
}
