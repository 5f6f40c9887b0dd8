/* The text inside a release Secret: base64 of gzip of JSON (helm pkg/storage/driver/util.go). */
#ifndef MESHCTL_HELM_RELEASE_RECORD_H
#define MESHCTL_HELM_RELEASE_RECORD_H

#include "meshctl/data/json.h"

/* Appends the base64 text. */
int record_pack(const json_t *record, struct buf *out, struct error **err) MC_WARN_UNUSED;
/* What is read of a record: the rest of it is most of it. */
enum record_part {
    RECORD_HEAD = 0,     /* neither of the two below */
    RECORD_CHART = 1,    /* the chart's members other than its metadata, too */
    RECORD_MANIFEST = 2, /* the manifest, too */
};
/* The JSON of the base64 text; one that is not gzipped is taken as it is, as Helm does for old
 * records. What is left out is null. `name` stands in errors. */
int record_read(const char *text, size_t len, const char *name, enum record_part part,
                json_t **ret_json, struct error **err) MC_WARN_UNUSED;

/* Members of the record that are there already, with other values: their JSON. A NULL key ends. */
struct record_change {
    const char *key, *text;
};
/* Appends the base64 text of the record with these changes; all else in it stays as it was. */
int record_repack(const char *text, size_t len, struct record_change *changes, struct buf *out,
                  struct error **err) MC_WARN_UNUSED;

#endif
