#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "loader.h"
#include "meshctl/base/text.h"
#include "names.h"

static void close_archive(struct archive **a)
{
    archive_read_free(*a);
}

static int bad(struct error **err, const char *fmt, ...) MC_PRINTF(2, 3);
static int bad(struct error **err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    AUTO_BUF clean = BUF_INIT;
    text_append_clean(&clean, text, strlen(text));
    return error_set(err, ERROR_INPUT, "%s", buf_str(&clean));
}

/* The name inside the chart: without its first folder, cleaned and checked as LoadArchiveFiles
 * does. */
static int inner_name(const char *name, char **ret_name, struct error **err)
{
    char delimiter = strchr(name, '\\') ? '\\' : '/';
    const char *rest = strchr(name, delimiter);
    size_t first = rest ? (size_t)(rest - name) : strlen(name);
    AUTO_FREE char *inner = mem_strdup(rest ? rest + 1 : "");
    for (char *c = inner; *c; c++)
        if (*c == delimiter)
            *c = '/';
    if (inner[0] == '/')
        return bad(err, "chart illegally contains absolute paths");
    AUTO_FREE char *clean = name_clean_dup(inner);
    AUTO_FREE char *quoted = name_quoted_dup(name);
    if (strcmp(clean, ".") == 0)
        return bad(err, "chart illegally contains content outside the base directory: %s", quoted);
    if (text_has_prefix(clean, ".."))
        return bad(err, "chart illegally references parent directory");
    if (isalpha((unsigned char)clean[0]) && clean[1] == ':' && clean[2] == '/')
        return bad(err, "chart contains illegally named files");
    if (first == strlen("Chart.yaml") && text_has_prefix(name, "Chart.yaml"))
        return bad(err, "chart yaml not in base directory");
    *ret_name = TAKE(clean);
    return 0;
}

/* Reads until the entry's end; the header's size is not trusted. */
static int read_entry(struct archive *a, struct buf *out, struct error **err)
{
    char block[16384];
    for (;;) {
        la_ssize_t n = archive_read_data(a, block, sizeof(block));
        if (n < 0)
            return bad(err, "%s", archive_error_string(a));
        if (n == 0)
            return 0;
        buf_append(out, block, (size_t)n);
        if (out->overflow)
            return 0;
    }
}

static int take_entry(struct archive *a, struct archive_entry *entry, struct load_budget *budget,
                      struct file_list *out, struct error **err)
{
    const char *full = archive_entry_pathname_utf8(entry);
    if (!full)
        full = archive_entry_pathname(entry);
    if (!full)
        return bad(err, "chart contains illegally named files");
    if (archive_entry_filetype(entry) == AE_IFDIR || text_has_suffix(full, "/"))
        return 0;
    AUTO_FREE char *name = NULL;
    if (inner_name(full, &name, err))
        return -1;
    AUTO_BUF data = BUF_INIT_MAX(CHART_MAX_FILE);
    if (archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry) &&
        read_entry(a, &data, err))
        return -1;
    AUTO_FREE char *quoted = name_quoted_dup(full);
    if (data.overflow)
        return bad(err, "decompressed chart file %s is larger than the maximum file size %zu",
                   quoted, CHART_MAX_FILE);
    if (load_budget_take(budget, data.len, err))
        return -1;
    size_t len;
    char *bytes = buf_detach(&data, &len);
    file_list_add_take(out, TAKE(name), bytes, len);
    return 0;
}

/* helm ensureArchive. */
static int check_kind(const unsigned char *data, size_t len, const char *name, struct error **err)
{
    if (len >= 3 && data[0] == 0x1f && data[1] == 0x8b && data[2] == 0x08)
        return 0;
    if (text_has_suffix(name, ".yaml") || text_has_suffix(name, ".yml"))
        return bad(err, "file '%s' seems to be a YAML file, but expected a gzipped archive", name);
    return bad(err, "file '%s' does not appear to be a gzipped archive", name);
}

int archive_unpack(const void *data, size_t len, const char *name, struct load_budget *budget,
                   struct file_list *out, struct error **err)
{
    if (check_kind(data, len, name, err))
        return -1;
    MC_CLEANUP(close_archive) struct archive *a = archive_read_new();
    if (!a || archive_read_support_filter_gzip(a) != ARCHIVE_OK ||
        archive_read_support_format_tar(a) != ARCHIVE_OK)
        return error_set(err, ERROR_INTERNAL, "libarchive cannot read gzipped tar");
    if (archive_read_open_memory(a, data, len) != ARCHIVE_OK)
        return bad(err, "file '%s' does not appear to be a valid chart file (details: %s)", name,
                   archive_error_string(a));
    for (;;) {
        struct archive_entry *entry;
        int rc = archive_read_next_header(a, &entry);
        if (rc == ARCHIVE_EOF)
            break;
        if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
            return bad(err, "file '%s' does not appear to be a valid chart file (details: %s)",
                       name, archive_error_string(a));
        if (take_entry(a, entry, budget, out, err))
            return -1;
    }
    if (!out->count)
        return bad(err, "no files in chart archive");
    return 0;
}
