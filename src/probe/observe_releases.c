/* The releases' records: listed by label as metadata, and of them only the few bodies that matter. */
#include "observe.h"

#include <stdlib.h>
#include <string.h>

#define MAX_ROUNDS 16 /* of reading bodies; more than one only where records are damaged */

static const char *namespace_of(const struct mesh *m, enum mesh_component c)
{
    return mesh_component_info(c)->in_ingress_namespace ? m->ingress_namespace : m->istio_namespace;
}

/* The bodies that the histories still miss. */
struct missing {
    struct strlist names[MESH_COMPONENTS];
    size_t count;
};

static void missing_release(struct missing *m)
{
    for (int i = 0; i < MESH_COMPONENTS; i++)
        strlist_release(&m->names[i]);
}

static void find_missing(const struct facts *f, struct missing *ret_missing)
{
    *ret_missing = (struct missing){0};
    for (int i = 0; i < MESH_COMPONENTS; i++) {
        release_history_missing(f->releases[i], &ret_missing->names[i]);
        ret_missing->count += ret_missing->names[i].count;
    }
}

static void add_body(struct release_history *h, const struct kube_read *read)
{
    if (read->found)
        release_history_add(h, read->found);
    else
        release_history_forget(h, read->ref.name);
}

/* All of them at once: one after another each release would be another way there and back. */
static int read_bodies(struct kube_client *c, const struct mesh *m, const struct missing *missing,
                       struct facts *f, struct error **err)
{
    struct kube_read *reads = mem_array(missing->count, sizeof(*reads));
    size_t count = 0, at = 0;
    for (int i = 0; i < MESH_COMPONENTS; i++)
        for (size_t k = 0; k < missing->names[i].count; k++)
            reads[count++].ref =
                (struct kube_ref){"v1", "Secret", namespace_of(m, (enum mesh_component)i),
                                  missing->names[i].items[k]};
    int rc = kube_read_many(c, reads, count, err);
    for (int i = 0; i < MESH_COMPONENTS; i++) {
        for (size_t k = 0; k < missing->names[i].count && rc == 0; k++, at++) {
            *err = TAKE(reads[at].error);
            rc = *err ? -1 : 0;
            if (rc == 0)
                add_body(f->releases[i], &reads[at]);
        }
    }
    kube_reads_release(reads, count);
    free(reads);
    return rc;
}

static int read_histories(struct kube_client *c, const struct mesh *m, struct facts *f,
                          struct error **err)
{
    for (int round = 0; round < MAX_ROUNDS; round++) {
        MC_CLEANUP(missing_release) struct missing missing = {0};
        find_missing(f, &missing);
        if (!missing.count)
            return 0;
        if (read_bodies(c, m, &missing, f, err) < 0)
            return -1;
    }
    return error_set(err, ERROR_REMOTE, "%s: the releases' records change while they are read",
                     kube_client_name(c));
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

int facts_read_releases(struct kube_client *c, const struct facts_options *o, const json_t *istio,
                        const json_t *ingress, struct facts *f, struct error **err)
{
    const struct mesh *m = o->mesh;
    AUTO_BUF versions = BUF_INIT;
    append_versions(&versions, istio);
    append_versions(&versions, ingress);
    f->records = buf_detach(&versions, NULL);
    for (int i = 0; i < MESH_COMPONENTS; i++) {
        bool in_ingress = mesh_component_info((enum mesh_component)i)->in_ingress_namespace;
        if (release_history_new(in_ingress ? ingress : istio, m->releases[i], &f->releases[i],
                                err) < 0)
            return error_wrap(err, "%s: release %s", kube_client_name(c), m->releases[i]);
    }
    return o->with_traffic ? 0 : read_histories(c, m, f, err);
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
