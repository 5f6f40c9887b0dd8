/* The ends of many logs. */
#include "meshctl/kube/logs.h"

#include <stdlib.h>

#include "client_internal.h"
#include "pod_log.h"

#define AT_ONCE 16 /* whose bytes are held together */
#define ASK_MS 20000

static int read_some(struct kube_client *c, struct kube_log *logs, size_t count,
                     const struct kube_logs_wish *wish, struct error **err)
{
    struct kube_call calls[AT_ONCE] = {0};
    struct kube_ref refs[AT_ONCE] = {0};
    struct buf paths[AT_ONCE] = {0};
    struct kube_reply replies[AT_ONCE] = {0};
    for (size_t i = 0; i < count; i++) {
        const struct kube_log *log = &logs[i];
        refs[i] = (struct kube_ref){"v1", "Pod", log->namespace_, log->pod};
        kube_log_path_append(&paths[i], &(struct kube_log_tail){.namespace_ = log->namespace_,
                                                                .pod = log->pod,
                                                                .container = log->container,
                                                                .previous = log->previous,
                                                                .timestamps = wish->timestamps,
                                                                .lines = wish->lines,
                                                                .since_s = wish->since_s,
                                                                .bytes = KUBE_LOG_MAX_BYTES});
        calls[i] =
            (struct kube_call){.verb = "read the log of",
                               .path = buf_str(&paths[i]),
                               .accept = "application/json, */*",
                               .ref = &refs[i],
                               .max = KUBE_LOG_MAX_BYTES,
                               .flags = KUBE_CALL_IDEMPOTENT | KUBE_CALL_SPARE | KUBE_CALL_TEXT,
                               .timeout_ms = ASK_MS};
    }
    int rc = kube_call_many(c, calls, count, replies, err);
    for (size_t i = 0; i < count; i++) {
        logs[i].error = TAKE(replies[i].error);
        if (!logs[i].error) {
            logs[i].text = replies[i].response.body;
            replies[i].response.body = (struct buf)BUF_INIT;
        }
        kube_reply_release(&replies[i]);
        buf_release(&paths[i]);
    }
    return rc;
}

int kube_logs_read(struct kube_client *c, struct kube_log *logs, size_t count,
                   const struct kube_logs_wish *wish, struct error **err)
{
    for (size_t i = 0; i < count; i += AT_ONCE)
        if (read_some(c, logs + i, count - i < AT_ONCE ? count - i : AT_ONCE, wish, err) < 0)
            return -1;
    return 0;
}

void kube_logs_release(struct kube_log *logs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_release_secret(&logs[i].text);
        error_free(logs[i].error);
    }
}
