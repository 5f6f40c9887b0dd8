/* Helm's values: --set grammars (pkg/strvals), -f, the chart's schema. */
#ifndef MESHCTL_HELM_VALUES_H
#define MESHCTL_HELM_VALUES_H

#include "meshctl/base/strlist.h"
#include "meshctl/chart/chart.h"

#define VALUES_MAX_INDEX 65536 /* strvals MaxIndex */
#define VALUES_MAX_NESTING 30  /* strvals MaxNestedNameLevel */
#define VALUES_MAX_FILE ((size_t)16 * 1024 * 1024)

enum values_set_kind {
    VALUES_SET,         /* --set: a.b=1,c[0]=x,d={1,2}; true/false/null/ints are typed (int64) */
    VALUES_SET_STRING,  /* --set-string */
    VALUES_SET_FILE,    /* --set-file: the value is a path, its content the string */
    VALUES_SET_JSON,    /* --set-json: KEY=JSON,... */
    VALUES_SET_LITERAL, /* --set-literal: all behind = is one string */
};

/* How http:// and https:// URLs are read, which is the caller's part: appends at most `max`
 * bytes. */
struct values_urls {
    int (*read)(void *ctx, const char *url, size_t max, struct buf *out, struct error **err);
    void *ctx;
};

/* Changes `values` (an object) in place. Errors have the wording of that major of Helm ("failed
 * parsing --set data: key "a" has no value"). A whole object for --set-json is Helm 4's. What
 * --set-file reads is named as for values_merge_file. */
int values_set(json_t *values, enum values_set_kind kind, const char *text, int helm_major,
               const struct values_urls *urls, struct error **err) MC_WARN_UNUSED;
/* Merges a values file over `values` (maps recursively, lists replaced, null kept): its first YAML
 * document for Helm 3, all of them for Helm 4. "-" is standard input; http:// and https:// URLs are
 * read through `urls` (NULL: refused). */
int values_merge_file(json_t *values, const char *path, int helm_major,
                      const struct values_urls *urls, struct error **err) MC_WARN_UNUSED;

/* Against the charts' values.schema.json as Helm's library does it (drafts 4 to 2020-12), except
 * that other documents are refused. */
int values_check_schema(const struct chart *chart, const json_t *values, struct error **err)
    MC_WARN_UNUSED;

#endif
