/* The revisions of one release: which is newest, which deployed, which were cut, which are too
 * many. */
#include "meshctl/helm/release_history.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

/* ---- reading --------------------------------------------------------------------------------- */

static void release_revision(struct release_revision *r)
{
    free(r->secret);
    free(r->uid);
    free(r->resource_version);
    release_free(r->record);
    error_free(r->damage);
}

void release_history_free(struct release_history *h)
{
    if (!h)
        return;
    for (size_t i = 0; i < h->count; i++)
        release_revision(&h->items[i]);
    free(h->items);
    strlist_release(&h->odd);
    free(h->name);
    free(h);
}

static bool is_of(const json_t *secret, const char *name)
{
    const json_t *labels = json_dig(secret, "metadata", "labels", NULL);
    return text_equal(json_dig_str(labels, "owner", NULL), "helm") &&
           text_equal(json_dig_str(labels, "name", NULL), name);
}

/* The number in the label, when it is one and the Secret's name has it too, by which Helm gets,
 * writes and deletes it (storage.makeKey); 0 otherwise. */
static int version_of(const json_t *secret, const char *name)
{
    const char *text = json_dig_str(secret, "metadata", "labels", "version", NULL);
    const char *have = json_dig_str(secret, "metadata", "name", NULL);
    if (!text || !have || strlen(text) > 10 || strspn(text, "0123456789") != strlen(text))
        return 0;
    long version = strtol(text, NULL, 10);
    if (version < 1 || version > RELEASE_MAX_VERSION)
        return 0;
    AUTO_FREE char *want = release_secret_name_dup(name, (int)version);
    return strcmp(have, want) == 0 ? (int)version : 0;
}

static void read_body(const struct release_history *h, struct release_revision *r,
                      const json_t *secret)
{
    MC_CLEANUP(release_cleanup) struct release *record = NULL;
    if (r->record || r->damage || release_from_secret(secret, &record, &r->damage) < 0)
        return;
    if (strcmp(record->name, h->name) != 0 || record->version != r->version) {
        error_set(&r->damage, ERROR_INPUT, "Secret %s holds revision %d of release %s", r->secret,
                  record->version, record->name);
        return;
    }
    r->status = record->status;
    r->record = TAKE(record);
}

static int compare_revisions(const void *a, const void *b)
{
    const struct release_revision *x = a, *y = b;
    return x->version > y->version ? -1 : x->version < y->version;
}

static void add_revision(struct release_history *h, size_t *cap, const json_t *secret, int version)
{
    h->items = mem_grow(h->items, cap, h->count + 1, sizeof(*h->items));
    struct release_revision *r = &h->items[h->count++];
    const json_t *metadata = json_object_get(secret, "metadata");
    *r = (struct release_revision){
        .secret = mem_strdup(json_dig_str(metadata, "name", NULL)),
        .uid = mem_strdup_opt(json_dig_str(metadata, "uid", NULL)),
        .resource_version = mem_strdup_opt(json_dig_str(metadata, "resourceVersion", NULL)),
        .version = version,
        .status = release_status_of(json_dig_str(metadata, "labels", "status", NULL)),
    };
    if (json_object_get(secret, "data"))
        read_body(h, r, secret);
}

int release_history_new(const json_t *secrets, const char *name,
                        struct release_history **ret_history, struct error **err)
{
    MC_CLEANUP(release_history_cleanup) struct release_history *h = mem_zalloc(sizeof(*h));
    size_t cap = 0;
    h->name = mem_strdup(name);
    for (size_t i = 0; i < json_array_size(secrets); i++) {
        const json_t *secret = json_array_get(secrets, i);
        if (!is_of(secret, name))
            continue;
        if (h->count + h->odd.count >= RELEASE_MAX_REVISIONS)
            return error_set(err, ERROR_INPUT, "release %s has more than %d records", name,
                             RELEASE_MAX_REVISIONS);
        int version = version_of(secret, name);
        const char *secret_name = json_dig_str(secret, "metadata", "name", NULL);
        if (version)
            add_revision(h, &cap, secret, version);
        else
            strlist_add(&h->odd, secret_name ? secret_name : "without a name");
    }
    if (h->count)
        qsort(h->items, h->count, sizeof(*h->items), compare_revisions);
    *ret_history = TAKE(h);
    return 0;
}

static struct release_revision *find_secret(struct release_history *h, const char *secret)
{
    for (size_t i = 0; secret && i < h->count; i++)
        if (strcmp(h->items[i].secret, secret) == 0)
            return &h->items[i];
    return NULL;
}

void release_history_add(struct release_history *h, const json_t *secret)
{
    struct release_revision *r = find_secret(h, json_dig_str(secret, "metadata", "name", NULL));
    if (r)
        read_body(h, r, secret);
}

void release_history_forget(struct release_history *h, const char *secret)
{
    struct release_revision *r = find_secret(h, secret);
    if (!r)
        return;
    release_revision(r);
    size_t index = (size_t)(r - h->items);
    memmove(r, r + 1, (h->count - index - 1) * sizeof(*r));
    h->count--;
}

/* ---- telling them apart ---------------------------------------------------------------------- */

static const struct release_revision *last_with(const struct release_history *h,
                                                enum release_status status)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->items[i].status == status && !h->items[i].damage)
            return &h->items[i];
    return NULL;
}

const struct release_revision *release_history_newest(const struct release_history *h)
{
    return h->count ? &h->items[0] : NULL;
}

const struct release_revision *release_history_deployed(const struct release_history *h)
{
    return last_with(h, RELEASE_DEPLOYED);
}

static int last_uninstalled(const struct release_history *h)
{
    const struct release_revision *r = last_with(h, RELEASE_UNINSTALLED);
    return r ? r->version : 0;
}

const struct release_revision *release_history_base(const struct release_history *h)
{
    const struct release_revision *r = last_with(h, RELEASE_DEPLOYED);
    if (r)
        return r;
    r = last_with(h, RELEASE_SUPERSEDED);
    return r && r->version > last_uninstalled(h) ? r : NULL;
}

bool release_history_is_live(const struct release_history *h, const struct release_revision *r)
{
    const struct release_revision *base = release_history_base(h);
    int from = base ? base->version : last_uninstalled(h) + 1;
    return r->version >= from && r->status != RELEASE_UNINSTALLED;
}

bool release_history_is_upgrade(const struct release_history *h)
{
    const struct release_revision *newest = release_history_newest(h);
    return newest && newest->status != RELEASE_UNINSTALLED && release_history_base(h);
}

int release_history_next(const struct release_history *h)
{
    return h->count ? h->items[0].version + 1 : 1;
}

bool release_history_is_superseded(const struct release_history *h,
                                   const struct release_revision *r)
{
    if (r->damage || r->status == RELEASE_DEPLOYED)
        return !r->damage;
    if (r != release_history_newest(h))
        return false;
    return r->status == RELEASE_UNINSTALLED ||
           (r->status == RELEASE_FAILED && !release_history_deployed(h) && release_history_base(h));
}

/* ---- what is wanted of them ------------------------------------------------------------------ */

static bool is_wanted(const struct release_history *h, const struct release_revision *r)
{
    return r == release_history_newest(h) || r->status == RELEASE_DEPLOYED ||
           release_history_is_live(h, r);
}

void release_history_missing(const struct release_history *h, struct strlist *ret_secrets)
{
    size_t wanted = 0;
    strlist_release(ret_secrets);
    for (size_t i = 0; i < h->count && wanted < RELEASE_MAX_UNFINISHED; i++) {
        const struct release_revision *r = &h->items[i];
        if (r->damage || !is_wanted(h, r))
            continue;
        wanted++;
        if (!r->record)
            strlist_add(ret_secrets, r->secret);
    }
}

int release_history_check(const struct release_history *h, struct strlist *ret_warnings,
                          struct error **err)
{
    const struct release_revision *newest = release_history_newest(h);
    if (newest && newest->damage) {
        error_set(err, ERROR_INPUT, "the newest record of release %s cannot be read: %s", h->name,
                  newest->damage->message);
        return error_hint(err,
                          "helm cannot go on from it either; look at Secret %s and put back what "
                          "it held",
                          newest->secret);
    }
    for (size_t i = 0; i < h->count; i++) {
        const struct release_revision *r = &h->items[i];
        if (r->damage)
            strlist_addf(ret_warnings, "revision %d of release %s is passed over: %s", r->version,
                         h->name, r->damage->message);
        else if (!r->record && is_wanted(h, r))
            strlist_addf(ret_warnings,
                         "revision %d of release %s is passed over: more than %d were begun and "
                         "not finished",
                         r->version, h->name, RELEASE_MAX_UNFINISHED);
    }
    for (size_t i = 0; i < h->odd.count; i++)
        strlist_addf(ret_warnings, "Secret %s has the labels of release %s but is no record of it",
                     h->odd.items[i], h->name);
    return 0;
}

size_t release_history_excess(const struct release_history *h, int limit,
                              const struct release_revision **out)
{
    const struct release_revision *deployed = release_history_deployed(h);
    size_t left = 0, count = 0;
    if (limit < 1)
        return 0;
    for (size_t i = 0; i < h->count; i++)
        left += !h->items[i].damage;
    for (size_t i = h->count; i-- > 0 && left > (size_t)limit - 1;) {
        const struct release_revision *r = &h->items[i];
        if (r->damage || r == deployed)
            continue;
        out[count++] = r;
        left--;
    }
    return count;
}
