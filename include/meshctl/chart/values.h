/* Helm's values: --set grammars (pkg/strvals), -f, coalescing with a chart's defaults. */
#ifndef MESHCTL_CHART_VALUES_H
#define MESHCTL_CHART_VALUES_H

#include "meshctl/base/strlist.h"
#include "meshctl/chart/chart.h"

#define VALUES_MAX_INDEX 65536 /* strvals MaxIndex */
#define VALUES_MAX_NESTING 30  /* strvals MaxNestedNameLevel */
#define VALUES_MAX_FILE ((size_t)16 * 1024 * 1024)

enum values_set_kind {
    VALUES_SET,         /* --set: a.b=1,c[0]=x,d={1,2}; true/false/null/ints are typed (int64) */
    VALUES_SET_STRING,  /* --set-string */
    VALUES_SET_FILE,    /* --set-file: the value is a path, its content the string */
    VALUES_SET_JSON,    /* --set-json: KEY=JSON,... or a whole {...} object */
    VALUES_SET_LITERAL, /* --set-literal: all behind = is one string */
};

/* Changes `values` (an object) in place. Errors have helm's wording ("failed parsing --set data:
 * key "a" has no value"). */
int values_set(json_t *values, enum values_set_kind kind, const char *text, struct error **err)
    MC_WARN_UNUSED;
/* Merges a values text over `values` (maps recursively, lists replaced, null kept). */
int values_merge_yaml(json_t *values, const char *text, size_t len, const char *name,
                      struct error **err) MC_WARN_UNUSED;
int values_merge_file(json_t *values, const char *path, struct error **err) MC_WARN_UNUSED;

/* The chart's defaults under the user's values, subcharts and globals included, for Helm 3.22
 * (helm_major 3) or 4.3 (4): they differ in what null does. Warnings (helm's texts) are appended.
 * Then checked against the charts' values.schema.json as Helm's library does it (drafts 4 to
 * 2020-12), except that other documents are refused. New reference. */
int values_coalesce(const struct chart *chart, const json_t *user, int helm_major,
                    struct strlist *warnings, json_t **ret_values, struct error **err)
    MC_WARN_UNUSED;
int values_check_schema(const struct chart *chart, const json_t *values, struct error **err)
    MC_WARN_UNUSED;

#endif
