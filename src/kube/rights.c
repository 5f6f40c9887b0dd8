/* What the credentials may do, asked of the server itself. */
#include <stdlib.h>

#include "client_internal.h"

#define PATH "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

static void put_text(json_t *object, const char *key, const char *value)
{
    if (value && *value)
        json_object_set_new(object, key, json_string(value));
}

static char *review_dup(const struct kube_right *right, size_t *ret_len)
{
    AUTO_BUF out = BUF_INIT;
    json_auto_t *review = json_object();
    json_t *attributes = json_object();
    put_text(attributes, "verb", right->verb);
    put_text(attributes, "group", right->group);
    put_text(attributes, "resource", right->resource);
    put_text(attributes, "subresource", right->subresource);
    put_text(attributes, "namespace", right->namespace_);
    put_text(attributes, "name", right->name);
    json_put(review, json_string("authorization.k8s.io/v1"), "apiVersion", NULL);
    json_put(review, json_string("SelfSubjectAccessReview"), "kind", NULL);
    json_put(review, attributes, "spec", "resourceAttributes", NULL);
    json_write(&out, review, JSON_WRITE_NO_ESCAPE | JSON_WRITE_KEEP_ORDER);
    return buf_detach(&out, ret_len);
}

static int take_reply(struct kube_client *c, const struct kube_call *call, struct kube_reply *reply,
                      bool *ret_allowed, struct error **err)
{
    json_auto_t *answer = NULL;
    if (reply->error) {
        *err = TAKE(reply->error);
        return -1;
    }
    if (kube_reply_json(c, call, reply, &answer, err) < 0)
        return -1;
    *ret_allowed = json_is_true(json_dig(answer, "status", "allowed", NULL));
    return 0;
}

static int ask(struct kube_client *c, const struct kube_right *rights, size_t count,
               bool *ret_allowed, struct error **err)
{
    AUTO_FREE struct kube_call *calls = mem_array(count, sizeof(*calls));
    AUTO_FREE struct kube_ref *refs = mem_array(count, sizeof(*refs));
    AUTO_FREE char **bodies = mem_array(count, sizeof(*bodies));
    struct kube_reply *replies = mem_array(count, sizeof(*replies));
    AUTO_ERROR struct error *stopped = NULL;
    int rc = 0;
    for (size_t i = 0; i < count; i++) {
        refs[i] = (struct kube_ref){
            .kind = rights[i].verb, .namespace_ = rights[i].namespace_, .name = rights[i].resource};
        calls[i] = (struct kube_call){.verb = "ask for the right to",
                                      .method = "POST",
                                      .path = PATH,
                                      .ref = &refs[i],
                                      .max = KUBE_MAX_SMALL,
                                      .flags = KUBE_CALL_IDEMPOTENT};
        bodies[i] = review_dup(&rights[i], &calls[i].body_len);
        calls[i].body = bodies[i];
    }
    /* Whatever ends the batch also stands in every reply. */
    (void)!kube_call_many(c, calls, count, replies, &stopped);
    for (size_t i = 0; i < count; i++) {
        if (rc == 0)
            rc = take_reply(c, &calls[i], &replies[i], &ret_allowed[i], err);
        free(bodies[i]);
    }
    kube_replies_free(replies, count);
    return rc;
}

int kube_can_many(struct kube_client *c, const struct kube_right *rights, size_t count,
                  bool *ret_allowed, struct error **err)
{
    static const struct kube_right everything = {.verb = "*", .group = "*", .resource = "*"};
    bool all = false;
    if (count == 0)
        return 0;
    /* As cluster-admin may, which most people are who set up a mesh. */
    if (count > 1 && ask(c, &everything, 1, &all, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        ret_allowed[i] = all;
    return all ? 0 : ask(c, rights, count, ret_allowed, err);
}

int kube_missing_rights(struct kube_client *c, const struct kube_right *rights, size_t count,
                        struct strlist *missing, struct error **err)
{
    AUTO_FREE bool *allowed = mem_array(count, sizeof(*allowed));
    if (kube_can_many(c, rights, count, allowed, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (!allowed[i])
            strlist_add_take(missing, kube_right_text_dup(&rights[i]));
    return 0;
}

char *kube_right_text_dup(const struct kube_right *r)
{
    AUTO_BUF out = BUF_INIT;
    buf_appendf(&out, "%s %s", r->verb, r->resource);
    if (r->group && *r->group)
        buf_appendf(&out, ".%s", r->group);
    if (r->subresource && *r->subresource)
        buf_appendf(&out, "/%s", r->subresource);
    if (r->name && *r->name)
        buf_appendf(&out, " %s", r->name);
    if (r->namespace_ && *r->namespace_)
        buf_appendf(&out, " in %s", r->namespace_);
    return buf_detach(&out, NULL);
}
