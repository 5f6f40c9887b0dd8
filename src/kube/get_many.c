/* Many objects read in one go, whole or their metadata alone. */
#include <stdlib.h>
#include <string.h>

#include "client_internal.h"
#include "ref.h"

struct reading {
    struct kube_client *c;
    const struct kube_ref *refs;
    struct kube_got *results;
    struct kube_call *calls;
    char **paths;
    size_t *indices; /* of the reference that calls[k] is about */
    size_t count;    /* of calls */
    bool metadata_only;
};

/* An object whose kind is not served does not exist, so it is not asked for. */
static int add_call(struct reading *r, size_t i, struct error **err)
{
    const struct kube_kind *kind;
    const struct kube_ref *ref = &r->refs[i];
    if (!ref->name || !*ref->name) {
        error_set(err, ERROR_INPUT, "an object without name");
        return kube_error_ref(r->c, "get", ref, err);
    }
    if (kube_kind_known(r->c, NULL, ref, &kind, err) < 0)
        return -1;
    if (!kind)
        return 0;
    AUTO_BUF path = BUF_INIT;
    kube_ref_path(&path, kind, ref->namespace_ && *ref->namespace_ ? ref->namespace_ : "default",
                  ref->name);
    r->paths[r->count] = buf_detach(&path, NULL);
    r->calls[r->count] = (struct kube_call){
        .verb = "get",
        .path = r->paths[r->count],
        .accept = r->metadata_only ? KUBE_ACCEPT_METADATA("PartialObjectMetadata") : NULL,
        .ref = ref,
        .flags = KUBE_CALL_IDEMPOTENT | KUBE_CALL_OPTIONAL};
    r->indices[r->count++] = i;
    return 0;
}

static int take_reply(struct reading *r, size_t k, struct kube_reply *reply, struct error **err)
{
    struct kube_got *got = &r->results[r->indices[k]];
    if (reply->error) {
        *err = TAKE(reply->error);
        return -1;
    }
    if (reply->response.status == 404)
        return 0;
    if (kube_reply_json(r->c, &r->calls[k], reply, &got->object, err) < 0)
        return -1;
    if (!r->metadata_only)
        return 0;
    /* In the answer they are those of the form, not of the object. */
    const struct kube_ref *ref = r->calls[k].ref;
    json_object_set_new(got->object, "apiVersion", json_string(ref->api_version));
    json_object_set_new(got->object, "kind", json_string(ref->kind));
    return 0;
}

static int ask(struct reading *r, struct error **err)
{
    struct kube_reply *replies = mem_array(r->count, sizeof(*replies));
    int rc = kube_call_many(r->c, r->calls, r->count, replies, err);
    for (size_t k = 0; k < r->count; k++) {
        /* Whatever ended the batch stands in every reply, too. */
        (void)!take_reply(r, k, &replies[k], &r->results[r->indices[k]].error);
    }
    kube_replies_free(replies, r->count);
    return rc;
}

int kube_get_many(struct kube_client *c, const struct kube_ref *refs, size_t count,
                  bool metadata_only, struct kube_got *results, struct error **err)
{
    memset(results, 0, count * sizeof(*results));
    if (count == 0)
        return 0;
    if (kube_kinds_settle(c, refs, count, false, err) < 0) {
        for (size_t i = 0; i < count; i++)
            results[i].error = error_dup(*err);
        return -1;
    }
    struct reading r = {.c = c,
                        .refs = refs,
                        .results = results,
                        .calls = mem_array(count, sizeof(*r.calls)),
                        .paths = mem_array(count, sizeof(*r.paths)),
                        .indices = mem_array(count, sizeof(*r.indices)),
                        .metadata_only = metadata_only};
    for (size_t i = 0; i < count; i++) {
        /* What cannot be asked for has its error. */
        (void)!add_call(&r, i, &results[i].error);
    }
    int rc = ask(&r, err);
    for (size_t k = 0; k < r.count; k++)
        free(r.paths[k]);
    free(r.paths);
    free(r.calls);
    free(r.indices);
    return rc;
}

void kube_got_release(struct kube_got *results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_decref(results[i].object);
        error_free(results[i].error);
        results[i] = (struct kube_got){0};
    }
}
