/* What the kube room's own files know of a client: its fields, and the one way of sending requests
 * (kube_call_many) that everything else stands on. */
#ifndef KUBE_CLIENT_INTERNAL_H
#define KUBE_CLIENT_INTERNAL_H

#include "auth.h"
#include "kinds.h"
#include "memo.h"
#include "meshctl/kube/client.h"

#define KUBE_REQUEST_TIMEOUT_MS (60 * 1000)
#define KUBE_RETRY_FOR_MS (60 * 1000)
#define KUBE_LAST_TRY_MS 1000 /* what a request gets whose deadline has passed */
/* Bytes of an answer about the server itself or one right, and of one document of discovery. */
#define KUBE_MAX_SMALL ((size_t)64 * 1024)
#define KUBE_MAX_DISCOVERY ((size_t)16 * 1024 * 1024)
#define KUBE_MAX_WARNINGS 256 /* texts remembered as told; past it all are told */

/* The Accept header of a read of metadata alone; a server of an aggregated API that knows no such
 * form answers with whole objects. */
#define KUBE_ACCEPT_METADATA(kind)                                                                 \
    "application/json;as=" kind ";v=v1;g=meta.k8s.io,application/json"

struct kube_client {
    const struct kube_config *config;
    char *name;
    char *field_manager;
    struct kube_client_options options; /* name and field_manager point to the copies above */
    struct kube_auth *auth;
    uint64_t generation; /* of the client certificate that `http` was made with */
    struct http_options http_options;
    struct http_client *http;

    struct kube_kinds *kinds; /* what discovery answered, or NULL */
    int64_t kinds_asked_ms;   /* clock_now_ms of it */
    int64_t kinds_written_ms; /* when this client last wrote a CRD, or 0 */

    struct strlist warnings; /* already told */
    char *retry_reason;      /* told last, at retry_told_ms */
    int64_t retry_told_ms;
    bool answered; /* the server has answered at least once */
    bool warned;   /* that its certificate is not looked at */
    uint64_t requests;
    uint64_t received;
    uint64_t jitter; /* state of the generator of backoff jitter */
    struct kube_memo memo;
};

/* Another client for the same server, for another thread: what the plug-in of `c` answered is
 * handed over, and what kinds there are (of Leases alone). It is never cancelled and retries
 * nothing; a request ends after `timeout_ms`. */
int kube_client_like(const struct kube_client *c, int64_t timeout_ms,
                     struct kube_client **ret_client, struct error **err) MC_WARN_UNUSED;

/* The request's Authorization and Impersonate headers, with fresh credentials; makes the
 * connections anew when the client certificate has changed. Release `out` with
 * kube_auth_headers_release. */
int kube_auth_headers(struct kube_client *c, struct strlist *out, struct error **err)
    MC_WARN_UNUSED;
/* How to connect; borrowed until the next kube_auth_headers. */
const struct http_options *kube_http_options(const struct kube_client *c);

/* Which failures may be retried (src/kube/retry.c holds the table). */
enum kube_call_flags {
    KUBE_CALL_IDEMPOTENT = 1 << 0, /* doing it twice is doing it once */
    KUBE_CALL_WRITES = 1 << 1,     /* passes admission webhooks */
    KUBE_CALL_OPTIONAL = 1 << 2,   /* 404 is an answer, not an error */
    KUBE_CALL_KIND_PATH = 1 << 3,  /* 404 of the whole path: a kind that is not served yet */
    KUBE_CALL_BOUND = 1 << 4,      /* holds a resourceVersion: a conflict is an answer */
    KUBE_CALL_SPARE = 1 << 5,      /* one of many: that its server is down is an answer */
    KUBE_CALL_TEXT = 1 << 6,       /* what a 2xx answer holds is no JSON and stays as it came */
};

/* One request. All pointers are borrowed for the time of the call. One that is not idempotent goes
 * out once at most, unless the server turned it away. */
struct kube_call {
    const char *verb;         /* for people: "get", "apply" */
    const char *method;       /* NULL: GET */
    const char *path;         /* with its query, "/api/v1/namespaces/x" */
    const char *accept;       /* NULL: application/json */
    const char *content_type; /* NULL: application/json when there is a body */
    const char *body;
    size_t body_len;
    size_t max; /* bytes of the answer; 0: KUBE_MAX_OBJECT */
    unsigned flags;
    const struct kube_ref *ref; /* what it is about, for errors; NULL: the path */
    int64_t timeout_ms;         /* 0: the client's */
    int64_t deadline_ms;        /* no try starts after it; 0: the client's retry time alone */
    int (*on_data)(void *ctx, const char *data, size_t len); /* as in struct http_request */
    /* Gets the value of a 2xx answer as soon as it is there; the reply then holds none. */
    void (*on_value)(void *ctx, const json_t *value);
    void *ctx;
};

/* Either `error` is set or the answer was 2xx (or 404 with KUBE_CALL_OPTIONAL). The body of a 2xx
 * answer is read when it comes, and not kept: kube_reply_json has its value. */
struct kube_reply {
    struct http_response response;
    struct error *error;
    json_t *value;
    struct error *unread; /* why there is no value */
    bool secret;          /* the body is wiped when released */
};
void kube_reply_release(struct kube_reply *r);
void kube_replies_free(struct kube_reply *replies, size_t count);
#define AUTO_KUBE_REPLY MC_CLEANUP(kube_reply_release) struct kube_reply

/* When the call has to be over, its own or the client's deadline; 0: never. */
int64_t kube_call_deadline(const struct kube_client *c, const struct kube_call *call);
/* How long something may take that wants `wanted_ms` and has to be over by `deadline_ms` (0: none),
 * which leaves it a second at the least. */
int64_t kube_limit_ms(int64_t wanted_ms, int64_t deadline_ms);
/* Sends all, retries those that failed transiently. -1 only when nothing could be sent
 * (credentials) or it was cancelled; every reply is then set too. */
int kube_call_many(struct kube_client *c, const struct kube_call *calls, size_t count,
                   struct kube_reply *replies, struct error **err) MC_WARN_UNUSED;
/* One call; *ret_reply holds the answer only when 0 is returned. */
int kube_call_one(struct kube_client *c, const struct kube_call *call, struct kube_reply *ret_reply,
                  struct error **err) MC_WARN_UNUSED;
/* One call whose answer is a JSON value; *ret_value is NULL for an allowed 404. */
int kube_call_json(struct kube_client *c, const struct kube_call *call, json_t **ret_value,
                   struct error **err) MC_WARN_UNUSED;
/* The JSON value of a 2xx answer; NULL when it went to on_value. */
int kube_reply_json(struct kube_client *c, const struct kube_call *call, struct kube_reply *reply,
                    json_t **ret_value, struct error **err) MC_WARN_UNUSED;

/* "CLUSTER: VERB KIND NS/NAME" (or the path) before the message, the place. Returns -1. */
int kube_error_place(const struct kube_client *c, const struct kube_call *call, struct error **err);
/* The same for what fails before there is a request. */
int kube_error_ref(const struct kube_client *c, const char *verb, const struct kube_ref *ref,
                   struct error **err);

/* Adds the items of a page to the array; in a list they carry no apiVersion and kind of their own. */
void kube_items_take(const json_t *page, const struct kube_ref *ref, json_t *items);

/* Makes the table of kinds know all of `refs` as far as the server has them: asks again when one is
 * unknown and the last answer is older than a second. With `wait`, waits for that second, and for
 * the kinds of CRDs that this client wrote a moment ago a little longer. */
int kube_kinds_settle(struct kube_client *c, const struct kube_ref *refs, size_t count, bool wait,
                      struct error **err) MC_WARN_UNUSED;
/* The kind's row. An unknown kind is ERROR_NOT_FOUND, with client-go's NoKindMatchError's words,
 * when there is a `verb` to tell in the error, else *ret_kind NULL. Borrowed until the next call of
 * this or kube_kinds_settle. */
int kube_kind_find(struct kube_client *c, const char *verb, const struct kube_ref *ref,
                   const struct kube_kind **ret_kind, struct error **err) MC_WARN_UNUSED;
/* Among the kinds known already. */
int kube_kind_known(struct kube_client *c, const char *verb, const struct kube_ref *ref,
                    const struct kube_kind **ret_kind, struct error **err) MC_WARN_UNUSED;
/* The next unknown kind is asked for at once. `written`: this client has just written a CRD. */
void kube_kinds_forget(struct kube_client *c, bool written);

/* One page after another, `ret_version` (may be NULL) gets the collection's resourceVersion. Past
 * `deadline_ms` (0: none) nothing is retried. */
int kube_list_versioned(struct kube_client *c, const struct kube_ref *ref,
                        const char *label_selector, const char *field_selector, int64_t deadline_ms,
                        json_t **ret_items, char **ret_version, struct error **err) MC_WARN_UNUSED;

#endif
