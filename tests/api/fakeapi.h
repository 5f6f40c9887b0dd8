/* A Kubernetes API server inside the test program: TLS with a certificate made at start, HTTP/1.1,
 * loopback only.
 *
 * Without rules it behaves: discovery (both forms), /version, an object store with create, read,
 * list, watch, replace, merge patch, server-side apply (see fakeapi_fields.c) and delete; a namespace
 * must be there before what is in it. It also plays the
 * controllers: see fakeapi_alive.c. Rules make it misbehave.
 *
 * All functions are thread-safe. What cannot work (no port, bad JSON of a test) aborts. */
#ifndef FAKEAPI_H
#define FAKEAPI_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "meshctl/kube/kubeconfig.h"
#include "test_server.h"

struct fakeapi;

struct fakeapi_options {
    bool plain_discovery; /* as before Kubernetes 1.26: group by group */
    bool lifeless;        /* no controllers: nothing becomes ready, no address is given */
    const char *token;    /* the bearer token demanded; NULL: everybody may */
};

/* `options` may be NULL. */
struct fakeapi *fakeapi_start(const struct fakeapi_options *options);
/* NULL is fine. */
void fakeapi_stop(struct fakeapi *f);
/* "https://127.0.0.1:PORT"; borrowed. */
const char *fakeapi_url(const struct fakeapi *f);
/* "https://api.test:PORT": the same server by the name of another machine; yours to free. */
#define FAKEAPI_NAME "api.test"
char *fakeapi_far_url_dup(const struct fakeapi *f);
/* A kubeconfig that leads here, with the CA and (unless NULL) `token`: its text, yours to free, and
 * what kube_config_load makes of it. */
char *fakeapi_kubeconfig_dup(const struct fakeapi *f, const char *token);
struct kube_config *fakeapi_config(const struct fakeapi *f, const char *token);
/* The token demanded from now on; copied. */
void fakeapi_set_token(struct fakeapi *f, const char *token);

/* ---- misbehaving ---- */

enum fakeapi_fault {
    FAKEAPI_REPLY, /* status, headers, body */
    FAKEAPI_PASS,  /* the usual answer, after delay_ms */
    FAKEAPI_RESET, /* the connection is reset instead of an answer */
    FAKEAPI_CUT,   /* the usual answer is done, but half of it is sent and the connection closed */
    FAKEAPI_LOSE, /* the usual answer is done, but nothing of it is sent and the connection reset */
    FAKEAPI_SILENT,  /* no answer until the server stops */
    FAKEAPI_DRIBBLE, /* the usual answer, byte by byte, delay_ms each */
    FAKEAPI_STREAM,  /* status, then `body` as a chunk a line; ends after delay_ms */
    FAKEAPI_SCRIPT,  /* `script` answers */
};

/* The first rule added that fits a request decides. Strings are borrowed until stop. */
struct fakeapi_rule {
    const char *method;   /* NULL: any */
    const char *path;     /* without query; * stands for any part */
    const char *query;    /* a part of the raw query, or NULL */
    const char *body_has; /* a part of the request's body, or NULL */
    int skip;             /* so many fitting requests pass first */
    int times;            /* then it applies so often; 0: for ever */
    enum fakeapi_fault fault;
    int delay_ms;
    int status;          /* 0: 200 */
    const char *headers; /* each line with CRLF, or NULL */
    const char *body;    /* NULL: a fitting Status */
    test_handler script;
    void *ctx;
};
void fakeapi_add(struct fakeapi *f, const struct fakeapi_rule *rule);
void fakeapi_clear_rules(struct fakeapi *f);

/* ---- looking ---- */

/* How many requests came; method NULL: any; `path` as in a rule. */
int fakeapi_count(struct fakeapi *f, const char *method, const char *path);
/* The n-th (from 0) such request as "METHOD TARGET" and, from a line of its own on, the body; yours
 * to free, NULL when there is none. */
char *fakeapi_request_dup(struct fakeapi *f, const char *method, const char *path, int n);
/* TCP connections accepted so far. */
int fakeapi_connections(struct fakeapi *f);

/* The object at a path ("/api/v1/namespaces/x"), yours to decref; NULL when there is none. */
json_t *fakeapi_object(struct fakeapi *f, const char *path);
size_t fakeapi_object_count(struct fakeapi *f);
/* All objects by path; yours to decref. */
json_t *fakeapi_objects(struct fakeapi *f);

/* ---- doing, as if another client had ---- */

/* Stores an object (JSON text; kind and apiVersion must be served) and tells the watchers. */
void fakeapi_put(struct fakeapi *f, const char *text);
/* Merges a patch over the object at the path. */
void fakeapi_patch(struct fakeapi *f, const char *path, const char *text);
void fakeapi_remove(struct fakeapi *f, const char *path);
/* Forgets all events: watches from an older resourceVersion get 410. */
void fakeapi_compact(struct fakeapi *f);

#endif
