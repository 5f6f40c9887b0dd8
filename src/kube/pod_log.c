/* What a container said before it ended: the reason is there, and hardly anywhere else. */
#include "pod_log.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client_internal.h"
#include "mask.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "ref.h"

#define MAX_LINE 300  /* bytes of it that are shown */
#define TAIL_LINES 40 /* a panic's cause stands above the stack of its goroutine */
#define TAIL_BYTES 65536
/* It only embellishes a reason: it must not hold up the wait. */
#define ASK_MS 5000

static bool tells(const char *line)
{
    static const char *const words[] = {"error", "fatal", "panic:"};
    for (size_t i = 0; i < MC_ARRAY_LEN(words); i++) {
        if (strcasestr(line, words[i]))
            return true;
    }
    return false;
}

static char *shown_dup(const char *line)
{
    AUTO_BUF out = BUF_INIT;
    size_t len = strlen(line), cut = len < MAX_LINE ? len : MAX_LINE;
    if (kube_mask_text(line))
        return NULL;
    text_append_clean(&out, line, cut);
    for (size_t i = 0; i < out.len; i++) {
        if (out.data[i] == '\t')
            out.data[i] = ' ';
    }
    if (cut < len)
        buf_appends(&out, "...");
    return buf_detach(&out, NULL);
}

char *kube_log_line_dup(const char *log)
{
    AUTO_STRLIST lines = STRLIST_INIT;
    const char *last = NULL, *telling = NULL;
    strlist_split(&lines, log, '\n');
    for (size_t i = 0; i < lines.count; i++) {
        const char *line = lines.items[i] + strspn(lines.items[i], " \t\r");
        if (!*line)
            continue;
        last = line;
        if (tells(line))
            telling = line;
    }
    return last ? shown_dup(telling ? telling : last) : NULL;
}

void kube_log_path_append(struct buf *path, const struct kube_log_tail *tail)
{
    AUTO_FREE char *lines = mem_printf("%u", tail->lines);
    AUTO_FREE char *bytes = mem_printf("%zu", tail->bytes);
    AUTO_FREE char *since = tail->since_s ? mem_printf("%u", tail->since_s) : NULL;
    buf_appends(path, "/api/v1/namespaces/");
    http_append_escaped(path, tail->namespace_);
    buf_appends(path, "/pods/");
    http_append_escaped(path, tail->pod);
    buf_appends(path, "/log");
    kube_query_add(path, "container", tail->container);
    kube_query_add(path, "previous", tail->previous ? "true" : NULL);
    kube_query_add(path, "timestamps", tail->timestamps ? "true" : NULL);
    kube_query_add(path, "sinceSeconds", since);
    kube_query_add(path, "tailLines", lines);
    kube_query_add(path, "limitBytes", bytes);
}

char *kube_pod_log_line_dup(struct kube_client *c, const json_t *pod, const char *container,
                            bool previous)
{
    struct kube_ref ref = {"v1", "Pod", json_dig_str(pod, "metadata", "namespace", NULL),
                           json_dig_str(pod, "metadata", "name", NULL)};
    AUTO_ERROR struct error *ignored = NULL;
    AUTO_BUF path = BUF_INIT;
    AUTO_KUBE_REPLY reply = {0};
    if (!ref.namespace_ || !ref.name)
        return NULL;
    kube_log_path_append(&path, &(struct kube_log_tail){.namespace_ = ref.namespace_,
                                                        .pod = ref.name,
                                                        .container = container,
                                                        .previous = previous,
                                                        .lines = TAIL_LINES,
                                                        .bytes = TAIL_BYTES});
    struct kube_call call = {.verb = "read the log of",
                             .path = buf_str(&path),
                             .accept = "application/json, */*",
                             .ref = &ref,
                             .max = TAIL_BYTES,
                             .flags = KUBE_CALL_IDEMPOTENT | KUBE_CALL_SPARE | KUBE_CALL_TEXT,
                             .timeout_ms = ASK_MS,
                             .deadline_ms = clock_now_ms() + ASK_MS};
    if (kube_call_one(c, &call, &reply, &ignored) < 0)
        return NULL;
    return kube_log_line_dup(buf_str(&reply.response.body));
}
