/* HTTP/1.1 over libcurl: one client = one set of kept-alive connections to any servers, a request at a
 * time on each, used by one thread at a time.
 *
 * Errors: no connection or lost ERROR_UNREACHABLE (message says what: "connect to HOST:PORT:
 * Connection refused"), TLS failure ERROR_UNREACHABLE with the reason and a hint (expired
 * certificate, unknown authority, wrong host name), time-out ERROR_TIMEOUT, ERROR_CANCELLED,
 * response over its limit ERROR_REMOTE, and so are all that are still to come when a limit of the
 * whole batch is reached. An HTTP status is never an error here.
 *
 * The first client made starts libcurl and makes the process ignore SIGPIPE. */
#ifndef MESHCTL_NET_HTTP_H
#define MESHCTL_NET_HTTP_H

#include <stdint.h>
#include <time.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/cancel.h"
#include "meshctl/base/error.h"
#include "meshctl/base/strlist.h"
#include "meshctl/net/tls.h"

struct http_client;

/* Bytes of all answers of the process that have not been handed over yet, of all clients together:
 * what would be over it is ERROR_REMOTE. */
#define HTTP_MAX_HELD ((size_t)128 * 1024 * 1024)
/* Bytes of an answer with a status other than 2xx; the rest is not read. */
#define HTTP_MAX_REFUSAL ((size_t)1024 * 1024)
/* Bytes of a request's URL and headers together. libcurl 7.88.1 sends two buffers of its upload of a head,
 * and then waits for an answer (lib/http.c, Curl_buffer_send). */
#define HTTP_MAX_HEAD ((size_t)30 * 1024)
/* Bytes of all answers of one http_send_many, those included that are not kept. */
#define HTTP_MAX_BATCH ((size_t)512 * 1024 * 1024)
/* Processor time that one http_send_many may take, and what each MiB of its answers and each
 * request add to it: a
 * peer can keep libcurl busy with what is no answer, chunks' extensions for one. */
#define HTTP_MAX_PROCESSOR_MS 4000
#define HTTP_PROCESSOR_MS_A_MIB 25
#define HTTP_PROCESSOR_MS_A_REQUEST 20 /* most goes into handshakes */

struct http_options {
    const struct net_tls *tls;  /* borrowed for the client's life; NULL: defaults */
    struct cancel *cancel;      /* borrowed; may be NULL */
    int64_t connect_timeout_ms; /* 0: 10 s */
    const char *user_agent;     /* borrowed; NULL: "meshctl" */
    const char *who;            /* whom it talks to, for people; borrowed; may be NULL */
    /* When set, requests go to the abstract Unix socket of this name instead of the host that their
     * URL names; borrowed for the client's life. */
    const char *abstract_socket;
};

struct http_result;

struct http_request {
    const char *method; /* NULL: GET */
    const char *url;
    const struct strlist *headers; /* "Name: value"; may be NULL; may hold a token */
    const void *body;
    size_t body_len;
    size_t max_response; /* bytes of a 2xx answer; 0: 64 MiB */
    int64_t timeout_ms;  /* whole request; 0: 60 s */
    int64_t deadline_ms; /* of clock_now_ms: it is not begun later, and ends by then; 0: none */
    /* At most 10, to http and https only, never from https to http; headers with credentials only
     * to the same scheme, host and port. */
    bool follow_redirects;
    /* libcurl sends a request again over a new connection when a kept one dies before an answer.
     * Not this one, and no POST, once some of its body is out: it may have been done. */
    bool once;
    const char *wants_header; /* whose value is kept as the response's `header`; may be NULL */
    bool accept_gzip; /* offers gzip; the body (and max_response) is of the unpacked bytes */
    /* When set, body bytes of a 2xx answer go here as they come instead of into the response;
     * another value than 0 ends the request quietly (http_send then returns 0). */
    int (*on_data)(void *ctx, const char *data, size_t len);
    void *ctx;
    /* Of http_send_many: it is not begun before that instant of clock_now_ms, nor are those behind it,
     * so that requests in the order of their times are a steady load. 0: at once. */
    int64_t not_before_ms;
    /* Told as soon as the request has ended, but not when all are cancelled; it may take what the result
     * holds. NULL: nobody. */
    void (*on_end)(void *end_ctx, const struct http_request *request, struct http_result *result);
    void *end_ctx;
};

struct http_response {
    int status;
    char *content_type;      /* or NULL */
    char *location;          /* or NULL */
    char *authenticate;      /* WWW-Authenticate, or NULL */
    char *link;              /* Link, or NULL */
    char *digest;            /* Docker-Content-Digest, or NULL */
    char *header;            /* what the request wants_header, or NULL */
    long retry_after_ms;     /* Retry-After in either form, or 0 */
    time_t date;             /* Date: when the server says that it answered; 0: it does not */
    struct strlist warnings; /* texts of RFC 7234 Warning: 299 headers, unquoted */
    struct buf body;
    int64_t elapsed_ms;
};
void http_response_release(struct http_response *r);

int http_client_new(const struct http_options *options, struct http_client **ret_client,
                    struct error **err) MC_WARN_UNUSED;
void http_client_free(struct http_client *c);

int http_send(struct http_client *c, const struct http_request *request,
              struct http_response *ret_response, struct error **err) MC_WARN_UNUSED;

/* Sends all of them, at most `parallel` under way at once; results[i] belongs to requests[i]:
 * either `error` is set or `response` is. Returns -1 only when cancelled (the rest then has errors
 * too). */
struct http_result {
    struct http_response response;
    struct error *error;
};
int http_send_many(struct http_client *c, const struct http_request *requests, size_t count,
                   size_t parallel, struct http_result *results, struct error **err) MC_WARN_UNUSED;
/* Releases what the results hold; the array itself stays the caller's. */
void http_results_free(struct http_result *results, size_t count);

/* What is wrong with a server's TLS, so that another try would end the same; a connection that was cut
 * in its handshake is none of these. `e` is as http_send gave it, nothing put before its message. */
enum http_tls_fault {
    HTTP_TLS_NONE,
    HTTP_TLS_AUTHORITY, /* signed by nobody that is trusted */
    HTTP_TLS_NAME,      /* the certificate is for other names */
    HTTP_TLS_OTHER,
};
enum http_tls_fault http_tls_fault(const struct error *e);
/* Whether there was no connection at all (refused, or no answer), nor a name server that knew the name.
 * `e` as above. */
bool http_is_unconnected(const struct error *e);

/* Appends the percent-encoded form of one path segment or query value (RFC
 * 3986 unreserved stays). */
void http_append_escaped(struct buf *out, const char *s);

#define AUTO_HTTP_RESPONSE MC_CLEANUP(http_response_release) struct http_response
MC_DEFINE_CLEANUP(http_client_cleanup, struct http_client, http_client_free);

#endif
