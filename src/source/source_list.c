/* The versions of a chart that can be had, and which of them is meant. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "meshctl/base/semver.h"

#define HINT_VERSIONS 5

struct source_candidate *source_list_add(struct source_list *list, const char *version)
{
    list->items = mem_grow(list->items, &list->cap, list->count + 1, sizeof(*list->items));
    struct source_candidate *c = &list->items[list->count++];
    *c = (struct source_candidate){.version = mem_strdup(version)};
    return c;
}

/* Newest first; what does not parse cannot be in a list. Equal ones by their text, so that the
 * order does not depend on how the list came. */
static int compare_candidates(const void *a, const void *b)
{
    const struct source_candidate *x = a, *y = b;
    AUTO_ERROR struct error *ignored = NULL;
    struct semver vx, vy;
    if (semver_parse(x->version, &vx, &ignored) || semver_parse(y->version, &vy, &ignored))
        return strcmp(y->version, x->version);
    int order = semver_compare(&vy, &vx);
    return order ? order : strcmp(y->version, x->version);
}

void source_list_sort(struct source_list *list)
{
    if (list->count)
        qsort(list->items, list->count, sizeof(*list->items), compare_candidates);
}

void source_list_release(struct source_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].version);
        free(list->items[i].digest);
        strlist_release(&list->items[i].places);
    }
    free(list->items);
    *list = (struct source_list){0};
}

void source_archive_release(struct source_archive *a)
{
    buf_release(&a->data);
    free(a->place);
    *a = (struct source_archive){0};
}

int source_check_name(const char *name, struct error **err)
{
    if (!name[0] || name[0] == '.' || strpbrk(name, "/\\?#%"))
        return error_set(err, ERROR_INPUT, "\"%s\" is no chart name", name);
    return 0;
}

/* index.go Get: equal text first, then the newest that fits; NULL when none does. */
static const struct source_candidate *choose(const struct source_list *list, const char *version,
                                             struct error **err)
{
    AUTO_SEMVER_CONSTRAINT *wanted = NULL;
    for (size_t i = 0; version && i < list->count; i++)
        if (strcmp(list->items[i].version, version) == 0)
            return &list->items[i];
    if (semver_constraint_new(version && version[0] ? version : "*", &wanted, err)) {
        error_wrap(err, "version \"%s\"", version);
        return NULL;
    }
    for (size_t i = 0; i < list->count; i++) {
        AUTO_ERROR struct error *ignored = NULL;
        struct semver parsed;
        if (!semver_parse(list->items[i].version, &parsed, &ignored) &&
            semver_constraint_fits(wanted, &parsed))
            return &list->items[i];
    }
    return NULL;
}

/* The versions of the same MAJOR.MINOR, or else the newest. */
static void hint_versions(const struct source_list *list, const char *version, struct error **err)
{
    AUTO_ERROR struct error *ignored = NULL;
    AUTO_STRLIST near = STRLIST_INIT;
    struct semver wanted, have;
    bool exact = version && !semver_parse(version, &wanted, &ignored);
    for (size_t pass = 0; pass < 2 && !near.count; pass++)
        for (size_t i = 0; i < list->count && near.count < HINT_VERSIONS; i++) {
            AUTO_ERROR struct error *unused = NULL;
            bool same = exact && !semver_parse(list->items[i].version, &have, &unused) &&
                        have.major == wanted.major && have.minor == wanted.minor;
            if (pass || same)
                strlist_add(&near, list->items[i].version);
        }
    AUTO_FREE char *joined = strlist_join_dup(&near, ", ");
    if (near.count)
        error_hint(err, "there is %s", joined);
}

static int fail_version(const struct chart_source *s, const char *name, const char *version,
                        const struct source_list *list, struct error **err)
{
    if (version && version[0])
        error_set(err, ERROR_NOT_FOUND, "chart \"%s\" version \"%s\" not found in %s", name,
                  version, s->shown);
    else
        error_set(err, ERROR_NOT_FOUND, "chart \"%s\" not found in %s", name, s->shown);
    hint_versions(list, version, err);
    return -1;
}

int source_list_choose(const struct chart_source *s, const char *name, const char *version,
                       const struct source_list *list, const struct source_candidate **ret,
                       struct error **err)
{
    *ret = choose(list, version, err);
    if (*ret)
        return 0;
    return *err ? -1 : fail_version(s, name, version, list, err);
}
