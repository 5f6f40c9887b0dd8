/* What the server is: GET /version. */
#include <stdlib.h>
#include <time.h>

#include "client_internal.h"

static void take_clock(const struct http_response *r, time_t now, struct kube_version *v)
{
    v->has_clock = r->date != 0;
    v->ahead_s = v->has_clock ? (int64_t)(r->date - now) : 0;
}

int kube_server_version(struct kube_client *c, struct kube_version *ret_version, struct error **err)
{
    json_auto_t *answer = NULL;
    AUTO_KUBE_REPLY reply = {0};
    struct kube_call call = {
        .verb = "get", .path = "/version", .max = KUBE_MAX_SMALL, .flags = KUBE_CALL_IDEMPOTENT};
    if (kube_call_one(c, &call, &reply, err) < 0 ||
        kube_reply_json(c, &call, &reply, &answer, err) < 0)
        return -1;
    const char *git = json_dig_str(answer, "gitVersion", NULL);
    const char *major = json_dig_str(answer, "major", NULL);
    const char *minor = json_dig_str(answer, "minor", NULL);
    if (!git) {
        error_set(err, ERROR_REMOTE, "the answer names no gitVersion");
        kube_error_place(c, &call, err);
        return error_hint(err, "is %s really a Kubernetes API server?", c->config->server);
    }
    *ret_version = (struct kube_version){.git_version = mem_strdup(git),
                                         .major = mem_strdup(major ? major : ""),
                                         .minor = mem_strdup(minor ? minor : "")};
    take_clock(&reply.response, time(NULL), ret_version);
    return 0;
}

void kube_version_release(struct kube_version *v)
{
    free(v->git_version);
    free(v->major);
    free(v->minor);
    *v = (struct kube_version){0};
}
