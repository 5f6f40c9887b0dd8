#include "meshctl/chart/source.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/semver.h"
#include "meshctl/base/text.h"
#include "source_internal.h"

#define HINT_VERSIONS 5

/* --- lists of versions --- */

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

/* --- the source --- */

int chart_source_new(const char *source, const char *cache_dir, struct cancel *cancel,
                     struct chart_source **ret_source, struct error **err)
{
    bool remote = text_has_prefix(source, "http://") || text_has_prefix(source, "https://");
    if (!source[0])
        return error_set(err, ERROR_INPUT, "the chart source is empty");
    if (!remote && strstr(source, "://")) {
        AUTO_FREE char *shown = source_url_public_dup(source);
        error_set(err, ERROR_INPUT, "charts cannot be fetched from %s", shown);
        return error_hint(err, "give a folder, or an http:// or https:// chart repository");
    }
    struct chart_source *s = mem_zalloc(sizeof(*s));
    s->text = mem_strdup(source);
    s->shown = source_url_public_dup(source);
    s->cache_dir = cache_dir ? mem_strdup(cache_dir) : source_cache_dir_dup();
    s->cancel = cancel;
    s->is_remote = remote;
    *ret_source = s;
    return 0;
}

void chart_source_free(struct chart_source *s)
{
    if (!s)
        return;
    if (s->http)
        http_client_free(s->http);
    json_decref(s->index);
    free(s->text);
    free(s->shown);
    free(s->cache_dir);
    free(s);
}

static int list_versions(struct chart_source *s, const char *name, struct source_list *out,
                         struct error **err)
{
    /* The name becomes part of paths and URLs. */
    if (!name[0] || name[0] == '.' || strpbrk(name, "/\\?#%"))
        return error_set(err, ERROR_INPUT, "\"%s\" is no chart name", name);
    if (s->is_remote ? source_repo_list(s, name, out, err) : source_folder_list(s, name, out, err))
        return -1;
    source_list_sort(out);
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

static int fail_version(struct chart_source *s, const char *name, const char *version,
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

int chart_source_get(struct chart_source *s, const char *name, const char *version,
                     struct chart **ret_chart, struct error **err)
{
    AUTO_SOURCE_LIST list = {0};
    if (list_versions(s, name, &list, err))
        return -1;
    const struct source_candidate *c = choose(&list, version, err);
    if (!c)
        return *err ? -1 : fail_version(s, name, version, &list, err);
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    if (s->is_remote ? source_repo_fetch(s, name, c, &chart, err)
                     : chart_load(c->places.items[0], &chart, err))
        return -1;
    if (strcmp(chart->name, name) != 0)
        return error_set(err, ERROR_INPUT, "the chart from %s is named \"%s\", not \"%s\"",
                         chart->source, chart->name, name);
    *ret_chart = TAKE(chart);
    return 0;
}

int chart_source_versions(struct chart_source *s, const char *name, struct strlist *out,
                          struct error **err)
{
    AUTO_SOURCE_LIST list = {0};
    if (list_versions(s, name, &list, err))
        return -1;
    for (size_t i = 0; i < list.count; i++)
        strlist_add(out, list.items[i].version);
    return 0;
}
