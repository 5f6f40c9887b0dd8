/* Files in memory. */
#include "meshctl/base/files.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NAME 200

/* What is longer keeps its beginning, and a line that says what is not there. */
static void cut(struct buf *content)
{
    size_t more = content->len - FILES_MAX_FILE;
    buf_truncate(content, FILES_MAX_FILE);
    buf_appendf(content, "\n# cut here: %zu bytes more\n", more);
}

void files_add(struct files *f, const char *path, struct buf *content)
{
    if (!content->len) {
        buf_release(content);
        return;
    }
    if (content->len > FILES_MAX_FILE) {
        files_miss(f, "%s: the end of it (more than %zu bytes)", path, FILES_MAX_FILE);
        cut(content);
    }
    if (f->count == FILES_MAX_COUNT || f->total + content->len > FILES_MAX_TOTAL) {
        files_miss(f, "%s: there is no room for it in the archive", path);
        buf_release(content);
        return;
    }
    f->items = mem_grow(f->items, &f->cap, f->count + 1, sizeof(*f->items));
    struct file *file = &f->items[f->count++];
    file->path = mem_strdup(path);
    file->data = buf_detach(content, &file->len);
    f->total += file->len;
}

void files_miss(struct files *f, const char *fmt, ...)
{
    va_list ap;
    if (f->missing.count >= FILES_MAX_COUNT)
        return;
    va_start(ap, fmt);
    strlist_add_take(&f->missing, mem_vprintf(fmt, ap));
    va_end(ap);
}

void files_append_name(struct buf *path, const char *name)
{
    for (size_t i = 0; name[i] && i < MAX_NAME; i++) {
        unsigned char c = (unsigned char)name[i];
        bool is_plain = c < 0x80 && (isalnum(c) || strchr("-_.", c)) && !(c == '.' && i == 0);
        buf_appendc(path, is_plain ? (char)c : '_');
    }
    if (!name[0])
        buf_appendc(path, '_');
}

void files_join(struct files *f, struct files *from)
{
    for (size_t i = 0; i < from->count; i++) {
        struct buf content = BUF_INIT;
        buf_attach_take(&content, from->items[i].data, from->items[i].len);
        from->items[i].data = NULL;
        files_add(f, from->items[i].path, &content);
    }
    for (size_t i = 0; i < from->missing.count; i++)
        files_miss(f, "%s", from->missing.items[i]);
    files_release(from);
}

void files_release(struct files *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->items[i].path);
        free(f->items[i].data);
    }
    free(f->items);
    strlist_release(&f->missing);
    *f = (struct files)FILES_INIT;
}
