/* The ends of the logs of istiods, gateways and applications' proxies. */
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/diff.h"
#include "meshctl/kube/logs.h"

#define MAX_PODS 40
#define MAX_LOGS 160
#define PROXY "istio-proxy"

static json_int_t restarts_of(const json_t *pod, const char *container)
{
    static const char *const lists[] = {"containerStatuses", "initContainerStatuses"};
    for (size_t l = 0; l < MC_ARRAY_LEN(lists); l++) {
        size_t i;
        json_t *row;
        json_array_foreach(json_dig(pod, "status", lists[l], NULL), i, row)
            if (text_equal(json_dig_str(row, "name", NULL), container))
                return json_dig_int(row, 0, "restartCount", NULL);
    }
    return 0;
}

struct logs {
    struct kube_log items[MAX_LOGS];
    size_t count;
};

static void add(struct logs *logs, const json_t *pod, const char *container, bool previous)
{
    if (logs->count < MAX_LOGS)
        logs->items[logs->count++] = (struct kube_log){
            .namespace_ = json_dig_str(pod, "metadata", "namespace", NULL),
            .pod = json_dig_str(pod, "metadata", "name", NULL),
            .container = container,
            .previous = previous,
        };
}

/* What an application says is its own: of its pods the proxy's alone. */
static void add_pod(const struct collecting *c, struct logs *logs, const json_t *pod)
{
    static const char *const lists[] = {"containers", "initContainers"};
    for (size_t l = 0; l < MC_ARRAY_LEN(lists); l++) {
        size_t i;
        json_t *row;
        json_array_foreach(json_dig(pod, "spec", lists[l], NULL), i, row) {
            const char *name = json_dig_str(row, "name", NULL);
            if (!name || (!collect_is_mesh(c, pod) && strcmp(name, PROXY) != 0))
                continue;
            add(logs, pod, name, false);
            if (restarts_of(pod, name) > 0)
                add(logs, pod, name, true);
        }
    }
}

static int take(struct collecting *c, struct kube_log *log, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    AUTO_FREE char *path = collect_path_dup(c, log->previous ? ".previous.log" : ".log", "logs",
                                            log->namespace_, log->pod, log->container, NULL);
    if (log->error)
        return collect_forgive(c, "log", &log->error, err);
    kube_mask_lines(&text, buf_str(&log->text), log->text.len);
    files_add(c->files, path, &text);
    return 0;
}

int collect_logs(struct collecting *c, struct error **err)
{
    AUTO_FREE struct logs *logs = mem_zalloc(sizeof(*logs));
    AUTO_ERROR struct error *problem = NULL;
    struct kube_logs_wish wish = {.lines = c->options->lines, .timestamps = true};
    size_t i, pods = json_array_size(c->pods);
    int rc = 0;
    for (i = 0; i < pods && i < MAX_PODS; i++)
        add_pod(c, logs, json_array_get(c->pods, i));
    if (pods > MAX_PODS)
        files_miss(c->files, "%s: logs of %zu more pods", probe_name(c->probe), pods - MAX_PODS);
    if (kube_logs_read(c->probe->client, logs->items, logs->count, &wish, &problem) < 0)
        rc = collect_forgive(c, "logs", &problem, err);
    for (i = 0; i < logs->count && rc == 0; i++)
        rc = take(c, &logs->items[i], err);
    kube_logs_release(logs->items, logs->count);
    return rc;
}
