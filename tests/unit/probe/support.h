/* What the tests of this room share: a mesh of west and east, whose facts a test fills in, and a probe of
 * west that has nobody to ask. */
#ifndef PROBE_SUPPORT_H
#define PROBE_SUPPORT_H

#include "facts_traffic.h"
#include "meshctl/probe/probe.h"
#include "scratch.h"

struct two {
    struct mesh *mesh;
    struct facts west, east;
    struct facts *facts[2];
    struct probe probe;
};

static inline void two_init(struct two *t)
{
    memset(t, 0, sizeof(*t));
    t->mesh = mesh_new();
    mesh_add_member(t->mesh, "west", "west.kubeconfig", NULL);
    mesh_add_member(t->mesh, "east", "east.kubeconfig", NULL);
    t->facts[0] = &t->west;
    t->facts[1] = &t->east;
    t->probe = (struct probe){.mesh = t->mesh,
                              .facts = t->facts,
                              .findings = json_array(),
                              .endpoints = json_array(),
                              .pods = json_object()};
}

static inline void two_release(struct two *t)
{
    for (size_t i = 0; i < 2; i++) {
        struct facts *f = i ? &t->east : &t->west;
        json_decref(f->links);
        json_decref(f->network_services);
        json_decref(f->addresses);
        json_decref(f->ranges);
        json_decref(f->gateways);
        facts_traffic_free(f->traffic);
        strlist_release(&f->lacking);
    }
    json_decref(t->probe.findings);
    json_decref(t->probe.endpoints);
    json_decref(t->probe.pods);
    mesh_free(t->mesh);
}

static inline json_t *parse(const char *text)
{
    struct error *err = NULL;
    json_t *value = NULL;
    must(json_read(text, strlen(text), "test", &value, &err), &err);
    return value;
}

#endif
