/* A Helm chart in memory: metadata, values, schema, templates, files, subcharts. As helm's
 * pkg/chart/loader reads it: .helmignore, BOM stripped, Chart.yaml validated, limits 100 MiB in all
 * and 5 MiB a file. Immutable after load: several
 * threads may render one chart at once. */
#ifndef MESHCTL_CHART_CHART_H
#define MESHCTL_CHART_CHART_H

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"
#include "meshctl/data/json.h"

#define CHART_MAX_TOTAL ((size_t)104857600) /* helm archive.go MaxDecompressedChartSize */
#define CHART_MAX_FILE ((size_t)5242880)    /* helm archive.go MaxDecompressedFileSize */
#define CHART_MAX_FILES 20000

struct chart_file {
    char *name; /* inside the chart: "templates/service.yaml", "files/profile-demo.yaml" */
    char *data; /* NUL-terminated behind len */
    size_t len;
};

struct chart {
    char *name;
    char *version;
    char *app_version;             /* or "" */
    json_t *metadata;              /* Chart.yaml as JSON, Helm's key names */
    json_t *lock;                  /* Chart.lock, or NULL */
    struct chart_file values_file; /* values.yaml, which both majors of Helm read in their own way
                                       (values_read_chart); name NULL when there is none */
    struct chart_file schema_file; /* values.schema.json; name NULL when there is none */
    struct chart_file *templates;
    size_t templates_count;
    struct chart_file *files;
    size_t files_count;
    struct chart **subcharts; /* charts/ */
    size_t subcharts_count;
    char *digest; /* sha256 hex of the archive it came from, or NULL */
    char *source; /* where it came from, for messages; a subchart's is "charts/ENTRY" */
};

/* A folder or a .tgz on disk. */
int chart_load(const char *path, struct chart **ret_chart, struct error **err) MC_WARN_UNUSED;
/* The bytes of a .tgz. */
int chart_load_archive(const void *data, size_t len, const char *name, struct chart **ret_chart,
                       struct error **err) MC_WARN_UNUSED;
void chart_free(struct chart *chart);

MC_DEFINE_CLEANUP(chart_cleanup, struct chart, chart_free);

#endif
