/* The text inside a release Secret: base64 of gzip of JSON (helm pkg/storage/driver/util.go). */
#ifndef MESHCTL_HELM_RELEASE_RECORD_H
#define MESHCTL_HELM_RELEASE_RECORD_H

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"

/* Appends the base64 text. */
int record_pack(const void *json, size_t len, struct buf *out, struct error **err) MC_WARN_UNUSED;
/* Appends the JSON; text that is not gzipped is taken as it is, as Helm does for old records. */
int record_unpack(const char *text, size_t len, struct buf *out, struct error **err) MC_WARN_UNUSED;

#endif
