/* What kind of bytes a file begins with: Go's net/http DetectContentType (the MIME Sniffing
 * standard), for the error about a chart that is none. */
#ifndef MESHCTL_GOLANG_SNIFF_H
#define MESHCTL_GOLANG_SNIFF_H

#include <stddef.h>

#define SNIFF_LEN 512

/* Looks at SNIFF_LEN bytes; constant. */
const char *sniff_content_type(const unsigned char data[SNIFF_LEN]);

#endif
