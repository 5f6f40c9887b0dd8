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

static int fail_scheme(const char *source, struct error **err)
{
    AUTO_FREE char *shown = source_url_public_dup(source);
    error_set(err, ERROR_INPUT, "charts cannot be fetched from %s", shown);
    return error_hint(err, "give a folder, an http:// or https:// chart repository, or oci://");
}

/* A registry's place for charts, not a chart in it. */
static int parse_oci(struct chart_source *s, struct error **err)
{
    if (oci_ref_parse(s->text, &s->oci, err))
        return -1;
    if (!s->oci.tag && !s->oci.digest)
        return 0;
    error_set(err, ERROR_INPUT, "%s is one chart, not a place with charts", s->shown);
    return error_hint(err, "leave out the chart's name, tag and digest");
}

int chart_source_new(const char *source, const struct chart_source_options *options,
                     struct chart_source **ret_source, struct error **err)
{
    bool oci = text_has_prefix(source, "oci://");
    if (!source[0])
        return error_set(err, ERROR_INPUT, "the chart source is empty");
    if (!oci && !source_url_is_http(source) && strstr(source, "://"))
        return fail_scheme(source, err);
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = mem_zalloc(sizeof(*s));
    s->options = *options;
    s->text = mem_strdup(source);
    s->shown = source_url_public_dup(source);
    s->cache_dir = options->cache_dir ? mem_strdup(options->cache_dir) : source_cache_dir_dup();
    s->kind = oci ? SOURCE_OCI : source_url_is_http(source) ? SOURCE_REPO : SOURCE_FOLDER;
    if (oci && parse_oci(s, err))
        return -1;
    *ret_source = TAKE(s);
    return 0;
}

void chart_source_free(struct chart_source *s)
{
    if (!s)
        return;
    if (s->http)
        http_client_free(s->http);
    net_tls_release(&s->tls);
    json_decref(s->index);
    oci_ref_release(&s->oci);
    mem_free_secret(s->token);
    free(s->token_repository);
    mem_free_secret(s->login);
    free(s->text);
    free(s->shown);
    free(s->cache_dir);
    free(s);
}

const char *chart_source_shown(const struct chart_source *s)
{
    return s->shown;
}

void source_archive_release(struct source_archive *a)
{
    buf_release(&a->data);
    free(a->place);
    *a = (struct source_archive){0};
}

/* --- versions --- */

static int list_versions(struct chart_source *s, const char *name, struct source_list *out,
                         struct error **err)
{
    int rc = -1;
    /* The name becomes part of paths and URLs. */
    if (!name[0] || name[0] == '.' || strpbrk(name, "/\\?#%"))
        return error_set(err, ERROR_INPUT, "\"%s\" is no chart name", name);
    switch (s->kind) {
    case SOURCE_FOLDER:
        rc = source_folder_list(s, name, out, err);
        break;
    case SOURCE_REPO:
        rc = source_repo_list(s, name, out, err);
        break;
    case SOURCE_OCI:
        rc = source_oci_list(s, name, out, err);
        break;
    }
    if (rc == 0)
        source_list_sort(out);
    return rc;
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

/* --- archives --- */

static int fetch(struct chart_source *s, const char *name, const struct source_candidate *c,
                 struct source_archive *ret, struct error **err)
{
    switch (s->kind) {
    case SOURCE_FOLDER:
        return source_folder_fetch(c, ret, err);
    case SOURCE_REPO:
        return source_repo_fetch(s, name, c, ret, err);
    case SOURCE_OCI:
        return source_oci_fetch(s, name, c->version, ret, err);
    }
    return error_set(err, ERROR_INTERNAL, "no such kind of chart source");
}

/* registry/client.go ValidateReference: what reads as a version is a tag and needs no list. 1 when
 * there is no such tag, or none was named. */
static int fetch_tag(struct chart_source *s, const char *name, const char *version,
                     struct source_archive *ret, struct error **err)
{
    AUTO_ERROR struct error *ignored = NULL;
    struct semver parsed;
    if (s->kind != SOURCE_OCI || !version || semver_parse(version, &parsed, &ignored))
        return 1;
    if (source_oci_fetch(s, name, version, ret, err) == 0)
        return 0;
    if ((*err)->kind != ERROR_NOT_FOUND)
        return -1;
    error_clear(err);
    source_archive_release(ret);
    return 1;
}

static int choose_version(struct chart_source *s, const char *name, const char *version,
                          struct source_list *list, const struct source_candidate **ret,
                          struct error **err)
{
    if (list_versions(s, name, list, err))
        return -1;
    *ret = choose(list, version, err);
    if (*ret)
        return 0;
    return *err ? -1 : fail_version(s, name, version, list, err);
}

int source_get_archive(struct chart_source *s, const char *name, const char *version,
                       struct source_archive *ret_archive, struct error **err)
{
    AUTO_SOURCE_LIST list = {0};
    const struct source_candidate *c;
    int rc = fetch_tag(s, name, version, ret_archive, err);
    if (rc <= 0)
        return rc;
    if (choose_version(s, name, version, &list, &c, err))
        return -1;
    return fetch(s, name, c, ret_archive, err);
}

/* --- charts --- */

static int check_name(const struct chart *chart, const char *name, struct error **err)
{
    if (strcmp(chart->name, name) == 0)
        return 0;
    return error_set(err, ERROR_INPUT, "the chart from %s is named \"%s\", not \"%s\"",
                     chart->source, chart->name, name);
}

int chart_source_get_archive(struct chart_source *s, const char *name, const char *version,
                             struct buf *archive, struct chart **ret_chart, struct error **err)
{
    AUTO_SOURCE_ARCHIVE found = {0};
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    if (source_get_archive(s, name, version, &found, err) ||
        chart_load_archive(buf_str(&found.data), found.data.len, found.place, &chart, err) ||
        check_name(chart, name, err))
        return -1;
    buf_release(archive);
    *archive = found.data;
    found.data = (struct buf){0};
    *ret_chart = TAKE(chart);
    return 0;
}

static int get_from_folder(struct chart_source *s, const char *name, const char *version,
                           struct chart **ret_chart, struct error **err)
{
    AUTO_SOURCE_LIST list = {0};
    const struct source_candidate *c;
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    if (choose_version(s, name, version, &list, &c, err) ||
        chart_load(c->places.items[0], &chart, err) || check_name(chart, name, err))
        return -1;
    *ret_chart = TAKE(chart);
    return 0;
}

int chart_source_get(struct chart_source *s, const char *name, const char *version,
                     struct chart **ret_chart, struct error **err)
{
    AUTO_BUF archive = BUF_INIT;
    if (s->kind == SOURCE_FOLDER)
        return get_from_folder(s, name, version, ret_chart, err);
    return chart_source_get_archive(s, name, version, &archive, ret_chart, err);
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

int chart_source_names(struct chart_source *s, struct strlist *out, bool *ret_known,
                       struct error **err)
{
    *ret_known = s->kind != SOURCE_OCI;
    if (s->kind == SOURCE_OCI)
        return 0;
    if (s->kind == SOURCE_REPO ? source_repo_names(s, out, err) : source_folder_names(s, out, err))
        return -1;
    strlist_sort(out);
    return 0;
}
