/* Which hooks of a record run at an event, in which order, and what is left of them. */
#include "meshctl/helm/release_hooks.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"

#define HOOK_ANNOTATION "helm.sh/hook"

/* The events that install, upgrade and uninstall run. */
static const char *const run_events[] = {"pre-install",  "post-install", "pre-upgrade",
                                         "post-upgrade", "pre-delete",   "post-delete"};

/* ---- one hook -------------------------------------------------------------------------------- */

static const char *text_of(const json_t *hook, const char *key)
{
    const char *text = json_dig_str(hook, key, NULL);
    return text ? text : "";
}

static bool has_word(const json_t *hook, const char *key, const char *word)
{
    const json_t *words = json_object_get(hook, key), *item;
    size_t i;
    json_array_foreach(words, i, item)
        if (text_equal(json_string_value(item), word))
            return true;
    return false;
}

static int check_object(const json_t *object, struct error **err)
{
    static const char *const wanted[] = {"apiVersion", "kind"};
    for (size_t i = 0; i < MC_ARRAY_LEN(wanted); i++)
        if (!text_of(object, wanted[i])[0])
            return error_set(err, ERROR_INPUT, "an object without %s", wanted[i]);
    const char *name = json_dig_str(object, "metadata", "name", NULL);
    return name && name[0] ? 0 : error_set(err, ERROR_INPUT, "an object without a name");
}

static int read_objects(const json_t *hook, json_t **ret_objects, struct error **err)
{
    const char *manifest = text_of(hook, "manifest"), *path = text_of(hook, "path");
    json_auto_t *objects = NULL;
    const json_t *object;
    size_t i;
    if (yaml_read_all(manifest, strlen(manifest), path, 0, &objects, err) < 0)
        return error_wrap(err, "hook %s", path);
    json_array_foreach(objects, i, object)
        if (check_object(object, err) < 0)
            return error_wrap(err, "hook %s", path);
    *ret_objects = TAKE(objects);
    return 0;
}

static int read_hook(const json_t *json, size_t index, struct release_hook *ret_hook,
                     struct error **err)
{
    struct release_hook hook = {
        .index = index,
        .name = text_of(json, "name"),
        .kind = text_of(json, "kind"),
        .path = text_of(json, "path"),
        .weight = json_dig_int(json, 0, "weight", NULL),
    };
    if (read_objects(json, &hook.objects, err) < 0)
        return -1;
    hook.is_job = strcmp(hook.kind, "Job") == 0 || strcmp(hook.kind, "Pod") == 0;
    if (strcmp(hook.kind, "CustomResourceDefinition") != 0) {
        hook.delete_before = !json_array_size(json_object_get(json, "delete_policies")) ||
                             has_word(json, "delete_policies", "before-hook-creation");
        hook.delete_succeeded = has_word(json, "delete_policies", "hook-succeeded");
        hook.delete_failed = has_word(json, "delete_policies", "hook-failed");
    }
    *ret_hook = hook;
    return 0;
}

/* ---- those of an event ----------------------------------------------------------------------- */

void release_hooks_release(struct release_hooks *hooks)
{
    for (size_t i = 0; i < hooks->count; i++)
        json_decref(hooks->items[i].objects);
    free(hooks->items);
    *hooks = (struct release_hooks){0};
}

/* hookByWeight, made stable. */
static int compare_hooks(const void *a, const void *b)
{
    const struct release_hook *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? -1 : 1;
    int by_name = strcmp(x->name, y->name);
    return by_name ? by_name : x->index < y->index ? -1 : 1;
}

int release_hooks_of(const struct release *r, const char *event, struct release_hooks *ret_hooks,
                     struct error **err)
{
    AUTO_RELEASE_HOOKS hooks = {0};
    const json_t *json;
    size_t i, count = json_array_size(r->hooks);
    hooks.items = mem_array(count ? count : 1, sizeof(*hooks.items));
    json_array_foreach(r->hooks, i, json) {
        if (!has_word(json, "events", event))
            continue;
        if (read_hook(json, i, &hooks.items[hooks.count], err) < 0)
            return -1;
        hooks.count++;
    }
    qsort(hooks.items, hooks.count, sizeof(*hooks.items), compare_hooks);
    *ret_hooks = hooks;
    hooks = (struct release_hooks){0};
    return 0;
}

int release_hooks_check(const struct release *r, struct strlist *ret_warnings, struct error **err)
{
    const json_t *json;
    size_t i;
    json_array_foreach(r->hooks, i, json) {
        json_auto_t *objects = NULL;
        bool runs = false;
        for (size_t e = 0; e < MC_ARRAY_LEN(run_events) && !runs; e++)
            runs = has_word(json, "events", run_events[e]);
        if (!runs)
            continue;
        if (read_objects(json, &objects, err) < 0)
            return error_wrap(err, "release %s", r->name);
        if (json_array_size(json_object_get(json, "output_log_policies")))
            strlist_addf(ret_warnings, "hook %s wants its logs shown, which is not done",
                         text_of(json, "path"));
    }
    return 0;
}

/* ---- running --------------------------------------------------------------------------------- */

static json_t *last_run_of(struct release *r, size_t index)
{
    json_t *hook = json_array_get(r->hooks, index);
    json_t *last_run = json_object_get(hook, "last_run");
    if (!hook || json_is_object(last_run))
        return last_run;
    last_run = json_object();
    json_object_set_new(hook, "last_run", last_run);
    return last_run;
}

static void set_now(json_t *last_run, const char *key)
{
    AUTO_FREE char *now = clock_now_rfc3339nano_dup();
    json_object_set_new(last_run, key, json_string(now));
}

void release_hook_started(struct release *r, size_t index)
{
    json_t *last_run = last_run_of(r, index);
    set_now(last_run, "started_at");
    json_object_set_new(last_run, "completed_at", json_string(""));
    json_object_set_new(last_run, "phase", json_string("Running"));
}

void release_hook_ended(struct release *r, size_t index, bool succeeded)
{
    json_t *last_run = last_run_of(r, index);
    set_now(last_run, "completed_at");
    json_object_set_new(last_run, "phase", json_string(succeeded ? "Succeeded" : "Failed"));
}

bool release_hook_is_ours(const json_t *live, const char *release, const char *namespace_)
{
    return json_dig_str(live, "metadata", "annotations", HOOK_ANNOTATION, NULL) &&
           release_owner_of(live, release, namespace_) != RELEASE_OWNER_OTHER;
}

/* ---- crds/ ----------------------------------------------------------------------------------- */

int release_crds(const struct chart_rendered *rendered, json_t **ret_objects, struct error **err)
{
    json_auto_t *all = json_array();
    for (size_t i = 0; i < rendered->crds_count; i++) {
        const struct chart_text *file = &rendered->crds[i];
        json_auto_t *objects = NULL;
        const json_t *object;
        size_t k;
        if (yaml_read_all(file->text, file->len, file->source, 0, &objects, err) < 0)
            return error_wrap(err, "failed to install CRD %s", file->source);
        json_array_foreach(objects, k, object)
            if (check_object(object, err) < 0)
                return error_wrap(err, "failed to install CRD %s", file->source);
        json_array_extend(all, objects);
    }
    *ret_objects = TAKE(all);
    return 0;
}
