/* The text inside a release Secret: base64 of gzip of JSON (helm pkg/storage/driver/util.go). */
#ifndef MESHCTL_HELM_RELEASE_RECORD_H
#define MESHCTL_HELM_RELEASE_RECORD_H

#include "meshctl/data/json.h"

/* Appends the base64 text. */
int record_pack(const json_t *record, struct buf *out, struct error **err) MC_WARN_UNUSED;
/* The JSON of the base64 text; one that is not gzipped is taken as it is, as Helm does for old
 * records. Without `with_chart` the chart's members other than its metadata are null: they may be
 * most of it. `name` stands in errors. */
int record_read(const char *text, size_t len, const char *name, bool with_chart, json_t **ret_json,
                struct error **err) MC_WARN_UNUSED;

/* Members of the record that are there already, with other values: their JSON. A NULL key ends. */
struct record_change {
    const char *key, *text;
};
/* Appends the base64 text of the record with these changes; all else in it stays as it was. */
int record_repack(const char *text, size_t len, struct record_change *changes, struct buf *out,
                  struct error **err) MC_WARN_UNUSED;

#endif
