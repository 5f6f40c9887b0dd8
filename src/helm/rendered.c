/* What was rendered, printed as `helm template` prints it. */
#include <stdlib.h>
#include <string.h>

#include "document_split.h"
#include "manifest.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/filepath_match.h"
#include "meshctl/golang/strings.h"
#include "meshctl/helm/render.h"

static void free_objects(struct chart_object *objects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(objects[i].source);
        json_decref(objects[i].object);
    }
    free(objects);
}

void chart_rendered_free(struct chart_rendered *r)
{
    if (!r)
        return;
    free_objects(r->objects, r->objects_count);
    for (size_t i = 0; i < r->crds_count; i++) {
        free(r->crds[i].source);
        free(r->crds[i].text);
    }
    free(r->crds);
    for (size_t i = 0; i < r->hooks_count; i++)
        hook_release(&r->hooks[i]);
    free(r->hooks);
    free(r->manifest);
    free(r->notes);
    json_decref(r->chart_values);
    strlist_release(&r->warnings);
    free(r);
}

bool chart_hook_is_test(const struct chart_hook *hook)
{
    return strlist_has(&hook->events, "test");
}

static void append_document(struct buf *out, const char *source, const char *text, size_t len)
{
    buf_appendf(out, CHART_SOURCE_LINE "\n", source);
    buf_append(out, text, len);
    buf_appendc(out, '\n');
}

/* Trimmed as one text, of which the CRDs are a part. Without them it is the manifest itself, which
 * may be large: it moves. */
static void put_manifest(struct buf *out, struct chart_rendered *r, bool include_crds)
{
    size_t len = strlen(r->manifest);
    if (include_crds && r->crds_count) {
        for (size_t i = 0; i < r->crds_count; i++)
            append_document(out, r->crds[i].source, r->crds[i].text, r->crds[i].len);
        buf_append(out, r->manifest, len);
    } else {
        buf_attach_take(out, TAKE(r->manifest), len);
    }
    const char *text = out->data;
    len = out->len;
    gostring_trim(&text, &len);
    if (text != out->data)
        memmove(out->data, text, len);
    buf_truncate(out, len);
    buf_appendc(out, '\n');
}

static void put_all(struct buf *out, struct chart_rendered *r,
                    const struct chart_print_options *options)
{
    put_manifest(out, r, options->include_crds);
    for (size_t i = 0; !options->no_hooks && i < r->hooks_count; i++) {
        const struct chart_hook *hook = &r->hooks[i];
        if (!options->skip_tests || !chart_hook_is_test(hook))
            append_document(out, hook->path, hook->manifest, strlen(hook->manifest));
    }
}

/* --- show_only --- */

/* What the pattern "# Source: [^/]+/(.+)" of helm's template command finds first; NULL when there
 * is nothing. Yours to free. */
static char *source_dup(struct split_text document)
{
    static const char mark[] = "# Source: ";
    const char *end = document.s + document.len;
    for (const char *at = document.s; (at = text_find(at, (size_t)(end - at), mark, strlen(mark)));
         at++) {
        const char *chart = at + strlen(mark);
        const char *slash = memchr(chart, '/', (size_t)(end - chart));
        if (!slash)
            return NULL;
        const char *stop = memchr(slash + 1, '\n', (size_t)(end - slash - 1));
        size_t len = (size_t)((stop ? stop : end) - slash - 1);
        if (slash > chart && len)
            return mem_strndup(slash + 1, len);
    }
    return NULL;
}

static int append_chosen(struct buf *out, const struct split_texts *documents, const char *pattern,
                         struct error **err)
{
    bool found = false;
    for (size_t i = 0; pathmatch_is_valid(pattern) && i < documents->count; i++) {
        const struct split_text *document = &documents->items[i];
        AUTO_FREE char *source = source_dup(*document);
        if (!source || !pathmatch(pattern, source))
            continue;
        found = true;
        buf_appendf(out, "---\n");
        buf_append(out, document->s, document->len);
        buf_appendc(out, '\n');
    }
    if (found)
        return 0;
    return error_set(err, ERROR_INPUT, "could not find template %s in chart", pattern);
}

int chart_rendered_print(struct buf *out, struct chart_rendered *r,
                         const struct chart_print_options *options, struct error **err)
{
    if (!options->show_only || !options->show_only->count) {
        put_all(out, r, options);
        return 0;
    }
    AUTO_BUF all = BUF_INIT;
    MC_CLEANUP(split_texts_release) struct split_texts documents = {0};
    put_all(&all, r, options);
    split_manifests(buf_str(&all), all.len, options->helm_major, &documents);
    for (size_t i = 0; i < options->show_only->count; i++)
        if (append_chosen(out, &documents, options->show_only->items[i], err))
            return -1;
    return 0;
}
