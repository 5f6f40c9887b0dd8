/* GET with retries, and what failed statuses mean. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/log.h"
#include "meshctl/base/text.h"

#define FIRST_WAIT_MS 500
#define LONGEST_WAIT_MS 10000
#define MAX_SAID ((size_t)64 * 1024) /* bytes of an answer that says what is wrong */

/* --- the client --- */

static int read_pem(const char *option, const char *path, char **ret_pem, struct error **err)
{
    AUTO_SECRET_BUF text = BUF_INIT;
    if (!path)
        return 0;
    if (fs_read(path, SOURCE_MAX_PEM, &text, err))
        return error_wrap(err, "%s", option);
    *ret_pem = mem_strdup(buf_str(&text));
    return 0;
}

static int open_client(struct chart_source *s, struct error **err)
{
    if (s->http)
        return 0;
    if (read_pem("--ca-file", s->options.ca_file, &s->tls.ca_pem, err) ||
        read_pem("--cert-file", s->options.cert_file, &s->tls.cert_pem, err) ||
        read_pem("--key-file", s->options.key_file, &s->tls.key_pem, err))
        return -1;
    s->tls.insecure = s->options.insecure_skip_tls_verify;
    struct http_options options = {.cancel = s->options.cancel, .tls = &s->tls};
    return http_client_new(&options, &s->http, err);
}

/* --- failures --- */

/* The net room's hints name the kubeconfig, which has no part in this. */
static void hint_at_options(const struct chart_source *s, struct error **err)
{
    const char *hint = (*err)->hint;
    if (strstr((*err)->message, "signed by an unknown authority"))
        error_hint(err, s->options.ca_file
                            ? "the authority of --ca-file did not sign the server's certificate"
                            : "name the server's authority with --ca-file, or add it to this "
                              "machine's trust store");
    else if (strstr((*err)->message, "client certificate"))
        error_hint(err, "give the server's client certificate with --cert-file and --key-file");
    else if (strstr((*err)->message, "Protocol \"http\""))
        error_hint(err, "the server redirects from https to http, which is not followed");
    else if (hint && strstr(hint, "kubeconfig"))
        error_hint(err, "look at the address, and at the proxy in https_proxy and NO_PROXY");
}

/* "MANIFEST_UNKNOWN: manifest unknown" of a registry's JSON (distribution-spec "Error codes"). */
static char *said_dup(const struct buf *body)
{
    AUTO_BUF out = BUF_INIT_MAX(300);
    AUTO_ERROR struct error *ignored = NULL;
    json_auto_t *value = NULL;
    if (body->len <= MAX_SAID)
        (void)!json_read_lenient(buf_str(body), body->len, "answer", &value, &ignored);
    const char *code = json_dig_str(value, "errors", "0", "code", NULL);
    const char *message = json_dig_str(value, "errors", "0", "message", NULL);
    if (code)
        text_append_clean(&out, code, strlen(code));
    if (code && message)
        buf_appends(&out, ": ");
    if (message)
        text_append_clean(&out, message, strcspn(message, "\r\n"));
    return out.len ? mem_printf(" (%s)", buf_str(&out)) : mem_strdup("");
}

int source_http_fail(const char *url, const struct http_response *response, struct error **err)
{
    int status = response->status;
    enum error_kind kind = status == 404                    ? ERROR_NOT_FOUND
                           : status == 401 || status == 403 ? ERROR_DENIED
                                                            : ERROR_REMOTE;
    AUTO_FREE char *shown = url_public_dup(url);
    AUTO_FREE char *said = said_dup(&response->body);
    error_set(err, kind, "GET %s: the server answered %d%s", shown, status, said);
    (*err)->http_status = status;
    (*err)->retry_after_ms = response->retry_after_ms;
    return -1;
}

/* --- requests --- */

static int send_once(struct chart_source *s, const struct source_request *r,
                     struct http_response *ret_response, struct error **err)
{
    AUTO_HTTP_RESPONSE response = {0};
    struct http_request request = {
        .url = r->url,
        .headers = r->headers,
        .max_response = r->max,
        .timeout_ms = SOURCE_TIMEOUT_MS,
        .follow_redirects = true,
    };
    if (http_send(s->http, &request, &response, err)) {
        hint_at_options(s, err);
        return -1;
    }
    if (response.status == 429 || (response.status >= 500 && response.status != 501))
        return source_http_fail(r->url, &response, err);
    *ret_response = response;
    response = (struct http_response){0};
    return 0;
}

static bool is_transient(const struct error *e)
{
    /* A certificate does not get better by asking again. */
    if (e->kind == ERROR_UNREACHABLE)
        return !text_has_prefix(e->message, "TLS with ");
    return e->kind == ERROR_TIMEOUT || e->http_status == 429 || e->http_status >= 500;
}

/* A person's own URL, one of an index, or a registry's. */
static int check_password(const char *url, struct error **err)
{
    AUTO_FREE char *shown = url_public_dup(url);
    AUTO_FREE char *host = url_host_dup(url);
    bool has_user = url_has_user(url);
    if (!has_user || text_has_prefix(url, "https://") || host_is_own(host))
        return 0;
    error_set(err, ERROR_INPUT,
              "%s: the URL holds a user or a password, which would go there "
              "unencrypted",
              shown);
    return error_hint(err, "use https://");
}

int source_http_send(struct chart_source *s, const struct source_request *request,
                     struct http_response *ret_response, struct error **err)
{
    int64_t wait_ms = FIRST_WAIT_MS;
    if (check_password(request->url, err) || open_client(s, err))
        return -1;
    for (int attempt = 1;; attempt++) {
        if (send_once(s, request, ret_response, err) == 0)
            return 0;
        if (request->once || attempt == SOURCE_TRIES || !is_transient(*err))
            return -1;
        log_at(1, "%s; another try", (*err)->message);
        int64_t asked = (*err)->retry_after_ms;
        error_clear(err);
        if (clock_sleep(asked > wait_ms && asked < LONGEST_WAIT_MS ? asked : wait_ms,
                        s->options.cancel))
            return error_set(err, ERROR_CANCELLED, "cancelled");
        wait_ms *= 2;
    }
}

int chart_source_read_url(const char *url, const struct chart_source_options *options, size_t max,
                          struct buf *out, struct error **err)
{
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = NULL;
    AUTO_HTTP_RESPONSE response = {0};
    const struct source_request request = {.url = url, .max = max};
    if (chart_source_new(url, options, &s, err) || source_http_send(s, &request, &response, err))
        return -1;
    if (response.status != 200)
        return source_http_fail(url, &response, err);
    buf_append(out, buf_str(&response.body), response.body.len);
    return 0;
}
