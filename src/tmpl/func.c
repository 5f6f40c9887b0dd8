/* The functions of a set by their names, and what a set tells them. */
#include "meshctl/tmpl/func.h"

#include <string.h>

#include "builtin.h"
#include "engine.h"
#include "meshctl/value/tmap.h"

static size_t slot_of(const struct tfuncs *f, const char *name, size_t len)
{
    size_t at = tmap_hash(name, len) & (TFUNCS_SLOTS - 1);
    while (f->slots[at] && (strncmp(f->slots[at]->name, name, len) != 0 || f->slots[at]->name[len]))
        at = (at + 1) & (TFUNCS_SLOTS - 1);
    return at;
}

static void add_table(struct tfuncs *f, const struct tfunc *row)
{
    for (; row->name; row++) {
        size_t at = slot_of(f, row->name, strlen(row->name));
        if (!f->slots[at])
            f->slots[at] = row;
    }
}

void tfuncs_init(struct tfuncs *f, const struct tfunc *const *tables, size_t count)
{
    memset(f, 0, sizeof(*f));
    for (size_t i = 0; i < count; i++)
        add_table(f, tables[i]);
    add_table(f, tfunc_builtin);
}

const struct tfunc *tfuncs_find(const struct tfuncs *f, const char *name, size_t len)
{
    return f->slots[slot_of(f, name, len)];
}

const struct tmpl_options *tset_options(const struct tmpl_set *set)
{
    return &set->options;
}

struct aside *tset_aside(struct tmpl_set *set)
{
    return &set->aside;
}
