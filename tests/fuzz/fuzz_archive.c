/* Chart archives. A chart that loads is consistent. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/chart/chart.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    AUTO_ERROR struct error *err = NULL;
    int rc = chart_load_archive(data, size, "fuzz.tgz", &chart, &err);
    if ((rc != 0) != (err != NULL))
        abort();
    if (chart)
        check(chart);
    return 0;
}
