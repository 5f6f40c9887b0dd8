#include "func.h"

#include <pthread.h>
#include <string.h>

#include "meshctl/value/tmap.h"

/* Where names clash the first table wins: sprig's functions replace Go's builtins (`slice`). */
static const struct tfunc *const tables[] = {
    tfunc_flow,  tfunc_strings,  tfunc_lists,  tfunc_dicts,  tfunc_numbers,
    tfunc_types, tfunc_encoding, tfunc_toml,   tfunc_regex,  tfunc_paths,
    tfunc_dates, tfunc_decimals, tfunc_crypto, tfunc_random, tfunc_builtin,
};

#define SLOTS 1024 /* a power of two, well above the number of functions */

static const struct tfunc *slots[SLOTS];
static pthread_once_t slots_once = PTHREAD_ONCE_INIT;

static size_t slot_of(const char *name, size_t len)
{
    size_t at = tmap_hash(name, len) & (SLOTS - 1);
    while (slots[at] && (strncmp(slots[at]->name, name, len) != 0 || slots[at]->name[len]))
        at = (at + 1) & (SLOTS - 1);
    return at;
}

static void slots_fill(void)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(tables); i++) {
        for (const struct tfunc *f = tables[i]; f->name; f++) {
            size_t at = slot_of(f->name, strlen(f->name));
            if (!slots[at])
                slots[at] = f;
        }
    }
}

const struct tfunc *tfunc_find(const char *name, size_t len)
{
    pthread_once(&slots_once, slots_fill);
    return slots[slot_of(name, len)];
}

bool tfunc_is_helm4(const struct tfunc *f)
{
    static const char *const names[] = {"mustToToml", "mustToYaml"};
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++)
        if (strcmp(f->name, names[i]) == 0)
            return true;
    return false;
}
