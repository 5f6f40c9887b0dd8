/* The fake API server's own parts. Everything below is called with its lock held. */
#ifndef FAKEAPI_INTERNAL_H
#define FAKEAPI_INTERNAL_H

#include "fakeapi.h"

/* ---- kinds (fakeapi_kinds.c) ---- */

struct fakeapi_kind {
    const char *group; /* "" for core */
    const char *version;
    const char *plural;
    const char *kind;
    bool cluster_scoped;
};
/* What is always served; ends with a row without a kind. */
extern const struct fakeapi_kind fakeapi_kinds[];

/* ---- paths ---- */

struct fakeapi_place {
    char *group; /* "" for core */
    char *version;
    char *ns;     /* or NULL */
    char *plural; /* or NULL: the group version itself */
    char *name;   /* or NULL: the collection */
    char *sub;    /* or NULL */
};
/* False for what is no path of objects. */
bool fakeapi_place_parse(const char *path, struct fakeapi_place *ret_place);
void fakeapi_place_release(struct fakeapi_place *p);
/* The value of a query parameter, decoded; yours to free, NULL when it is not there. */
char *fakeapi_query_dup(const char *query, const char *name);

/* ---- store (fakeapi_store.c) ---- */

struct fakeapi_event {
    long version;
    const char *type;
    char *path;
    json_t *object;
};

struct fakeapi_store {
    json_t *objects; /* by path */
    long version;
    long compacted; /* events up to this one are forgotten */
    struct fakeapi_event *events;
    size_t event_count;
    size_t event_cap;
    bool lifeless;
    unsigned number; /* of this store in the process: UIDs of two servers differ */
};
void fakeapi_store_init(struct fakeapi_store *s, bool lifeless);
void fakeapi_store_release(struct fakeapi_store *s);
/* The row of a kind served, from the table or a CustomResourceDefinition in the store; `ret_kind`'s
 * strings live as long as that. Matches by plural, or by kind when `kind` is set. */
bool fakeapi_store_kind(const struct fakeapi_store *s, const char *group, const char *version,
                        const char *plural, const char *kind, struct fakeapi_kind *ret_kind);
/* Writes; takes over `object`. Unchanged objects keep their version. */
json_t *fakeapi_store_set(struct fakeapi_store *s, const char *path, json_t *object);
void fakeapi_store_delete(struct fakeapi_store *s, const char *path);
void fakeapi_store_compact(struct fakeapi_store *s);
char *fakeapi_store_path_dup(const struct fakeapi_store *s, const json_t *object);
/* RFC 7386. */
void fakeapi_merge(json_t *target, const json_t *patch);
/* fakeapi_fields.c: the object that is there (or NULL) with a patch applied by a manager; or NULL, and
 * why as the causes of a Status. New references. */
json_t *fakeapi_apply(const json_t *before, const json_t *patch, const char *manager, bool force,
                      json_t **ret_causes);
/* Whether the object belongs to the collection (or is the object) and fits the selectors. */
bool fakeapi_store_selects(const char *path, const json_t *object,
                           const struct fakeapi_place *collection, const char *query);

/* ---- answers ---- */

struct fakeapi_answer {
    int status;
    json_t *json;     /* or */
    char *text;       /* plain text */
    const char *type; /* NULL: application/json */
};
/* A meta/v1 Status; `reason` such as "NotFound". */
void fakeapi_answer_status(struct fakeapi_answer *a, int code, const char *reason, const char *fmt,
                           ...) MC_PRINTF(4, 5);
/* fakeapi_objects.c */
void fakeapi_answer_objects(struct fakeapi_store *s, const struct test_request *r,
                            const struct fakeapi_place *place, const char *query,
                            struct fakeapi_answer *a);
/* fakeapi_discovery.c; false when the path is not one of discovery's. */
bool fakeapi_answer_discovery(struct fakeapi_store *s, const char *path, bool aggregated,
                              struct fakeapi_answer *a);
/* fakeapi_alive.c: what the controllers would do about an object that was written. */
void fakeapi_alive(json_t *object);

#endif
