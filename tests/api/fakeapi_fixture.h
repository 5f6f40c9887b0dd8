/* A fake API server with a client for it, for cmocka's set-up and tear-down. */
#ifndef FAKEAPI_FIXTURE_H
#define FAKEAPI_FIXTURE_H

#include "fakeapi.h"
#include "meshctl/kube/client.h"

struct fakeapi_fixture {
    struct fakeapi *api;
    struct kube_config *config;
    struct kube_client *client; /* named "west" */
    struct cancel cancel;
    struct strlist warnings; /* told by the client */
    struct strlist retries;
};

/* All may be 0 or NULL. */
struct fakeapi_fixture_options {
    struct fakeapi_options api;
    const char *token; /* that the client has */
    int64_t request_timeout_ms;
    int64_t deadline_ms;
    int64_t retry_for_ms;
};
void fakeapi_fixture_start(struct fakeapi_fixture *x,
                           const struct fakeapi_fixture_options *options);
void fakeapi_fixture_stop(struct fakeapi_fixture *x);
/* Another client for the same server, yours to free. */
struct kube_client *fakeapi_fixture_client(struct fakeapi_fixture *x,
                                           const struct fakeapi_fixture_options *options);
/* Cancels after `ms` in a thread of its own, which fakeapi_fixture_stop joins. */
void fakeapi_fixture_cancel_in(struct fakeapi_fixture *x, int ms);

#endif
