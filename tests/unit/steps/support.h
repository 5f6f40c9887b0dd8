/* What the tests of this room share: a run with one lane, without any cluster. */
#ifndef STEPS_SUPPORT_H
#define STEPS_SUPPORT_H

#include "internal.h"
#include "scratch.h"

struct one_lane {
    struct mesh *mesh;
    struct steps steps;
    struct lane lane;
};

/* Of the first of two members; nothing in it talks to anybody. */
static inline void one_lane_init(struct one_lane *o)
{
    memset(o, 0, sizeof(*o));
    o->mesh = mesh_new();
    mesh_add_member(o->mesh, "west", "west.kubeconfig", NULL);
    mesh_add_member(o->mesh, "east", "east.kubeconfig", NULL);
    o->steps.mesh = o->mesh;
    o->steps.options.mesh = o->mesh;
    o->steps.lanes = &o->lane;
    o->steps.lanes_count = 1;
    o->lane.steps = &o->steps;
    o->lane.member = &o->mesh->members[0];
    o->lane.checks = json_array();
}

static inline void one_lane_release(struct one_lane *o)
{
    json_decref(o->lane.checks);
    mesh_free(o->mesh);
}

#endif
