/* YAML as go-yaml v3 indents it, from what the caller walks. */
#include "meshctl/data/yaml_pretty.h"

#include <stdlib.h>

#include "keys.h"
#include "meshctl/data/json.h"
#include "yaml_node.h"

struct yaml_pretty {
    struct yaml_emitter emitter;
    int indents[JSON_MAX_DEPTH];
    size_t depth;
};

struct yaml_pretty *yaml_pretty_new(struct buf *out)
{
    struct yaml_pretty *p = mem_zalloc(sizeof(*p));
    p->emitter = (struct yaml_emitter)YAML_NODE_START(out, true);
    return p;
}

void yaml_pretty_free(struct yaml_pretty *p)
{
    free(p);
}

void yaml_pretty_plain(struct yaml_pretty *p, const char *text)
{
    yaml_node_plain(&p->emitter, text);
}

void yaml_pretty_string(struct yaml_pretty *p, const char *text, size_t len)
{
    yaml_node_string(&p->emitter, text, len);
}

static bool has_room(struct yaml_pretty *p)
{
    if (p->depth < JSON_MAX_DEPTH && !p->emitter.out->overflow)
        return true;
    p->emitter.out->overflow = true;
    return false;
}

bool yaml_pretty_mapping(struct yaml_pretty *p, size_t count)
{
    if (!has_room(p))
        return false;
    if (count)
        p->indents[p->depth++] = yaml_node_open_mapping(&p->emitter);
    else
        yaml_node_empty(&p->emitter, "{}");
    return true;
}

bool yaml_pretty_sequence(struct yaml_pretty *p, size_t count)
{
    if (!has_room(p))
        return false;
    if (count)
        p->indents[p->depth++] = yaml_node_open_sequence(&p->emitter, false);
    else
        yaml_node_empty(&p->emitter, "[]");
    return true;
}

void yaml_pretty_key(struct yaml_pretty *p, const char *text, size_t len)
{
    yaml_node_key(&p->emitter, text, len);
}

void yaml_pretty_item(struct yaml_pretty *p)
{
    yaml_node_item(&p->emitter);
}

void yaml_pretty_end(struct yaml_pretty *p)
{
    yaml_node_close(&p->emitter, p->indents[--p->depth]);
}

void yaml_pretty_finish(struct yaml_pretty *p)
{
    yaml_emit_indent(&p->emitter);
}

void yaml_pretty_sort(struct data_key *keys, size_t count)
{
    data_keys_sort(keys, count, data_key_compare_natural_v3);
}
