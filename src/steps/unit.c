/* Units as values: their changes, and what these are called. */
#include "unit.h"

#include <stdlib.h>

#include "meshctl/kube/client.h"

const char *change_action_name(enum change_action action)
{
    static const char *const names[] = {
        [CHANGE_KEEP] = "keep",     [CHANGE_CREATE] = "create", [CHANGE_UPDATE] = "update",
        [CHANGE_DELETE] = "delete", [CHANGE_RECORD] = "record",
    };
    return names[action];
}

struct change *unit_add(struct unit *u, enum change_action action, const struct kube_ref *ref)
{
    u->changes = mem_grow(u->changes, &u->cap, u->count + 1, sizeof(*u->changes));
    struct change *change = &u->changes[u->count++];
    *change = (struct change){
        .action = action,
        .api_version = mem_strdup_opt(ref->api_version),
        .kind = mem_strdup_opt(ref->kind),
        .namespace_ = mem_strdup_opt(ref->namespace_),
        .name = mem_strdup_opt(ref->name),
    };
    return change;
}

void unit_release(struct unit *u)
{
    for (size_t i = 0; i < u->count; i++) {
        struct change *change = &u->changes[i];
        free(change->api_version);
        free(change->kind);
        free(change->namespace_);
        free(change->name);
        free(change->why);
        free(change->uid);
        free(change->version);
        kube_comparisons_release(&change->found, 1);
        json_decref(change->object);
        json_decref(change->fields);
        json_decref(change->patch);
    }
    free(u->changes);
    json_decref(u->objects);
}
