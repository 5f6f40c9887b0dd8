/* A chart repository as a source: its index and its archives. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "meshctl/base/semver.h"
#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"
#include "meshctl/pki/digest.h"

static int get(struct chart_source *s, const char *url, size_t max, struct buf *out,
               struct error **err)
{
    AUTO_HTTP_RESPONSE response = {0};
    struct source_request request = {.url = url, .max = max};
    if (source_http_send(s, &request, &response, err))
        return -1;
    if (response.status != 200)
        return source_http_fail(url, &response, err);
    size_t len;
    char *body = buf_detach(&response.body, &len);
    buf_attach_take(out, body, len);
    return 0;
}

/* --- index.yaml --- */

int source_index_parse(const char *shown, const char *text, size_t len, json_t **ret_index,
                       struct error **err)
{
    AUTO_ERROR struct error *no_json = NULL;
    json_auto_t *index = NULL;
    /* What is JSON with too many values is none the smaller as YAML. */
    if (json_read_lenient(text, len, shown, &index, &no_json) < 0 &&
        (!text_has_prefix(no_json->message, "JSON: ") ||
         yaml_read(text, len, shown, 0, &index, err) < 0)) {
        if (!*err)
            *err = TAKE(no_json);
        return error_wrap(err, "%s is no chart repository index", shown);
    }
    if (!json_is_object(index))
        return error_set(err, ERROR_INPUT, "%s is no chart repository index", shown);
    const char *version = json_dig_str(index, "apiVersion", NULL);
    if (!version || !version[0])
        return error_set(err, ERROR_INPUT, "error loading %s: no API version specified", shown);
    const json_t *entries = json_object_get(index, "entries");
    if (entries && !json_is_object(entries) && !json_is_null(entries))
        return error_set(err, ERROR_INPUT, "%s is no chart repository index: entries is no map",
                         shown);
    *ret_index = TAKE(index);
    return 0;
}

static int load_index(struct chart_source *s, struct error **err)
{
    if (s->index)
        return 0;
    AUTO_FREE char *url = NULL;
    AUTO_BUF text = BUF_INIT;
    if (source_url_resolve(s->text, "index.yaml", &url, err) < 0 ||
        get(s, url, SOURCE_MAX_INDEX, &text, err) < 0) {
        error_wrap(err, "looks like \"%s\" is not a valid chart repository or cannot be reached",
                   s->shown);
        return (*err)->hint
                   ? -1
                   : error_hint(err, "a repository has an index.yaml; or give a folder of charts");
    }
    AUTO_FREE char *shown = url_public_dup(url);
    return source_index_parse(shown, buf_str(&text), text.len, &s->index, err);
}

/* In lower case, without an algorithm before it; NULL when there is none. What is no text (YAML
 * takes some unquoted hex strings for numbers) cannot be compared and must not pass for none. */
static char *digest_dup(const json_t *entry)
{
    const json_t *value = json_object_get(entry, "digest");
    const char *digest = json_string_value(value);
    if (value && !json_is_null(value) && !digest)
        return mem_strdup("(not a text)");
    if (!digest || !digest[0])
        return NULL;
    char *out = mem_strdup(digest + (text_has_prefix(digest, "sha256:") ? strlen("sha256:") : 0));
    for (char *c = out; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return out;
}

/* What is no URL is refused when it is asked for. */
static void add_place(const struct chart_source *s, struct source_candidate *c, const char *url)
{
    AUTO_ERROR struct error *later = NULL;
    AUTO_FREE char *place = NULL;
    if (source_url_resolve(s->text, url, &place, &later) < 0)
        place = mem_strdup(url);
    if (!strlist_has(&c->places, place))
        strlist_add_take(&c->places, TAKE(place));
}

static void add_entry(struct chart_source *s, const char *name, const json_t *entry,
                      struct source_list *out)
{
    const char *version = json_dig_str(entry, "version", NULL);
    AUTO_ERROR struct error *ignored = NULL;
    struct semver parsed;
    if (!version || semver_parse(version, &parsed, &ignored))
        return;
    struct source_candidate *c = source_list_add(out, version);
    c->digest = digest_dup(entry);
    const json_t *urls = json_object_get(entry, "urls");
    for (size_t i = 0; i < json_array_size(urls); i++) {
        const char *url = json_string_value(json_array_get(urls, i));
        if (url)
            add_place(s, c, url);
    }
    /* An index is moved more often than the absolute URLs in it are rewritten. */
    AUTO_FREE char *file = mem_printf("%s-%s.tgz", name, version);
    add_place(s, c, file);
}

static int fail_name(struct chart_source *s, const char *name, struct error **err)
{
    AUTO_STRLIST names = STRLIST_INIT;
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(s->index, "entries"), key, value)
        strlist_add(&names, key);
    strlist_sort(&names);
    const char *near = text_suggest(name, (const char *const *)names.items, names.count);
    error_set(err, ERROR_NOT_FOUND, "chart \"%s\" not found in %s", name, s->shown);
    if (near)
        return error_hint(err, "did you mean \"%s\"?", near);
    return names.count ? error_hint(err, "the repository has %zu charts, the first is \"%s\"",
                                    names.count, names.items[0])
                       : -1;
}

int source_repo_list(struct chart_source *s, const char *name, struct source_list *out,
                     struct error **err)
{
    if (load_index(s, err))
        return -1;
    const json_t *entries = json_object_get(json_object_get(s->index, "entries"), name);
    if (!json_array_size(entries))
        return fail_name(s, name, err);
    for (size_t i = 0; i < json_array_size(entries) && i < SOURCE_MAX_CANDIDATES; i++)
        add_entry(s, name, json_array_get(entries, i), out);
    return 0;
}

/* --- archives --- */

static int check_digest(const struct source_candidate *c, const char *name, const char *shown,
                        const char *found, struct error **err)
{
    if (!c->digest || strcmp(c->digest, found) == 0)
        return 0;
    error_set(
        err, ERROR_INPUT,
        "chart \"%s\" version \"%s\" from %s has digest sha256:%s, but the repository's index "
        "says sha256:%s",
        name, c->version, shown, found, c->digest);
    return error_hint(err, "the archive was changed or damaged on its way; it is not used");
}

/* An index may name charts in an OCI registry (chart_downloader.go ResolveChartVersion). */
static int get_oci_place(struct chart_source *s, const char *version, const char *url,
                         struct source_archive *ret, struct error **err)
{
    AUTO_OCI_REF ref = {0};
    if (oci_ref_parse(url, &ref, err))
        return -1;
    const char *wanted = ref.tag || ref.digest ? NULL : version;
    struct chart_source_options same_cache = s->options;
    same_cache.cache_dir = s->cache_dir;
    return source_oci_fetch_ref(url, wanted, &same_cache, ret, err);
}

static int get_place(struct chart_source *s, const char *version, const char *url,
                     struct source_archive *ret, struct error **err)
{
    if (text_has_prefix(url, "oci://"))
        return get_oci_place(s, version, url, ret, err);
    if (get(s, url, CHART_MAX_TOTAL, &ret->data, err))
        return -1;
    ret->place = url_public_dup(url);
    return 0;
}

static int accept_archive(struct chart_source *s, const char *name,
                          const struct source_candidate *candidate, struct source_archive *ret,
                          struct error **err)
{
    AUTO_FREE char *found = pki_digest_dup("SHA256", buf_str(&ret->data), ret->data.len);
    if (check_digest(candidate, name, ret->place, found, err))
        return -1;
    source_cache_put(s->cache_dir, found, buf_str(&ret->data), ret->data.len);
    return 0;
}

/* Helm knows the first place only; here one that has gone gives way to the next. */
int source_repo_fetch(struct chart_source *s, const char *name,
                      const struct source_candidate *candidate, struct source_archive *ret,
                      struct error **err)
{
    AUTO_ERROR struct error *first = NULL;
    if (source_cache_get(s->cache_dir, candidate->digest, &ret->data)) {
        ret->place = url_public_dup(candidate->places.items[0]);
        return 0;
    }
    for (size_t i = 0; i < candidate->places.count; i++) {
        AUTO_ERROR struct error *failure = NULL;
        if (get_place(s, candidate->version, candidate->places.items[i], ret, &failure) == 0)
            return accept_archive(s, name, candidate, ret, err);
        if (!first || failure->kind == ERROR_CANCELLED) {
            error_free(first);
            first = TAKE(failure);
        }
        if (first->kind == ERROR_CANCELLED)
            break;
    }
    *err = TAKE(first);
    return error_wrap(err, "fetch chart \"%s\" version \"%s\"", name, candidate->version);
}

int source_repo_fetch_url(struct chart_source *s, const char *url, struct source_archive *ret,
                          struct error **err)
{
    if (get(s, url, CHART_MAX_TOTAL, &ret->data, err))
        return error_wrap(err, "fetch chart");
    ret->place = url_public_dup(url);
    return 0;
}

int source_repo_names(struct chart_source *s, struct strlist *out, struct error **err)
{
    const char *key;
    json_t *value;
    if (load_index(s, err))
        return -1;
    json_object_foreach(json_object_get(s->index, "entries"), key, value) {
        if (out->count < SOURCE_MAX_NAMES && json_array_size(value))
            strlist_add(out, key);
    }
    return 0;
}
