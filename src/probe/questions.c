/* A list of questions to pods. */
#include "questions.h"

#include <stdlib.h>

#include "meshctl/probe/proxy.h"

size_t questions_add(struct questions *q, json_t *pod, unsigned port, const char *path,
                     const char *server_name)
{
    if (!q->pods)
        q->pods = json_array();
    json_array_append(q->pods, pod);
    strlist_add(&q->names, server_name ? server_name : "");
    q->asks = mem_grow(q->asks, &q->cap, q->count + 1, sizeof(*q->asks));
    q->asks[q->count] = (struct kube_forward_ask){
        .namespace_ = json_dig_str(pod, "metadata", "namespace", NULL),
        .pod = json_dig_str(pod, "metadata", "name", NULL),
        .port = port,
        .path = path,
        .server_name = q->names.items[q->count],
        .timeout_ms = PROXY_TIMEOUT_MS,
    };
    return q->count++;
}

const json_t *questions_pod(const struct questions *q, size_t at)
{
    return json_array_get(q->pods, at);
}

int questions_ask(struct questions *q, struct kube_client *client, struct error **err)
{
    if (kube_forward_many(client, q->asks, q->count, err) < 0)
        return -1;
    for (size_t i = 0; i < q->count; i++) {
        if (q->asks[i].error && q->asks[i].error->kind == ERROR_UNREACHABLE) {
            *err = error_dup(q->asks[i].error);
            return -1;
        }
    }
    return 0;
}

void questions_release(struct questions *q)
{
    kube_forward_release(q->asks, q->count);
    free(q->asks);
    json_decref(q->pods);
    strlist_release(&q->names);
}
