/* The stages of loading: files out of a folder or an archive, then a chart out of files. */
#ifndef MESHCTL_CHART_LOADER_H
#define MESHCTL_CHART_LOADER_H

#include "meshctl/chart/chart.h"

#define LOADER_MAX_SUBCHART_DEPTH 16
#define LOADER_MAX_FOLDER_DEPTH 64 /* symbolic links may form a circle */

struct file_list {
    struct chart_file *items;
    size_t count, cap;
};

/* What one chart may still take, its subcharts included. */
struct load_budget {
    size_t bytes, files;
};
#define LOAD_BUDGET_INIT                                                                           \
    {                                                                                              \
        .bytes = CHART_MAX_TOTAL, .files = CHART_MAX_FILES                                         \
    }

/* Takes both; a byte order mark is cut off. */
void file_list_add_take(struct file_list *list, char *name, char *data, size_t len);
void file_list_release(struct file_list *list);
int load_budget_fail(struct error **err);
int load_budget_take(struct load_budget *budget, size_t bytes, struct error **err) MC_WARN_UNUSED;

int folder_read(const char *path, struct load_budget *budget, struct file_list *out,
                struct error **err) MC_WARN_UNUSED;
/* A gzipped tar (helm pkg/chart/loader/archive.go). Names come without their first folder. Unlike
 * Helm, which stops at the tar's end, refuses a gzip stream with a wrong checksum, a wrong length
 * or none. */
int archive_unpack(const void *data, size_t len, struct load_budget *budget, struct file_list *out,
                   struct error **err) MC_WARN_UNUSED;
/* helm ensureArchive: says what else the bytes are when they are no gzip. */
int archive_check_kind(const void *data, size_t len, const char *name, struct error **err)
    MC_WARN_UNUSED;
/* Empties `files`. */
int chart_assemble(struct file_list *files, struct load_budget *budget, int depth,
                   struct chart **ret_chart, struct error **err) MC_WARN_UNUSED;

#define AUTO_FILE_LIST MC_CLEANUP(file_list_release) struct file_list

#endif
