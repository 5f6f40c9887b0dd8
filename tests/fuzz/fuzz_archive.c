/* Chart archives: the input is one, or (when it does not begin as gzip does) the names and contents of
 * its files, apart by NULs, which are packed here: no change of a byte gets past the checksums of tar and
 * gzip. A chart that loads is consistent. */
#include <archive.h>
#include <archive_entry.h>

#include "input.h"
#include "meshctl/chart/chart.h"

#define MAX_FILES 64
#define GZIP_FIRST 0x1F

static void check(const struct chart *chart)
{
    if (!chart->name[0] || !chart->version[0] || !json_is_object(chart->metadata))
        abort();
    for (size_t i = 0; i < chart->templates_count; i++)
        if (strncmp(chart->templates[i].name, "templates/", 10) != 0 ||
            chart->templates[i].data[chart->templates[i].len] != '\0')
            abort();
    for (size_t i = 0; i < chart->files_count; i++)
        if (chart->files[i].name[0] == '/' || strncmp(chart->files[i].name, "..", 2) == 0)
            abort();
    for (size_t i = 0; i < chart->subcharts_count; i++)
        check(chart->subcharts[i]);
}

static void load(const void *data, size_t size)
{
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    AUTO_ERROR struct error *err = NULL;
    int rc = chart_load_archive(data, size, "fuzz.tgz", &chart, &err);
    check_outcome(rc, err);
    if ((rc < 0) != (chart == NULL))
        abort();
    if (chart)
        check(chart);
}

static void pack_file(struct archive *out, struct part name, struct part content)
{
    AUTO_FREE char *path = part_dup(name);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, path);
    archive_entry_set_size(entry, (la_int64_t)content.len);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    if (archive_write_header(out, entry) == ARCHIVE_OK && content.len)
        (void)archive_write_data(out, content.data, content.len);
    archive_entry_free(entry);
}

/* A chart inside the chart is a file whose name ends so. */
static void pack_and_load(struct part files)
{
    size_t room = files.len * 1024 + 65536, used = 0;
    AUTO_FREE char *packed = mem_alloc(room);
    struct archive *out = archive_write_new();
    archive_write_set_format_pax_restricted(out);
    archive_write_add_filter_gzip(out);
    archive_write_set_filter_option(out, "gzip", "compression-level", "1");
    if (archive_write_open_memory(out, packed, room, &used) == ARCHIVE_OK)
        for (size_t i = 0; files.len && i < MAX_FILES; i++) {
            struct part name = part_take(&files);
            pack_file(out, name, part_take(&files));
        }
    archive_write_close(out);
    archive_write_free(out);
    load(packed, used);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size && data[0] != GZIP_FIRST)
        pack_and_load((struct part){(const char *)data, size});
    else
        load(data, size);
    return 0;
}
