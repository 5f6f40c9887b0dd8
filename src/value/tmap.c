/* Maps of values: hashing, order, views under another type, copies made when looked at. */
#include "meshctl/value/tmap.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/hash.h"

/* Entries stand in an array in the order of insertion; from SMALL_MAX entries on an open-addressed
 * table of their numbers finds them. A deleted entry leaves a hole (key NULL) until the next
 * growth. */
#define SMALL_MAX 8

struct entry {
    const char *key;
    size_t len;
    struct tval value;
    uint32_t hash;
};

struct store {
    struct entry *entries;
    uint32_t *slots; /* entry number + 1, 0 is free; NULL while small */
    uint32_t slots_mask;
    uint32_t cap;
    uint32_t used;  /* entries with the holes */
    uint32_t count; /* without */
    /* A copy that nobody has looked into: entries and slots are the original's, and this is where
     * the copy's own will be. Else NULL. */
    struct arena *lazy;
    bool nil;
};

/* The type belongs to the reference, not to the content, as in Go: two headers may
 * share a store. */
struct tmap {
    const char *go_type;
    struct store *store;
};

uint32_t tmap_hash(const char *key, size_t len)
{
    /* FNV-1a, but for where it begins. */
    uint32_t h = (uint32_t)hash_seed | 1;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)key[i]) * 16777619u;
    return h;
}

static bool entry_is(const struct entry *e, const char *key, size_t len, uint32_t hash)
{
    return e->hash == hash && e->key && e->len == len && memcmp(e->key, key, len) == 0;
}

/* The entries to give away or to change. Slots are copied by the next growth, and none is changed
 * before: there is no room for an entry more. */
static struct store *own(const struct tmap *m)
{
    struct store *s = m->store;
    if (!s->lazy)
        return s;
    struct entry *entries = arena_alloc(s->lazy, s->used * sizeof(*entries));
    for (uint32_t i = 0; i < s->used; i++) {
        entries[i] = s->entries[i];
        entries[i].value = tval_copy(s->lazy, entries[i].value);
    }
    s->entries = entries;
    s->cap = s->used;
    s->lazy = NULL;
    return s;
}

static struct entry *store_find(const struct store *s, const char *key, size_t len, uint32_t hash)
{
    if (!s->slots) {
        for (size_t i = 0; i < s->used; i++) {
            if (entry_is(&s->entries[i], key, len, hash))
                return &s->entries[i];
        }
        return NULL;
    }
    for (size_t at = hash & s->slots_mask; s->slots[at]; at = (at + 1) & s->slots_mask) {
        struct entry *e = &s->entries[s->slots[at] - 1];
        if (entry_is(e, key, len, hash))
            return e;
    }
    return NULL;
}

static void slot_take(struct store *s, uint32_t number)
{
    uint32_t at = s->entries[number].hash & s->slots_mask;
    while (s->slots[at])
        at = (at + 1) & s->slots_mask;
    s->slots[at] = number + 1;
}

/* Makes room for `cap` entries, dropping the holes. */
static void store_grow(struct arena *a, struct store *s, uint32_t cap)
{
    struct entry *entries = arena_alloc(a, cap * sizeof(*entries));
    uint32_t used = 0;
    for (uint32_t i = 0; i < s->used; i++) {
        if (s->entries[i].key)
            entries[used++] = s->entries[i];
    }
    s->entries = entries;
    s->used = used;
    s->cap = cap;
    s->slots = NULL;
    if (cap <= SMALL_MAX)
        return;
    uint32_t slots = 16;
    while (slots < cap * 2)
        slots *= 2;
    s->slots = arena_alloc(a, slots * sizeof(*s->slots));
    s->slots_mask = slots - 1;
    for (uint32_t i = 0; i < used; i++)
        slot_take(s, i);
}

static struct tmap *map_new(struct arena *a)
{
    struct tmap *m = arena_alloc(a, sizeof(*m));
    m->store = arena_alloc(a, sizeof(*m->store));
    return m;
}

static struct tval map_value(struct tmap *m)
{
    return (struct tval){.kind = TVAL_MAP, .map = m};
}

struct tval tval_map(struct arena *a)
{
    return map_value(map_new(a));
}

/* Known by its address: it reads as the type of every map. */
static const char struct_type[] = "map[string]interface {}";

struct tval tval_struct(struct arena *a)
{
    struct tval map = tval_map(a);
    map.map->go_type = struct_type;
    return map;
}

bool tmap_is_struct(const struct tmap *m)
{
    return m->go_type == struct_type;
}

struct tval tval_nil_map(struct arena *a)
{
    struct tmap *m = map_new(a);
    m->store->nil = true;
    return map_value(m);
}

struct tval tval_copy(struct arena *a, struct tval v)
{
    if (v.kind == TVAL_MAP) {
        struct tmap *m = map_new(a);
        m->go_type = v.map->go_type;
        *m->store = *v.map->store;
        m->store->lazy = a;
        return map_value(m);
    }
    if (v.kind != TVAL_LIST || !v.list->count)
        return v;
    struct tval list = tval_list(a, v.list->count);
    list.list->elem = v.list->elem;
    for (size_t i = 0; i < v.list->count; i++)
        list.list->items[i] = tval_copy(a, v.list->items[i]);
    return list;
}

struct tval tmap_view(struct arena *a, const struct tmap *m, const char *go_type)
{
    struct tmap *view = arena_alloc(a, sizeof(*view));
    view->go_type = go_type;
    view->store = m->store;
    return map_value(view);
}

void tmap_set_type(struct tmap *m, const char *go_type)
{
    m->go_type = go_type;
}

const char *tmap_type(const struct tmap *m)
{
    return m->go_type ? m->go_type : "map[string]interface {}";
}

bool tmap_elem_is_interface(const struct tmap *m)
{
    return !m->go_type || strncmp(m->go_type, "map[", 4) != 0 ||
           strcmp(m->go_type, "map[string]interface {}") == 0;
}

bool tmap_has_methods(const struct tmap *m)
{
    return m->go_type && (strcmp(m->go_type, "chartutil.Values") == 0 ||
                          strcmp(m->go_type, "common.Values") == 0);
}

size_t tmap_count(const struct tmap *m)
{
    return m->store->count;
}

bool tmap_is_nil(const struct tmap *m)
{
    return m->store->nil;
}

bool tmap_next_value(const struct tmap *m, size_t *at, struct tval *ret_value)
{
    const struct store *s = m->store;
    while (*at < s->used) {
        const struct entry *e = &s->entries[(*at)++];
        if (e->key) {
            *ret_value = e->value;
            return true;
        }
    }
    return false;
}

struct tval *tmap_get_hashed(const struct tmap *m, const char *key, size_t len, uint32_t hash)
{
    struct entry *e = store_find(own(m), key, len, hash);
    return e ? &e->value : NULL;
}

struct tval *tmap_get(const struct tmap *m, const char *key, size_t len)
{
    return tmap_get_hashed(m, key, len, tmap_hash(key, len));
}

static void add(struct store *s, const char *key, size_t len, uint32_t hash, struct tval v)
{
    s->nil = false;
    s->entries[s->used] = (struct entry){.key = key, .len = len, .value = v, .hash = hash};
    if (s->slots)
        slot_take(s, s->used);
    s->used++;
    s->count++;
}

void tmap_reserve(struct arena *a, struct tmap *m, size_t count)
{
    if (count)
        store_grow(a, m->store, (uint32_t)count);
}

void tmap_add(struct tmap *m, const char *key, size_t len, uint32_t hash, struct tval v)
{
    add(m->store, key, len, hash, v);
}

void tmap_set(struct arena *a, struct tmap *m, const char *key, size_t len, struct tval v)
{
    struct store *s = own(m);
    uint32_t hash = tmap_hash(key, len);
    struct entry *e = store_find(s, key, len, hash);
    if (e) {
        e->value = v;
        return;
    }
    if (s->used == s->cap)
        store_grow(a, s, s->count < 4 ? 4 : s->count * 2);
    add(s, arena_strndup(a, key, len), len, hash, v);
}

void tmap_delete(struct tmap *m, const char *key, size_t len)
{
    struct store *s = own(m);
    struct entry *e = store_find(s, key, len, tmap_hash(key, len));
    if (!e)
        return;
    /* Its slot stays taken, so that the search for others goes on past it. */
    e->key = NULL;
    s->count--;
}

static int string_order(const struct tval_string *x, const struct tval_string *y)
{
    size_t len = x->len < y->len ? x->len : y->len;
    int order = len ? memcmp(x->data, y->data, len) : 0;
    if (order)
        return order;
    return x->len < y->len ? -1 : x->len > y->len;
}

static int item_order(const void *x, const void *y)
{
    return string_order(&((const struct tmap_item *)x)->key, &((const struct tmap_item *)y)->key);
}

/* Fills in what is in the store. */
static void fill_items(const struct tmap *m, struct tmap_item *items)
{
    const struct store *s = m->store;
    size_t n = 0;
    bool sorted = true;
    for (uint32_t i = 0; i < s->used; i++) {
        const struct entry *e = &s->entries[i];
        if (!e->key)
            continue;
        items[n] = (struct tmap_item){.key = {.data = e->key, .len = e->len}, .value = e->value};
        if (n && string_order(&items[n - 1].key, &items[n].key) > 0)
            sorted = false;
        n++;
    }
    if (!sorted && !tmap_is_struct(m))
        qsort(items, n, sizeof(*items), item_order);
}

struct tmap_item *tmap_items(struct arena *a, const struct tmap *m)
{
    const struct store *s = own(m);
    if (!s->count)
        return NULL;
    struct tmap_item *items = arena_alloc(a, s->count * sizeof(*items));
    fill_items(m, items);
    return items;
}

struct tmap_item *tmap_items_dup(const struct tmap *m)
{
    if (!m->store->count)
        return NULL;
    struct tmap_item *items = mem_array(m->store->count, sizeof(*items));
    fill_items(m, items);
    return items;
}

static int key_order(const void *x, const void *y)
{
    return string_order(x, y);
}

struct tval_string *tmap_keys(struct arena *a, const struct tmap *m)
{
    const struct store *s = m->store;
    struct tval_string *keys = arena_alloc(a, (s->count + 1) * sizeof(*keys));
    size_t n = 0;
    for (size_t i = 0; i < s->used; i++) {
        const struct entry *e = &s->entries[i];
        if (e->key)
            keys[n++] = (struct tval_string){.data = e->key, .len = e->len};
    }
    if (n)
        qsort(keys, n, sizeof(*keys), key_order);
    return keys;
}
