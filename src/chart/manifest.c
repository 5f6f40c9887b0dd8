#include "manifest.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/data/yaml.h"
#include "names.h"
#include "sort.h"
#include "split.h"
#include "typed.h"

static const struct typed_field head_metadata[] = {
    {.name = "name"}, {.name = "annotations", .kind = TYPED_STRING_MAP}, {.name = NULL}};

static const struct typed_field head_fields[] = {
    {.name = "apiVersion"},
    {.name = "kind"},
    {.name = "metadata",
     .kind = TYPED_STRUCT,
     .fields = head_metadata,
     .go_type = "struct { Name string \"json:\\\"name\\\"\"; Annotations map[string]string "
                "\"json:\\\"annotations\\\"\" }"},
    {.name = NULL},
};

struct documents {
    struct chart_object *objects;
    char **kinds;
    size_t count, cap;
};

static void documents_release(struct documents *d)
{
    for (size_t i = 0; i < d->count; i++) {
        free(d->objects[i].source);
        free(d->objects[i].text);
        json_decref(d->objects[i].object);
        free(d->kinds[i]);
    }
    free(d->objects);
    free(d->kinds);
}

/* Takes `object`; NULL when the document holds nothing. */
static void documents_add(struct documents *d, const char *source, const char *text, json_t *object,
                          const char *kind)
{
    if (d->count == d->cap) {
        d->objects = mem_grow(d->objects, &d->cap, d->count + 1, sizeof(*d->objects));
        d->kinds = mem_realloc(d->kinds, d->cap * sizeof(*d->kinds));
    }
    d->kinds[d->count] = mem_strdup(kind ? kind : "");
    d->objects[d->count++] = (struct chart_object){mem_strdup(source), mem_strdup(text), object};
}

static void hooks_add(struct chart_rendered *out, struct chart_hook hook)
{
    out->hooks = mem_realloc(out->hooks, (out->hooks_count + 1) * sizeof(hook));
    out->hooks[out->hooks_count++] = hook;
}

static int fail_in(const char *path, struct error **err)
{
    if (!(*err)->where)
        error_where(err, "%s", path);
    return error_wrap(err, "YAML parse error on %s", path);
}

static int add_document(const char *path, const char *text, const struct manifest_options *options,
                        struct documents *d, struct chart_rendered *out, struct error **err)
{
    json_auto_t *object = NULL, *head = json_object();
    if (yaml_read(text, strlen(text), path, 0, &object, err)) {
        error_wrap(err, "error converting YAML to JSON");
        return fail_in(path, err);
    }
    const char *go_type = options->helm_major >= 4 ? "util.SimpleHead" : "releaseutil.SimpleHead";
    if (typed_read(head_fields, object, go_type, head, err))
        return fail_in(path, err);
    struct chart_hook hook;
    int is_hook = hook_read(head, path, text, &hook);
    if (is_hook == 1)
        hooks_add(out, hook);
    if (is_hook == 2)
        strlist_addf(&out->warnings, "info: skipping unknown hook: \"%s\"",
                     json_dig_str(head, "metadata", "annotations", "helm.sh/hook", NULL));
    if (!is_hook)
        documents_add(d, path, text,
                      json_is_object(object) && !options->text_only ? json_incref(object) : NULL,
                      json_dig_str(head, "kind", NULL));
    return 0;
}

static int compare_paths(const void *a, const void *b)
{
    const struct rendered_file *x = a, *y = b;
    return strcmp(x->path, y->path);
}

static bool is_blank(const struct rendered_file *f)
{
    const char *s = f->text;
    size_t len = f->len;
    name_trim_left(&s, &len);
    return len == 0;
}

static int add_files(struct rendered_file *files, size_t count,
                     const struct manifest_options *options, struct documents *d,
                     struct chart_rendered *out, struct error **err)
{
    if (count)
        qsort(files, count, sizeof(*files), compare_paths);
    for (size_t i = 0; i < count; i++) {
        const struct rendered_file *f = &files[i];
        if (name_base(f->path)[0] == '_' || is_blank(f))
            continue;
        /* The one control character that would also end a C string. */
        if (memchr(f->text, '\0', f->len)) {
            error_set(err, ERROR_INPUT,
                      "error converting YAML to JSON: yaml: control characters are not allowed");
            return fail_in(f->path, err);
        }
        AUTO_STRLIST texts = STRLIST_INIT;
        split_manifests(f->text, f->len, options->helm_major, &texts);
        for (size_t k = 0; k < texts.count; k++)
            if (add_document(f->path, texts.items[k], options, d, out, err))
                return -1;
    }
    return 0;
}

static void sort_objects(struct documents *d, int helm_major, struct chart_rendered *out)
{
    AUTO_FREE size_t *order = mem_array(d->count ? d->count : 1, sizeof(*order));
    sort_kinds((const char *const *)d->kinds, d->count, helm_major, order);
    out->objects = mem_array(d->count ? d->count : 1, sizeof(*out->objects));
    for (size_t i = 0; i < d->count; i++) {
        out->objects[i] = d->objects[order[i]];
        d->objects[order[i]] = (struct chart_object){0};
    }
    out->objects_count = d->count;
}

static void sort_hooks(struct chart_rendered *out, int helm_major)
{
    size_t count = out->hooks_count;
    AUTO_FREE size_t *order = mem_array(count ? count : 1, sizeof(*order));
    AUTO_FREE const char **kinds = mem_array(count ? count : 1, sizeof(*kinds));
    for (size_t i = 0; i < count; i++)
        kinds[i] = out->hooks[i].kind;
    sort_kinds(kinds, count, helm_major, order);
    struct chart_hook *sorted = mem_array(count ? count : 1, sizeof(*sorted));
    for (size_t i = 0; i < count; i++)
        sorted[i] = out->hooks[order[i]];
    free(out->hooks);
    out->hooks = sorted;
}

int manifest_build(struct rendered_file *files, size_t count,
                   const struct manifest_options *options, struct chart_rendered *out,
                   struct error **err)
{
    MC_CLEANUP(documents_release) struct documents d = {0};
    if (add_files(files, count, options, &d, out, err))
        return -1;
    sort_objects(&d, options->helm_major, out);
    sort_hooks(out, options->helm_major);
    AUTO_BUF text = BUF_INIT;
    for (size_t i = 0; i < out->objects_count; i++) {
        const struct chart_object *o = &out->objects[i];
        buf_appends(&text, "---\n# Source: ");
        buf_appends(&text, o->source);
        buf_appendc(&text, '\n');
        buf_appends(&text, o->text);
        buf_appendc(&text, '\n');
    }
    out->manifest = buf_detach(&text, NULL);
    return 0;
}
