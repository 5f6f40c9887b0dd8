/* From documents to hooks and to one manifest in install order. */
#include "manifest.h"

#include <stdlib.h>
#include <string.h>

#include "documents.h"
#include "manifest_sort.h"
#include "meshctl/base/budget.h"

static void add_hook(struct chart_rendered *out, size_t *cap, struct chart_hook hook)
{
    out->hooks = mem_grow(out->hooks, cap, out->hooks_count + 1, sizeof(hook));
    out->hooks[out->hooks_count++] = hook;
}

static const char *kind_of(const struct document *document)
{
    const char *kind = json_dig_str(document->head, "kind", NULL);
    return kind ? kind : "";
}

/* Takes the hooks out of `documents`; returns how many are left. */
static size_t take_hooks(struct document **documents, size_t count, struct chart_rendered *out)
{
    size_t kept = 0, cap = 0;
    for (size_t i = 0; i < count; i++) {
        struct document *d = documents[i];
        struct chart_hook hook;
        int is_hook = hook_read(d->head, d->path, d->text, &hook);
        if (is_hook == 1)
            add_hook(out, &cap, hook);
        else if (is_hook == 2)
            strlist_addf(&out->warnings, "info: skipping unknown hook: \"%s\"",
                         json_dig_str(d->head, "metadata", "annotations", "helm.sh/hook", NULL));
        else
            documents[kept++] = d;
    }
    return kept;
}

/* The manifest and, as parts of it, the objects. */
static void write_objects(struct document **documents, size_t count, int helm_major,
                          struct chart_rendered *out)
{
    AUTO_FREE size_t *order = mem_array(count ? count : 1, sizeof(*order));
    AUTO_FREE const char **kinds = mem_array(count ? count : 1, sizeof(*kinds));
    size_t bytes = 1;
    for (size_t i = 0; i < count; i++) {
        kinds[i] = kind_of(documents[i]);
        bytes += sizeof(CHART_SOURCE_LINE) + strlen(documents[i]->path) + documents[i]->text.len;
    }
    sort_kinds(kinds, count, helm_major, order);
    struct buf text = BUF_INIT;
    buf_reserve(&text, bytes);
    out->objects = mem_array(count ? count : 1, sizeof(*out->objects));
    for (size_t i = 0; i < count; i++) {
        struct document *d = documents[order[i]];
        buf_appendf(&text, CHART_SOURCE_LINE "\n", d->path);
        out->objects[out->objects_count++] = (struct chart_object){
            .source = mem_strdup(d->path),
            .at = text.len,
            .len = d->text.len,
            .object = TAKE(d->object),
        };
        buf_append(&text, d->text.s, d->text.len);
        buf_appendc(&text, '\n');
    }
    out->manifest = buf_detach(&text, NULL);
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

int manifest_build(struct documents *documents, int helm_major, struct chart_rendered *out,
                   struct error **err)
{
    struct document **all;
    size_t count;
    if (documents_finish(documents, &all, &count, err) < 0)
        return -1;
    count = take_hooks(all, count, out);
    write_objects(all, count, helm_major, out);
    sort_hooks(out, helm_major);
    return budget_check(err);
}
