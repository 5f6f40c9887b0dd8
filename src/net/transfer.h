/* One request under way: an easy handle with what it reads from and writes to. Handles are kept and
 * used again. */
#ifndef MESHCTL_NET_TRANSFER_H
#define MESHCTL_NET_TRANSFER_H

#include "handle.h"
#include "meshctl/net/http.h"

struct transfer {
    struct transfer *next; /* in the client's list of idle or of running ones */
    const struct http_options *options;
    CURL *easy;
    const struct http_request *request;
    struct http_result *result;
    struct target target;
    struct curl_slist *headers;
    int64_t started_ms;
    size_t max_response;
    size_t header_bytes;
    size_t body_read;    /* of a POST's body, by libcurl */
    size_t *received;    /* bytes of headers and bodies, added to */
    size_t held;         /* bytes of the body that count against HTTP_MAX_HELD */
    bool stopped;        /* on_data asked for the end, or nothing more is wanted */
    const char *too_big; /* what is over its limit, as a text; or NULL */
    size_t limit;        /* that one */
    char error_text[CURL_ERROR_SIZE];
};

/* `options` is borrowed for its life. */
int transfer_new(const struct http_options *options, struct transfer **ret_transfer,
                 struct error **err) MC_WARN_UNUSED;
void transfer_free(struct transfer *t);

/* Makes the handle ready for the request; -1 sets result->error. All are borrowed until
 * transfer_end; *received grows by what comes. */
int transfer_begin(struct transfer *t, const struct http_request *request,
                   struct http_result *result, size_t *received) MC_WARN_UNUSED;
/* The transfer is over with `code`: fills in result->error, or completes result->response. */
void transfer_end(struct transfer *t, CURLcode code);
/* Bytes that are held no longer, as the transfer's result has been taken. */
void transfer_let_go(size_t held);
/* It was cut off by us: result->error is ERROR_CANCELLED. */
void transfer_cancel(struct transfer *t);

#endif
