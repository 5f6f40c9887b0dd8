/* PEM as Go's encoding/pem finds it in a text: any block type, text around it, headers, blanks at
 * line ends; a block that does not hold together is passed over. */
#ifndef MESHCTL_PKI_GOPEM_H
#define MESHCTL_PKI_GOPEM_H

#include "meshctl/base/buf.h"

/* What a block holds may be a key: released wiped. */
struct gopem_block {
    struct buf type; /* "RSA PRIVATE KEY"; any bytes */
    struct buf der;
    bool has_headers; /* "Key: value" lines before the body */
};

/* pem.Decode: the first block. False when there is none; the block is to be released either way. */
bool gopem_decode(const char *text, size_t len, struct gopem_block *ret_block);
/* As gopem_decode, and moves text and len on to what is behind the block. */
bool gopem_next(const char **text, size_t *len, struct gopem_block *ret_block);
void gopem_release(struct gopem_block *block);
#define AUTO_GOPEM MC_CLEANUP(gopem_release) struct gopem_block

/* pem.Encode without headers. */
void gopem_encode(struct buf *out, const char *type, const unsigned char *der, size_t len);

#endif
