/* Standard base64 with padding (RFC 4648 section 4). */
#ifndef MESHCTL_BASE_BASE64_H
#define MESHCTL_BASE_BASE64_H

#include "meshctl/base/buf.h"

/* Yours to free. */
char *base64_encode_dup(const void *data, size_t len);
void base64_append(struct buf *out, const void *data, size_t len);
/* Appends the decoded bytes; line breaks are skipped as Go's decoder does. -1 when it is not base64
 * (out then keeps what it had). */
int base64_decode(struct buf *out, const char *text, size_t len) MC_WARN_UNUSED;

#endif
