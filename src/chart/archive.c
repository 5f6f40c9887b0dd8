/* The files of a gzipped tar, by libarchive, under Helm's rules for names and sizes. */
#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gunzip.h"
#include "loader.h"
#include "meshctl/base/budget.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/path.h"
#include "meshctl/golang/sniff.h"
#include "meshctl/golang/strconv.h"

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
    AUTO_BUF cleaned = BUF_INIT;
    gopath_clean(&cleaned, inner, strlen(inner));
    AUTO_FREE char *clean = buf_detach(&cleaned, NULL);
    AUTO_FREE char *quoted = goquote_dup(name);
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

/* --- the stream --- */

/* Directories and extension headers may hold bytes too, which nobody keeps. */
#define MAX_STREAM (CHART_MAX_TOTAL + (size_t)CHART_MAX_FILES * 4096)
#define TAR_BLOCK 512

static la_ssize_t read_block(struct archive *a, void *ctx, const void **ret_block)
{
    la_ssize_t n = gunzip_read(ctx, ret_block);
    if (n < 0)
        archive_set_error(a, -1, "%s", ((struct gunzip *)ctx)->problem);
    return n;
}

/* In the words of Go's archive/tar; libarchive's say more than anybody asked. */
static int fail_tar(struct archive *a, const struct gunzip *g, struct error **err)
{
    const char *said = archive_error_string(a);
    if (budget_check(err) < 0)
        return -1;
    if (g->too_big)
        return load_budget_fail(err);
    if (g->problem[0])
        return bad(err, "%s", g->problem);
    if (g->total == 0)
        return bad(err, "no files in chart archive");
    if (g->total < TAR_BLOCK || (said && strstr(said, "runcated")))
        return bad(err, "unexpected EOF");
    return bad(err, "archive/tar: invalid tar header");
}

/* --- entries --- */

/* Reads until the entry's end; the header's size is not trusted. */
static int read_entry(struct archive *a, const struct gunzip *g, struct buf *out,
                      struct error **err)
{
    char block[16384];
    for (;;) {
        la_ssize_t n = archive_read_data(a, block, sizeof(block));
        if (n < 0)
            return fail_tar(a, g, err);
        if (n == 0)
            return 0;
        buf_append(out, block, (size_t)n);
        if (out->overflow)
            return 0;
    }
}

static int fail_file(const char *name, struct error **err)
{
    AUTO_FREE char *quoted = goquote_dup(name);
    return bad(err, "decompressed chart file %s is larger than the maximum file size %zu", quoted,
               CHART_MAX_FILE);
}

/* Whether what the header promises fits, before a byte of it is read. */
static int check_size(struct archive_entry *entry, const char *name,
                      const struct load_budget *budget, struct error **err)
{
    la_int64_t size = archive_entry_size(entry);
    if (size > 0 && (uint64_t)size > budget->bytes)
        return load_budget_fail(err);
    if (size > (la_int64_t)CHART_MAX_FILE)
        return fail_file(name, err);
    return 0;
}

static int take_entry(struct archive *a, const struct gunzip *g, struct archive_entry *entry,
                      struct load_budget *budget, struct file_list *out, struct error **err)
{
    const char *full = archive_entry_pathname_utf8(entry);
    if (!full)
        full = archive_entry_pathname(entry);
    if (!full)
        return bad(err, "chart contains illegally named files");
    if (archive_entry_filetype(entry) == AE_IFDIR || text_has_suffix(full, "/"))
        return 0;
    AUTO_FREE char *name = NULL;
    if (inner_name(full, &name, err) || check_size(entry, full, budget, err))
        return -1;
    AUTO_BUF data = BUF_INIT_MAX(CHART_MAX_FILE);
    /* Links and devices become empty files: nothing outside the archive is ever looked at. */
    if (archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry) &&
        read_entry(a, g, &data, err))
        return -1;
    if (data.overflow)
        return fail_file(full, err);
    if (load_budget_take(budget, data.len, err))
        return -1;
    size_t len;
    char *bytes = buf_detach(&data, &len);
    file_list_add_take(out, TAKE(name), bytes, len);
    return 0;
}

static int read_tar(struct archive *a, struct gunzip *g, struct load_budget *budget,
                    struct file_list *out, struct error **err)
{
    if (archive_read_support_format_tar(a) != ARCHIVE_OK)
        return error_set(err, ERROR_INTERNAL, "libarchive cannot read tar");
    if (archive_read_open(a, g, NULL, read_block, NULL) != ARCHIVE_OK)
        return fail_tar(a, g, err);
    for (;;) {
        struct archive_entry *entry;
        if (budget_look())
            return budget_fail(err);
        int rc = archive_read_next_header(a, &entry);
        if (rc == ARCHIVE_EOF)
            break;
        if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
            return fail_tar(a, g, err);
        if (take_entry(a, g, entry, budget, out, err))
            return -1;
    }
    /* Helm does not read to the end and so takes damaged archives for good ones. */
    if (gunzip_finish(g))
        return fail_tar(a, g, err);
    return out->count ? 0 : bad(err, "no files in chart archive");
}

int archive_unpack(const void *data, size_t len, struct load_budget *budget, struct file_list *out,
                   struct error **err)
{
    MC_CLEANUP(close_archive) struct archive *a = archive_read_new();
    if (!a)
        return error_set(err, ERROR_INTERNAL, "libarchive cannot start");
    AUTO_FREE struct gunzip *g = mem_alloc(sizeof(*g));
    int rc = gunzip_init(g, data, len, MAX_STREAM);
    rc = rc ? bad(err, "%s", g->problem) : read_tar(a, g, budget, out, err);
    gunzip_release(g);
    return rc;
}

int archive_check_kind(const void *data, size_t len, const char *name, struct error **err)
{
    unsigned char head[SNIFF_LEN] = {0};
    if (len)
        memcpy(head, data, len < sizeof(head) ? len : sizeof(head));
    if (head[0] == 0x1f && head[1] == 0x8b && head[2] == 0x08)
        return 0;
    if (text_has_suffix(name, ".yaml") || text_has_suffix(name, ".yml"))
        return bad(err, "file '%s' seems to be a YAML file, but expected a gzipped archive", name);
    return bad(err, "file '%s' does not appear to be a gzipped archive; got '%s'", name,
               sniff_content_type(head));
}
