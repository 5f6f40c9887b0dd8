/* What istiods and proxies say of themselves, at the ports that answer their own pod. */
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/diff.h"
#include "meshctl/kube/forward.h"
#include "meshctl/probe/proxy.h"

#define MAX_ISTIODS 8
#define MAX_PROXIES 24
#define ASK_MS 20000

enum form { AS_JSON, AS_TEXT, AS_SUMMARY };

struct question {
    const char *path, *file;
    enum form form;
};

static const struct question istiod_questions[] = {
    {"/debug/clusterz", "clusterz", AS_JSON},
    {"/debug/networkz", "networkz", AS_JSON},
    {"/debug/syncz", "syncz", AS_JSON},
    {"/debug/registryz", "registryz", AS_JSON},
    {"/debug/endpointShardz", "endpointShardz", AS_JSON},
    {"/debug/mesh", "mesh", AS_JSON},
    {"/metrics", "metrics", AS_TEXT},
    {"/version", "version", AS_TEXT},
};
static const struct question proxy_questions[] = {
    {"/server_info", "server_info", AS_JSON},
    {"/certs", "certs", AS_JSON},
    {"/clusters", "clusters", AS_TEXT},
    {"/listeners", "listeners", AS_TEXT},
    {"/stats", "stats", AS_TEXT},
    {"/config_dump", "config_dump_summary", AS_SUMMARY},
};
#define MAX_QUESTIONS                                                                              \
    (MAX_ISTIODS * MC_ARRAY_LEN(istiod_questions) + MAX_PROXIES * MC_ARRAY_LEN(proxy_questions))

/* One that was asked, and the file that the answer becomes: made in the thread that has it, so that of
 * large answers only what is kept of them stays. */
struct asked {
    const struct question *question;
    char *path;
    struct buf text;
};

static void append_json(struct buf *out, const json_t *value)
{
    json_write(out, value, JSON_WRITE_KEEP_ORDER | JSON_WRITE_NO_ESCAPE | JSON_WRITE_PRETTY);
    buf_appendc(out, '\n');
}

static int take(void *ctx, const struct buf *answer, struct error **err)
{
    struct asked *asked = ctx;
    AUTO_ERROR struct error *unread = NULL;
    json_auto_t *value = NULL;
    (void)err;
    if (asked->question->form != AS_TEXT)
        (void)!json_read(buf_str(answer), answer->len, "answer", &value, &unread);
    if (value && asked->question->form == AS_SUMMARY) {
        json_auto_t *summary = collect_dump_summary(value);
        json_auto_t *masked = kube_masked_value(summary);
        append_json(&asked->text, masked);
    } else if (value) {
        json_auto_t *masked = kube_masked_value(value);
        append_json(&asked->text, masked);
    } else {
        kube_mask_lines(&asked->text, buf_str(answer), answer->len);
    }
    return 0;
}

struct asking {
    struct kube_forward_ask forwards[MAX_QUESTIONS];
    struct asked asked[MAX_QUESTIONS];
    size_t count;
};

static void ask(struct collecting *c, struct asking *a, const json_t *pod, const char *folder,
                unsigned port, const struct question *questions, size_t count)
{
    const char *namespace_ = json_dig_str(pod, "metadata", "namespace", NULL);
    const char *name = json_dig_str(pod, "metadata", "name", NULL);
    for (size_t i = 0; i < count; i++) {
        struct asked *asked = &a->asked[a->count];
        *asked = (struct asked){
            .question = &questions[i],
            .path = collect_path_dup(c, questions[i].form == AS_TEXT ? ".txt" : ".json", folder,
                                     namespace_, name, questions[i].file, NULL),
        };
        a->forwards[a->count++] = (struct kube_forward_ask){.namespace_ = namespace_,
                                                            .pod = name,
                                                            .port = port,
                                                            .path = questions[i].path,
                                                            .timeout_ms = ASK_MS,
                                                            .take = take,
                                                            .ctx = asked};
    }
}

static void list_questions(struct collecting *c, struct asking *a)
{
    size_t i, istiods = 0, proxies = 0, left_out = 0;
    json_t *pod;
    json_array_foreach(c->pods, i, pod) {
        bool runs = text_equal(json_dig_str(pod, "status", "phase", NULL), "Running");
        bool is_istiod = text_equal(json_dig_str(pod, "metadata", "labels", "app", NULL), "istiod");
        if (!runs || !json_dig_str(pod, "metadata", "name", NULL))
            continue;
        if (is_istiod && istiods < MAX_ISTIODS) {
            istiods++;
            ask(c, a, pod, "istiod", PROXY_ISTIOD_PORT, istiod_questions,
                MC_ARRAY_LEN(istiod_questions));
        } else if (!is_istiod && proxy_is_in(pod)) {
            if (proxies < MAX_PROXIES)
                ask(c, a, pod, "proxies", PROXY_ENVOY_PORT, proxy_questions,
                    MC_ARRAY_LEN(proxy_questions));
            left_out += proxies >= MAX_PROXIES;
            proxies++;
        }
    }
    if (left_out)
        files_miss(c->files, "%s: what %zu more proxies say", probe_name(c->probe), left_out);
}

int collect_answers(struct collecting *c, struct error **err)
{
    AUTO_FREE struct asking *a = mem_zalloc(sizeof(*a));
    AUTO_ERROR struct error *problem = NULL;
    int rc = 0;
    list_questions(c, a);
    if (kube_forward_many(c->probe->client, a->forwards, a->count, &problem) < 0)
        rc = collect_forgive(c, "what istiods and proxies say", &problem, err);
    for (size_t i = 0; i < a->count; i++) {
        if (a->forwards[i].error && rc == 0)
            rc = collect_forgive(c, a->asked[i].path, &a->forwards[i].error, err);
        files_add(c->files, a->asked[i].path, &a->asked[i].text);
        buf_release(&a->asked[i].text);
        free(a->asked[i].path);
    }
    kube_forward_release(a->forwards, a->count);
    return rc;
}
