#include <stdlib.h>
#include <string.h>

#include "manifest.h"
#include "meshctl/chart/render.h"
#include "names.h"

static void free_objects(struct chart_object *objects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(objects[i].source);
        free(objects[i].text);
        json_decref(objects[i].object);
    }
    free(objects);
}

void chart_rendered_free(struct chart_rendered *r)
{
    if (!r)
        return;
    free_objects(r->objects, r->objects_count);
    free_objects(r->crds, r->crds_count);
    for (size_t i = 0; i < r->hooks_count; i++)
        hook_release(&r->hooks[i]);
    free(r->hooks);
    free(r->manifest);
    free(r->notes);
    json_decref(r->chart_values);
    strlist_release(&r->warnings);
    free(r);
}

void chart_rendered_write(struct buf *out, const struct chart_rendered *r, bool include_crds)
{
    AUTO_BUF text = BUF_INIT;
    for (size_t i = 0; include_crds && i < r->crds_count; i++)
        if (r->crds[i].text[0]) {
            buf_appendf(&text, "---\n# Source: %s\n", r->crds[i].source);
            buf_appends(&text, r->crds[i].text);
            buf_appendc(&text, '\n');
        }
    buf_appends(&text, r->manifest);
    const char *trimmed = buf_str(&text);
    size_t len = text.len;
    name_trim(&trimmed, &len);
    buf_append(out, trimmed, len);
    buf_appendc(out, '\n');
    for (size_t i = 0; i < r->hooks_count; i++) {
        buf_appendf(out, "---\n# Source: %s\n", r->hooks[i].path);
        buf_appends(out, r->hooks[i].manifest);
        buf_appendc(out, '\n');
    }
}
