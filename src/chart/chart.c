/* Charts loaded from a folder or an archive, and freed. */
#include "meshctl/chart/chart.h"

#include <stdlib.h>

#include "loader.h"
#include "meshctl/base/fs.h"
#include "meshctl/pki/digest.h"

/* The chart, before the place inside it that the loader knows. */
static int fail_at(const char *path, struct error **err)
{
    AUTO_FREE char *inner = mem_strdup_opt((*err)->where);
    return inner ? error_where(err, "%s/%s", path, inner) : error_where(err, "%s", path);
}

int chart_load_archive(const void *data, size_t len, const char *name, struct chart **ret_chart,
                       struct error **err)
{
    struct load_budget budget = LOAD_BUDGET_INIT;
    AUTO_FILE_LIST files = {0};
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    if (archive_check_kind(data, len, name, err) ||
        archive_unpack(data, len, &budget, &files, err) ||
        chart_assemble(&files, &budget, 0, &chart, err))
        return fail_at(name, err);
    chart->digest = pki_digest_dup("SHA256", data, len);
    chart->source = mem_strdup(name);
    *ret_chart = TAKE(chart);
    return 0;
}

static int load_folder(const char *path, struct chart **ret_chart, struct error **err)
{
    struct load_budget budget = LOAD_BUDGET_INIT;
    AUTO_FILE_LIST files = {0};
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    if (folder_read(path, &budget, &files, err) || chart_assemble(&files, &budget, 0, &chart, err))
        return fail_at(path, err);
    chart->source = mem_strdup(path);
    *ret_chart = TAKE(chart);
    return 0;
}

int chart_load(const char *path, struct chart **ret_chart, struct error **err)
{
    if (fs_is_dir(path))
        return load_folder(path, ret_chart, err);
    AUTO_BUF data = BUF_INIT;
    if (fs_read(path, CHART_MAX_TOTAL, &data, err))
        return -1;
    return chart_load_archive(buf_str(&data), data.len, path, ret_chart, err);
}
