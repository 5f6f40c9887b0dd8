#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/log.h"
#include "meshctl/base/semver.h"
#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"
#include "meshctl/pki/digest.h"
#include "source_internal.h"

/* --- HTTP --- */

static int open_client(struct chart_source *s, struct error **err)
{
    if (s->http)
        return 0;
    struct http_options options = {.cancel = s->cancel};
    return http_client_new(&options, &s->http, err);
}

static int fail_status(const char *shown, const struct http_response *r, struct error **err)
{
    enum error_kind kind = r->status == 404                       ? ERROR_NOT_FOUND
                           : r->status == 401 || r->status == 403 ? ERROR_DENIED
                                                                  : ERROR_REMOTE;
    error_set(err, kind, "GET %s: the server answered %d", shown, r->status);
    (*err)->http_status = r->status;
    (*err)->retry_after_ms = r->retry_after_ms;
    return -1;
}

static int get_once(struct chart_source *s, const char *url, size_t max, struct buf *out,
                    struct error **err)
{
    AUTO_FREE char *shown = source_url_public_dup(url);
    AUTO_HTTP_RESPONSE response = {0};
    struct http_request request = {
        .url = url,
        .max_response = max,
        .timeout_ms = SOURCE_TIMEOUT_MS,
        .follow_redirects = true,
    };
    if (http_send(s->http, &request, &response, err))
        return -1;
    if (response.status != 200)
        return fail_status(shown, &response, err);
    size_t len;
    AUTO_FREE char *body = buf_detach(&response.body, &len);
    buf_clear(out);
    buf_append(out, body, len);
    return 0;
}

static bool is_transient(const struct error *e)
{
    return e->kind == ERROR_UNREACHABLE || e->kind == ERROR_TIMEOUT || e->http_status == 429 ||
           (e->http_status >= 500 && e->http_status != 501);
}

static int get(struct chart_source *s, const char *url, size_t max, struct buf *out,
               struct error **err)
{
    int64_t wait_ms = 500;
    for (int attempt = 1;; attempt++) {
        if (get_once(s, url, max, out, err) == 0)
            return 0;
        if (attempt == SOURCE_TRIES || !is_transient(*err))
            return -1;
        log_at(1, "%s; another try", (*err)->message);
        int64_t asked = (*err)->retry_after_ms;
        error_clear(err);
        if (clock_sleep(asked > wait_ms && asked < 10000 ? asked : wait_ms, s->cancel))
            return error_set(err, ERROR_CANCELLED, "cancelled");
        wait_ms *= 2;
    }
}

/* --- index.yaml --- */

/* index.go jsonOrYamlUnmarshal. */
static int parse_index(const char *shown, const struct buf *text, json_t **ret_index,
                       struct error **err)
{
    json_auto_t *index = json_loadb(buf_str(text), text->len, 0, NULL);
    if (!index && yaml_read(buf_str(text), text->len, shown, 0, &index, err))
        return error_wrap(err, "%s is no chart repository index", shown);
    if (!json_is_object(index))
        return error_set(err, ERROR_INPUT, "%s is no chart repository index", shown);
    if (!json_dig_str(index, "apiVersion", NULL))
        return error_set(err, ERROR_INPUT, "error loading %s: no API version specified", shown);
    *ret_index = TAKE(index);
    return 0;
}

static int load_index(struct chart_source *s, struct error **err)
{
    if (s->index)
        return 0;
    AUTO_FREE char *url = source_url_join_dup(s->text, "index.yaml");
    AUTO_FREE char *shown = source_url_public_dup(url);
    AUTO_BUF text = BUF_INIT;
    if (open_client(s, err))
        return -1;
    if (get(s, url, SOURCE_MAX_INDEX, &text, err)) {
        error_wrap(err, "looks like \"%s\" is not a valid chart repository or cannot be reached",
                   s->shown);
        return (*err)->hint
                   ? -1
                   : error_hint(err, "a repository has an index.yaml; or give a folder of charts");
    }
    return parse_index(shown, &text, &s->index, err);
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
            strlist_add_take(&c->places, source_url_resolve_dup(s->text, url));
    }
    /* An index is moved more often than the absolute URLs in it are rewritten. */
    AUTO_FREE char *file = mem_printf("%s-%s.tgz", name, version);
    AUTO_FREE char *beside = source_url_join_dup(s->text, file);
    if (!strlist_has(&c->places, beside))
        strlist_add(&c->places, beside);
}

static int fail_name(struct chart_source *s, const char *name, struct error **err)
{
    AUTO_STRLIST names = STRLIST_INIT;
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(s->index, "entries"), key, value) strlist_add(&names, key);
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

static int load(const struct buf *data, const char *place, struct chart **ret_chart,
                struct error **err)
{
    return chart_load_archive(buf_str(data), data->len, place, ret_chart, err);
}

int source_repo_fetch(struct chart_source *s, const char *name,
                      const struct source_candidate *candidate, struct chart **ret_chart,
                      struct error **err)
{
    AUTO_BUF data = BUF_INIT;
    if (source_cache_get(s->cache_dir, candidate->digest, &data)) {
        AUTO_FREE char *shown = source_url_public_dup(candidate->places.items[0]);
        return load(&data, shown, ret_chart, err);
    }
    AUTO_ERROR struct error *first = NULL;
    for (size_t i = 0; i < candidate->places.count; i++) {
        const char *url = candidate->places.items[i];
        AUTO_FREE char *shown = source_url_public_dup(url);
        AUTO_ERROR struct error *failure = NULL;
        if (open_client(s, err))
            return -1;
        if (get(s, url, CHART_MAX_TOTAL, &data, &failure)) {
            if (!first)
                first = TAKE(failure);
            continue;
        }
        AUTO_FREE char *found = pki_digest_dup("SHA256", buf_str(&data), data.len);
        if (check_digest(candidate, name, shown, found, err))
            return -1;
        source_cache_put(s->cache_dir, found, buf_str(&data), data.len);
        return load(&data, shown, ret_chart, err);
    }
    *err = TAKE(first);
    return error_wrap(err, "fetch chart \"%s\" version \"%s\"", name, candidate->version);
}
