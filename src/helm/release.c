/* A release record in memory: made of what a chart renders to. */
#include "meshctl/helm/release.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/clock.h"

static const char *const status_names[] = {
    [RELEASE_DEPLOYED] = "deployed",
    [RELEASE_SUPERSEDED] = "superseded",
    [RELEASE_FAILED] = "failed",
    [RELEASE_PENDING_INSTALL] = "pending-install",
    [RELEASE_PENDING_UPGRADE] = "pending-upgrade",
    [RELEASE_PENDING_ROLLBACK] = "pending-rollback",
    [RELEASE_UNINSTALLING] = "uninstalling",
    [RELEASE_UNINSTALLED] = "uninstalled",
    [RELEASE_UNKNOWN] = "unknown",
};

const char *release_status_name(enum release_status s)
{
    return status_names[s];
}

/* --- a new record --- */

/* []*chart.File: {"name", "data" in base64}. */
static json_t *files_json(const struct chart_file *files, size_t count)
{
    if (!count)
        return json_null();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        AUTO_FREE char *data = base64_encode_dup(files[i].data, files[i].len);
        json_array_append_new(list, json_pack("{s:s, s:s}", "name", files[i].name, "data", data));
    }
    return list;
}

static json_t *chart_json(const struct chart *chart, const json_t *values)
{
    AUTO_FREE char *schema =
        chart->schema_file.name ? base64_encode_dup(chart->schema_file.data, chart->schema_file.len)
                                : NULL;
    json_t *out = json_object();
    json_object_set_new(out, "metadata", json_deep_copy(chart->metadata));
    json_object_set_new(out, "lock", chart->lock ? json_deep_copy(chart->lock) : json_null());
    json_object_set_new(out, "templates", files_json(chart->templates, chart->templates_count));
    json_object_set(out, "values", (json_t *)values);
    json_object_set_new(out, "schema", schema ? json_string(schema) : json_null());
    json_object_set_new(out, "files", files_json(chart->files, chart->files_count));
    return out;
}

static json_t *words_json(const struct strlist *words)
{
    json_t *list = json_array();
    for (size_t i = 0; i < words->count; i++)
        json_array_append_new(list, json_string(words->items[i]));
    return list;
}

static void set_words(json_t *object, const char *key, const struct strlist *words)
{
    if (words->count)
        json_object_set_new(object, key, words_json(words));
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text && text[0])
        json_object_set_new(object, key, json_string(text));
}

static json_t *hook_json(const struct chart_hook *hook)
{
    json_t *out = json_object();
    set_text(out, "name", hook->name);
    set_text(out, "kind", hook->kind);
    set_text(out, "path", hook->path);
    set_text(out, "manifest", hook->manifest);
    set_words(out, "events", &hook->events);
    json_object_set_new(
        out, "last_run",
        json_pack("{s:s, s:s, s:s}", "started_at", "", "completed_at", "", "phase", ""));
    if (hook->weight)
        json_object_set_new(out, "weight", json_integer(hook->weight));
    set_words(out, "delete_policies", &hook->delete_policies);
    set_words(out, "output_log_policies", &hook->output_log_policies);
    return out;
}

struct release *release_new(const char *name, const char *namespace_, int version,
                            const struct chart *chart, const struct chart_rendered *rendered,
                            const json_t *config)
{
    struct release *r = mem_zalloc(sizeof(*r));
    r->name = mem_strdup(name);
    r->namespace_ = mem_strdup(namespace_);
    r->version = version;
    r->status = RELEASE_PENDING_INSTALL;
    r->first_deployed = clock_now_rfc3339nano_dup();
    r->last_deployed = mem_strdup(r->first_deployed);
    r->description = mem_strdup("Initial install underway");
    r->manifest = json_string(rendered->manifest);
    r->notes = mem_strdup_opt(rendered->notes);
    r->config = config ? json_deep_copy(config) : json_object();
    r->chart = chart_json(chart, rendered->chart_values);
    for (size_t i = 0; i < rendered->hooks_count; i++) {
        if (!r->hooks)
            r->hooks = json_array();
        json_array_append_new(r->hooks, hook_json(&rendered->hooks[i]));
    }
    return r;
}

void release_free(struct release *r)
{
    if (!r)
        return;
    free(r->name);
    free(r->namespace_);
    free(r->first_deployed);
    free(r->last_deployed);
    free(r->description);
    json_decref(r->manifest);
    free(r->notes);
    json_decref(r->config);
    json_decref(r->chart);
    json_decref(r->hooks);
    json_decref(r->labels);
    free(r->deleted);
    free(r->holder);
    json_decref(r->own);
    free(r->uid);
    free(r->resource_version);
    free(r->packed);
    free(r);
}
