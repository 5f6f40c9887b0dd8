/* Questions to pods that go out together, gathered by those who will judge the answers. */
#ifndef MESHCTL_PROBE_QUESTIONS_H
#define MESHCTL_PROBE_QUESTIONS_H

#include "meshctl/data/json.h"
#include "meshctl/kube/forward.h"

/* Zeroed is the empty list. */
struct questions {
    json_t *pods; /* array: whom each is for */
    struct kube_forward_ask *asks;
    size_t count, cap;
    struct strlist names; /* of servers, which the asks borrow */
};

/* A GET of `path`, or with NULL a look at the certificates that are shown there for `server_name`.
 * `path` is borrowed, `server_name` copied. Returns its index. */
size_t questions_add(struct questions *q, json_t *pod, unsigned port, const char *path,
                     const char *server_name);
const json_t *questions_pod(const struct questions *q, size_t at);
/* Asks all; -1 as kube_forward_many, and when the API server cannot be reached any more. */
int questions_ask(struct questions *q, struct kube_client *client, struct error **err)
    MC_WARN_UNUSED;
void questions_release(struct questions *q);
#define AUTO_QUESTIONS MC_CLEANUP(questions_release) struct questions

#endif
