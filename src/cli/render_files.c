/* `render --output-dir`: what was rendered, in files. */
#include "render_files.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/fs.h"

#define FILE_MODE 0644
#define FOLDER_MODE 0755

struct file {
    char *path;
    struct buf content;
};

struct files {
    struct file *items;
    size_t count, cap;
    struct buf *out;
};

static void files_release(struct files *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->items[i].path);
        buf_release(&f->items[i].content);
    }
    free(f->items);
}

/* Helm's paths are joined with a slash only, whatever the folder is called. */
static void add(struct files *f, const char *dir, const char *release, const char *source,
                const char *text, size_t len)
{
    AUTO_FREE char *path =
        release ? mem_printf("%s/%s/%s", dir, release, source) : mem_printf("%s/%s", dir, source);
    size_t i = 0;
    while (i < f->count && strcmp(f->items[i].path, path) != 0)
        i++;
    buf_appendf(f->out, "wrote %s\n", path);
    if (i == f->count) {
        f->items = mem_grow(f->items, &f->cap, f->count + 1, sizeof(*f->items));
        f->items[f->count++] = (struct file){TAKE(path), BUF_INIT};
    }
    struct buf *content = &f->items[i].content;
    buf_appendf(content, "---\n# Source: %s\n", source);
    buf_append(content, text, len);
    buf_appendc(content, '\n');
}

static int write_all(const struct files *f, struct error **err)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct file *file = &f->items[i];
        AUTO_FREE char *folder = fs_dirname_dup(file->path);
        if (fs_mkdirs(folder, FOLDER_MODE, err) < 0 ||
            fs_write(file->path, buf_str(&file->content), file->content.len, FILE_MODE, err) < 0)
            return -1;
    }
    return 0;
}

int render_files_write(const struct render_files *files, const struct chart_rendered *rendered,
                       struct buf *out, struct error **err)
{
    const struct chart_print_options *options = files->options;
    MC_CLEANUP(files_release) struct files f = {.out = out};
    for (size_t i = 0; options->include_crds && i < rendered->crds_count; i++)
        add(&f, files->dir, NULL, rendered->crds[i].source, rendered->crds[i].text,
            rendered->crds[i].len);
    for (size_t i = 0; i < rendered->objects_count; i++)
        add(&f, files->dir, files->release, rendered->objects[i].source,
            rendered->manifest + rendered->objects[i].at, rendered->objects[i].len);
    for (size_t i = 0; !options->no_hooks && i < rendered->hooks_count; i++) {
        const struct chart_hook *hook = &rendered->hooks[i];
        if (!options->skip_tests || !chart_hook_is_test(hook))
            add(&f, files->dir, files->release, hook->path, hook->manifest, strlen(hook->manifest));
    }
    if (options->show_only && options->show_only->count)
        return error_set(err, ERROR_INPUT, "could not find template %s in chart",
                         options->show_only->items[0]);
    buf_appendc(out, '\n');
    return write_all(&f, err);
}
