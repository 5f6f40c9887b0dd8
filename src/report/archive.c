/* Files as a gzipped tar, by libarchive. */
#include "meshctl/report/archive.h"

#include "lazy_archive.h"

/* What is being written. */
struct writing {
    const struct lazy_archive *lib;
    struct archive *archive;
};

static void end(struct writing *w)
{
    if (w->archive)
        w->lib->write_free(w->archive);
}

static la_ssize_t append(struct archive *a, void *ctx, const void *data, size_t len)
{
    (void)a;
    buf_append(ctx, data, len);
    return (la_ssize_t)len;
}

static int fail(const struct writing *w, struct error **err)
{
    const char *why = w->archive ? w->lib->error_string(w->archive) : NULL;
    return error_set(err, ERROR_INTERNAL, "the archive could not be made: %s",
                     why ? why : "libarchive does not say why");
}

static int add_file(const struct writing *w, const struct file *file, const char *folder,
                    time_t now, struct error **err)
{
    struct archive_entry *entry = w->lib->entry_new();
    AUTO_FREE char *path = mem_printf("%s/%s", folder, file->path);
    w->lib->entry_set_pathname(entry, path);
    w->lib->entry_set_filetype(entry, AE_IFREG);
    w->lib->entry_set_perm(entry, 0644);
    w->lib->entry_set_size(entry, (la_int64_t)file->len);
    w->lib->entry_set_mtime(entry, now, 0);
    bool is_written =
        w->lib->write_header(w->archive, entry) == ARCHIVE_OK &&
        w->lib->write_data(w->archive, file->data, file->len) == (la_ssize_t)file->len;
    w->lib->entry_free(entry);
    return is_written ? 0 : fail(w, err);
}

int report_archive_ready(struct error **err)
{
    return lazy_archive_load(err) ? 0 : -1;
}

int report_archive(const struct files *files, const char *folder, time_t now, struct buf *out,
                   struct error **err)
{
    MC_CLEANUP(end) struct writing w = {.lib = lazy_archive_load(err)};
    if (!w.lib)
        return -1;
    w.archive = w.lib->write_new();
    if (!w.archive || w.lib->write_add_filter_gzip(w.archive) != ARCHIVE_OK ||
        w.lib->write_set_format_pax_restricted(w.archive) != ARCHIVE_OK ||
        w.lib->write_set_bytes_in_last_block(w.archive, 1) != ARCHIVE_OK ||
        w.lib->write_open(w.archive, out, NULL, append, NULL) != ARCHIVE_OK)
        return fail(&w, err);
    for (size_t i = 0; i < files->count; i++)
        if (add_file(&w, &files->items[i], folder, now, err) < 0)
            return -1;
    return w.lib->write_close(w.archive) == ARCHIVE_OK ? 0 : fail(&w, err);
}
