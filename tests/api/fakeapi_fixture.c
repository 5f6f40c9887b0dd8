#include "fakeapi_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meshctl/base/clock.h"

static struct {
    pthread_t thread;
    struct cancel *cancel;
    int ms;
    bool running;
} canceller;

static void note_warning(void *ctx, const char *cluster, const char *text)
{
    struct fakeapi_fixture *x = ctx;
    strlist_addf(&x->warnings, "%s: %s", cluster, text);
}

static void note_retry(void *ctx, const char *cluster, const char *reason)
{
    struct fakeapi_fixture *x = ctx;
    strlist_addf(&x->retries, "%s: %s", cluster, reason);
}

struct kube_client *fakeapi_fixture_client(struct fakeapi_fixture *x,
                                           const struct fakeapi_fixture_options *options)
{
    struct kube_client *c;
    struct error *err = NULL;
    struct kube_client_options o = {.name = "west",
                                    .cancel = &x->cancel,
                                    .request_timeout_ms = options->request_timeout_ms,
                                    .deadline_ms = options->deadline_ms,
                                    .retry_for_ms = options->retry_for_ms,
                                    .on_warning = note_warning,
                                    .on_retry = note_retry,
                                    .ctx = x};
    if (kube_client_new(x->config, &o, &c, &err) == 0)
        return c;
    fprintf(stderr, "fixture: %s\n", err->message);
    abort();
}

void fakeapi_fixture_start(struct fakeapi_fixture *x, const struct fakeapi_fixture_options *options)
{
    static const struct fakeapi_fixture_options usual;
    const struct fakeapi_fixture_options *o = options ? options : &usual;
    memset(x, 0, sizeof(*x));
    if (cancel_init(&x->cancel) < 0)
        abort();
    x->api = fakeapi_start(&o->api);
    x->config = fakeapi_config(x->api, o->token);
    x->client = fakeapi_fixture_client(x, o);
}

void fakeapi_fixture_stop(struct fakeapi_fixture *x)
{
    if (canceller.running)
        pthread_join(canceller.thread, NULL);
    canceller.running = false;
    kube_client_free(x->client);
    kube_config_free(x->config);
    fakeapi_stop(x->api);
    cancel_release(&x->cancel);
    strlist_release(&x->warnings);
    strlist_release(&x->retries);
    memset(x, 0, sizeof(*x));
}

static void *cancel_later(void *arg)
{
    (void)arg;
    usleep((useconds_t)canceller.ms * 1000);
    cancel_set(canceller.cancel);
    return NULL;
}

void fakeapi_fixture_cancel_in(struct fakeapi_fixture *x, int ms)
{
    canceller.cancel = &x->cancel;
    canceller.ms = ms;
    canceller.running = pthread_create(&canceller.thread, NULL, cancel_later, NULL) == 0;
}
