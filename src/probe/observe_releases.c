/* The releases' records: listed by label as metadata, and of them only the few bodies that matter. */
#include "observe.h"

#include <stdlib.h>
#include <string.h>

#define MAX_ROUNDS 16 /* of reading bodies; more than one only where records are damaged */

static const char *namespace_of(const struct mesh *m, enum mesh_component c)
{
    return mesh_component_info(c)->in_ingress_namespace ? m->ingress_namespace : m->istio_namespace;
}

static int read_bodies(struct kube_client *c, const char *namespace_, const struct strlist *names,
                       struct release_history *h, struct error **err)
{
    AUTO_FREE struct kube_ref *refs = mem_array(names->count, sizeof(*refs));
    struct kube_got *got = mem_array(names->count, sizeof(*got));
    for (size_t i = 0; i < names->count; i++)
        refs[i] = (struct kube_ref){"v1", "Secret", namespace_, names->items[i]};
    int rc = kube_get_many(c, refs, names->count, false, got, err);
    for (size_t i = 0; i < names->count && rc == 0; i++) {
        if (got[i].error) {
            *err = TAKE(got[i].error);
            rc = -1;
        } else if (got[i].object) {
            release_history_add(h, got[i].object);
        } else {
            release_history_forget(h, names->items[i]);
        }
    }
    kube_got_release(got, names->count);
    free(got);
    return rc;
}

static int read_history(struct kube_client *c, const struct mesh *m, enum mesh_component component,
                        const json_t *listed, struct facts *f, struct error **err)
{
    struct release_history **h = &f->releases[component];
    if (release_history_new(listed, m->releases[component], h, err) < 0)
        return error_wrap(err, "%s: release %s", kube_client_name(c), m->releases[component]);
    for (int round = 0; round < MAX_ROUNDS; round++) {
        AUTO_STRLIST missing = STRLIST_INIT;
        release_history_missing(*h, &missing);
        if (!missing.count)
            return 0;
        if (read_bodies(c, namespace_of(m, component), &missing, *h, err) < 0)
            return -1;
    }
    return error_set(err, ERROR_REMOTE, "%s: the records of release %s change while they are read",
                     kube_client_name(c), m->releases[component]);
}

/* Both namespaces may be one. */
static int list_records(struct kube_client *c, const struct mesh *m, const char *namespace_,
                        json_t **ret_listed, struct error **err)
{
    struct kube_ref ref = {"v1", "Secret", namespace_, NULL};
    AUTO_BUF selector = BUF_INIT;
    buf_appends(&selector, "owner=helm,name in (");
    for (int i = 0, n = 0; i < MESH_COMPONENTS; i++)
        if (strcmp(namespace_of(m, (enum mesh_component)i), namespace_) == 0)
            buf_appendf(&selector, "%s%s", n++ ? "," : "", m->releases[i]);
    buf_appendc(&selector, ')');
    return kube_list_metadata(c, &ref, buf_str(&selector), NULL, ret_listed, err);
}

/* "NAME@VERSION " of each. */
static void append_versions(struct buf *out, const json_t *listed)
{
    size_t i;
    json_t *record;
    json_array_foreach(listed, i, record)
        buf_appendf(out, "%s@%s ", json_dig_str(record, "metadata", "name", NULL),
                    json_dig_str(record, "metadata", "resourceVersion", NULL));
}

static int list_all(struct kube_client *c, const struct facts_options *o, struct facts *f,
                    json_t **ret_istio, json_t **ret_ingress, char **ret_versions,
                    struct error **err)
{
    const struct {
        const char *namespace_;
        json_t **ret_listed;
    } lists[] = {{o->mesh->istio_namespace, ret_istio}, {o->mesh->ingress_namespace, ret_ingress}};
    AUTO_BUF versions = BUF_INIT;
    for (size_t i = 0; i < MC_ARRAY_LEN(lists); i++) {
        if (list_records(c, o->mesh, lists[i].namespace_, lists[i].ret_listed, err) < 0) {
            if (!f || !facts_may_miss(o, f, "list", "secrets", lists[i].namespace_, err))
                return -1;
            *lists[i].ret_listed = json_array();
        }
        append_versions(&versions, *lists[i].ret_listed);
    }
    *ret_versions = buf_detach(&versions, NULL);
    return 0;
}

int facts_read_releases(struct kube_client *c, const struct facts_options *o, struct facts *f,
                        struct error **err)
{
    json_auto_t *istio = NULL, *ingress = NULL;
    if (list_all(c, o, f, &istio, &ingress, &f->records, err) < 0)
        return -1;
    for (int i = 0; i < MESH_COMPONENTS; i++) {
        enum mesh_component component = (enum mesh_component)i;
        const json_t *listed =
            mesh_component_info(component)->in_ingress_namespace ? ingress : istio;
        if (read_history(c, o->mesh, component, listed, f, err) < 0)
            return -1;
    }
    return 0;
}

int facts_are_stale(struct kube_client *c, const struct facts_options *o, const struct facts *f,
                    bool *ret_stale, struct error **err)
{
    json_auto_t *istio = NULL, *ingress = NULL;
    AUTO_FREE char *records = NULL;
    if (list_all(c, o, NULL, &istio, &ingress, &records, err) < 0)
        return -1;
    *ret_stale = strcmp(records, f->records) != 0;
    return 0;
}
