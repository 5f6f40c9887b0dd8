/* References to objects, as text and as paths. */
#include "ref.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

struct kube_ref kube_ref_of(const json_t *object)
{
    return (struct kube_ref){
        .api_version = json_string_value(json_object_get(object, "apiVersion")),
        .kind = json_string_value(json_object_get(object, "kind")),
        .namespace_ = json_dig_str(object, "metadata", "namespace", NULL),
        .name = json_dig_str(object, "metadata", "name", NULL),
    };
}

static void append_part(struct buf *out, const char *before, const char *part)
{
    if (!part || !*part)
        return;
    if (out->len > 0)
        buf_appends(out, before);
    text_append_clean(out, part, strlen(part));
}

char *kube_ref_text_dup(const struct kube_ref *ref)
{
    AUTO_BUF out = BUF_INIT;
    append_part(&out, "", ref->kind && *ref->kind ? ref->kind : "object");
    append_part(&out, " ", ref->namespace_);
    append_part(&out, ref->namespace_ && *ref->namespace_ ? "/" : " ", ref->name);
    return buf_detach(&out, NULL);
}

char *kube_ref_place_dup(const char *cluster, const struct kube_ref *ref)
{
    AUTO_BUF out = BUF_INIT;
    append_part(&out, "", cluster);
    append_part(&out, "/", ref->kind);
    append_part(&out, "/", ref->namespace_);
    append_part(&out, "/", ref->name);
    return buf_detach(&out, NULL);
}

void kube_ref_path(struct buf *out, const struct kube_kind *kind, const char *namespace_,
                   const char *name)
{
    buf_appendf(out, "/%s/%s", strchr(kind->api_version, '/') ? "apis" : "api", kind->api_version);
    if (kind->namespaced && namespace_ && *namespace_) {
        buf_appends(out, "/namespaces/");
        http_append_escaped(out, namespace_);
    }
    buf_appendf(out, "/%s", kind->resource);
    if (name) {
        buf_appendc(out, '/');
        http_append_escaped(out, name);
    }
}

void kube_query_add(struct buf *path, const char *key, const char *value)
{
    if (!value || !*value)
        return;
    buf_appendf(path, "%c%s=", strchr(buf_str(path), '?') ? '&' : '?', key);
    http_append_escaped(path, value);
}
