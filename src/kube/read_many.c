/* Many objects and collections read in one go, whole or their metadata alone. */
#include <stdlib.h>
#include <string.h>

#include "client_internal.h"
#include "ref.h"

#define FIRST_PAGE "250"

struct reading {
    struct kube_client *c;
    struct kube_read *reads;
    struct kube_call *calls;
    char **paths;
    size_t *indices; /* of the read that calls[k] is for */
    size_t count;    /* of calls */
};

static const char *accept_of(const struct kube_read *read)
{
    if (!read->metadata_only)
        return NULL;
    return read->is_list ? KUBE_ACCEPT_METADATA("PartialObjectMetadataList")
                         : KUBE_ACCEPT_METADATA("PartialObjectMetadata");
}

/* What is of a kind that is not served does not exist, so it is not asked for. */
static int add_call(struct reading *r, size_t i, struct error **err)
{
    const struct kube_kind *kind;
    struct kube_read *read = &r->reads[i];
    const struct kube_ref *ref = &read->ref;
    const char *verb = read->is_list ? "list" : "get";
    if (!read->is_list && (!ref->name || !*ref->name)) {
        error_set(err, ERROR_INPUT, "an object without name");
        return kube_error_ref(r->c, verb, ref, err);
    }
    if (kube_kind_known(r->c, NULL, ref, &kind, err) < 0)
        return -1;
    if (!kind)
        return 0;
    AUTO_BUF path = BUF_INIT;
    bool has_namespace = ref->namespace_ && *ref->namespace_;
    kube_ref_path(&path, kind, has_namespace || read->is_list ? ref->namespace_ : "default",
                  read->is_list ? NULL : ref->name);
    kube_query_add(&path, "labelSelector", read->is_list ? read->label_selector : NULL);
    kube_query_add(&path, "fieldSelector", read->is_list ? read->field_selector : NULL);
    kube_query_add(&path, "limit", read->is_list ? FIRST_PAGE : NULL);
    r->paths[r->count] = buf_detach(&path, NULL);
    r->calls[r->count] = (struct kube_call){.verb = verb,
                                            .path = r->paths[r->count],
                                            .accept = accept_of(read),
                                            .max = read->is_list ? KUBE_MAX_PAGE : 0,
                                            .ref = ref,
                                            .flags = KUBE_CALL_IDEMPOTENT |
                                                     (read->is_list ? 0 : KUBE_CALL_OPTIONAL) |
                                                     (read->is_spare ? KUBE_CALL_SPARE : 0)};
    r->indices[r->count++] = i;
    return 0;
}

static int take_list(struct reading *r, struct kube_read *read, const json_t *page,
                     struct error **err)
{
    const char *more = json_dig_str(page, "metadata", "continue", NULL);
    if (more && *more) {
        json_decref(TAKE(read->found));
        return read->metadata_only ? kube_list_metadata(r->c, &read->ref, read->label_selector,
                                                        read->field_selector, &read->found, err)
                                   : kube_list(r->c, &read->ref, read->label_selector,
                                               read->field_selector, &read->found, err);
    }
    kube_items_take(page, &read->ref, read->found);
    return 0;
}

static int take_reply(struct reading *r, size_t k, struct kube_reply *reply, struct error **err)
{
    struct kube_read *read = &r->reads[r->indices[k]];
    json_auto_t *answer = NULL;
    if (reply->error) {
        *err = TAKE(reply->error);
        return -1;
    }
    if (reply->response.status == 404)
        return 0;
    if (kube_reply_json(r->c, &r->calls[k], reply, &answer, err) < 0)
        return -1;
    if (read->is_list)
        return take_list(r, read, answer, err);
    if (read->metadata_only) {
        /* In the answer they are those of the form, not of the object. */
        json_object_set_new(answer, "apiVersion", json_string(read->ref.api_version));
        json_object_set_new(answer, "kind", json_string(read->ref.kind));
    }
    read->found = TAKE(answer);
    return 0;
}

static int ask(struct reading *r, struct error **err)
{
    struct kube_reply *replies = mem_array(r->count, sizeof(*replies));
    int rc = kube_call_many(r->c, r->calls, r->count, replies, err);
    for (size_t k = 0; k < r->count; k++) {
        struct kube_read *read = &r->reads[r->indices[k]];
        /* Whatever ended the batch stands in every reply, too. */
        if (take_reply(r, k, &replies[k], &read->error) < 0)
            json_decref(TAKE(read->found));
        kube_reply_release(&replies[k]);
    }
    free(replies);
    return rc;
}

static int settle(struct kube_client *c, const struct kube_read *reads, size_t count,
                  struct error **err)
{
    AUTO_FREE struct kube_ref *refs = mem_array(count, sizeof(*refs));
    for (size_t i = 0; i < count; i++)
        refs[i] = reads[i].ref;
    return kube_kinds_settle(c, refs, count, false, err);
}

int kube_read_many(struct kube_client *c, struct kube_read *reads, size_t count, struct error **err)
{
    for (size_t i = 0; i < count; i++) {
        reads[i].found = reads[i].is_list ? json_array() : NULL;
        reads[i].error = NULL;
    }
    if (count == 0)
        return 0;
    if (settle(c, reads, count, err) < 0) {
        for (size_t i = 0; i < count; i++)
            reads[i].error = error_dup(*err);
        return -1;
    }
    struct reading r = {.c = c,
                        .reads = reads,
                        .calls = mem_array(count, sizeof(*r.calls)),
                        .paths = mem_array(count, sizeof(*r.paths)),
                        .indices = mem_array(count, sizeof(*r.indices))};
    for (size_t i = 0; i < count; i++) {
        /* What cannot be asked for has its error. */
        (void)!add_call(&r, i, &reads[i].error);
    }
    int rc = ask(&r, err);
    for (size_t k = 0; k < r.count; k++)
        free(r.paths[k]);
    free(r.paths);
    free(r.calls);
    free(r.indices);
    return rc;
}

void kube_reads_release(struct kube_read *reads, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_decref(reads[i].found);
        error_free(reads[i].error);
        reads[i] = (struct kube_read){0};
    }
}
