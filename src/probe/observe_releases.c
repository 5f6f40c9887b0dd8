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
    struct kube_read *reads = mem_array(names->count, sizeof(*reads));
    for (size_t i = 0; i < names->count; i++)
        reads[i].ref = (struct kube_ref){"v1", "Secret", namespace_, names->items[i]};
    int rc = kube_read_many(c, reads, names->count, err);
    for (size_t i = 0; i < names->count && rc == 0; i++) {
        if (reads[i].error) {
            *err = TAKE(reads[i].error);
            rc = -1;
        } else if (reads[i].found) {
            release_history_add(h, reads[i].found);
        } else {
            release_history_forget(h, names->items[i]);
        }
    }
    kube_reads_release(reads, names->count);
    free(reads);
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
static void add_selector(const struct mesh *m, const char *namespace_, struct strlist *selectors)
{
    AUTO_BUF selector = BUF_INIT;
    buf_appends(&selector, "owner=helm,name in (");
    for (int i = 0, n = 0; i < MESH_COMPONENTS; i++)
        if (strcmp(namespace_of(m, (enum mesh_component)i), namespace_) == 0)
            buf_appendf(&selector, "%s%s", n++ ? "," : "", m->releases[i]);
    buf_appendc(&selector, ')');
    strlist_add(selectors, buf_str(&selector));
}

void facts_record_reads(const struct mesh *m, struct strlist *selectors, struct kube_read *reads)
{
    const char *const namespaces[FACTS_RECORD_READS] = {m->istio_namespace, m->ingress_namespace};
    for (size_t i = 0; i < FACTS_RECORD_READS; i++)
        add_selector(m, namespaces[i], selectors);
    for (size_t i = 0; i < FACTS_RECORD_READS; i++)
        reads[i] = (struct kube_read){.ref = {"v1", "Secret", namespaces[i], NULL},
                                      .is_list = true,
                                      .label_selector = selectors->items[i],
                                      .metadata_only = true};
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

int facts_read_releases(struct kube_client *c, const struct mesh *m, const json_t *istio,
                        const json_t *ingress, struct facts *f, struct error **err)
{
    AUTO_BUF versions = BUF_INIT;
    append_versions(&versions, istio);
    append_versions(&versions, ingress);
    f->records = buf_detach(&versions, NULL);
    for (int i = 0; i < MESH_COMPONENTS; i++) {
        enum mesh_component component = (enum mesh_component)i;
        bool in_ingress = mesh_component_info(component)->in_ingress_namespace;
        if (read_history(c, m, component, in_ingress ? ingress : istio, f, err) < 0)
            return -1;
    }
    return 0;
}

static int list_versions(const struct kube_read *reads, struct buf *out, struct error **err)
{
    for (size_t i = 0; i < FACTS_RECORD_READS; i++) {
        if (reads[i].error) {
            *err = error_dup(reads[i].error);
            return -1;
        }
        append_versions(out, reads[i].found);
    }
    return 0;
}

int facts_are_stale(struct kube_client *c, const struct facts_options *o, const struct facts *f,
                    bool *ret_stale, struct error **err)
{
    struct kube_read reads[FACTS_RECORD_READS];
    AUTO_STRLIST selectors = STRLIST_INIT;
    AUTO_BUF versions = BUF_INIT;
    facts_record_reads(o->mesh, &selectors, reads);
    int rc = kube_read_many(c, reads, FACTS_RECORD_READS, err);
    if (rc == 0)
        rc = list_versions(reads, &versions, err);
    *ret_stale = rc == 0 && strcmp(buf_str(&versions), f->records) != 0;
    kube_reads_release(reads, FACTS_RECORD_READS);
    return rc;
}
