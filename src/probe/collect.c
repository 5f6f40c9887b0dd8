/* Collects what a cluster can tell, part by part. */
#include "collect.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

char *collect_path_dup(const struct collecting *c, const char *extension, ...)
{
    AUTO_BUF path = BUF_INIT;
    va_list ap;
    va_start(ap, extension);
    files_append_name(&path, probe_name(c->probe));
    for (const char *part; (part = va_arg(ap, const char *));) {
        buf_appendc(&path, '/');
        files_append_name(&path, part);
    }
    va_end(ap);
    buf_appends(&path, extension);
    return buf_detach(&path, NULL);
}

int collect_forgive(const struct collecting *c, const char *what, struct error **problem,
                    struct error **err)
{
    if ((*problem)->kind == ERROR_CANCELLED) {
        *err = TAKE(*problem);
        return -1;
    }
    files_miss(c->files, "%s: %s: %s", probe_name(c->probe), what, (*problem)->message);
    error_clear(problem);
    return 0;
}

bool collect_is_mesh(const struct collecting *c, const json_t *pod)
{
    return strlist_has(&c->mesh_namespaces, json_dig_str(pod, "metadata", "namespace", NULL));
}

static void add_namespace(struct collecting *c, const char *name)
{
    if (name && name[0] && facts_namespace(probe_facts(c->probe), name) &&
        !strlist_has(&c->mesh_namespaces, name))
        strlist_add(&c->mesh_namespaces, name);
}

static void find_namespaces(struct collecting *c)
{
    const struct facts *f = probe_facts(c->probe);
    size_t i;
    json_t *service;
    add_namespace(c, c->probe->mesh->istio_namespace);
    add_namespace(c, c->probe->mesh->ingress_namespace);
    for (i = 0; i < f->istiods_count; i++)
        add_namespace(c, f->istiods[i].namespace_);
    json_array_foreach(f->network_services, i, service)
        add_namespace(c, json_dig_str(service, "metadata", "namespace", NULL));
}

int probe_collect(const struct probe *p, const struct collect_options *options, struct files *files,
                  struct error **err)
{
    const struct facts *f = probe_facts(p);
    struct collecting c = {.probe = p, .options = options, .files = files, .pods = json_array()};
    find_namespaces(&c);
    for (size_t i = 0; i < f->lacking.count; i++)
        files_miss(files, "%s: no right to %s", probe_name(p), f->lacking.items[i]);
    int rc = collect_objects(&c, err);
    if (rc == 0)
        rc = collect_logs(&c, err);
    if (rc == 0)
        rc = collect_answers(&c, err);
    strlist_release(&c.mesh_namespaces);
    json_decref(c.pods);
    return rc;
}
