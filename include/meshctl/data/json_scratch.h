/* JSON values that die together. Most trees are a step between a text and something else: making
 * one thing after the other and giving each back costs more than reading the text. From _begin to
 * _end all that jansson makes in this thread lies in one arena, giving back does nothing, and _end
 * gives back the whole.
 *
 * So within: nothing that was made before may lose its last reference (it would leak), nothing may
 * be stored into it, and nothing of what is made may be kept but by json_scratch_keep. Other
 * threads do not notice. */
#ifndef MESHCTL_DATA_JSON_SCRATCH_H
#define MESHCTL_DATA_JSON_SCRATCH_H

#include "meshctl/base/arena.h"
#include "meshctl/data/json.h"

struct json_scratch {
    struct arena *a;
    struct arena *outer; /* of the scope around this one, or NULL */
};

void json_scratch_begin(struct json_scratch *s);
void json_scratch_end(struct json_scratch *s);
/* A deep copy of a value of the innermost scope, which is to outlive it. */
json_t *json_scratch_keep(const json_t *value);

/* Up to the end of the block. */
#define AUTO_JSON_SCRATCH(name)                                                                    \
    MC_CLEANUP(json_scratch_end) struct json_scratch name;                                         \
    json_scratch_begin(&name)

#endif
