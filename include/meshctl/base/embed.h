/* Files of certs/ and manifests/, and the styles and scripts of src/report/, that are built into the
 * program. Immutable. */
#ifndef MESHCTL_BASE_EMBED_H
#define MESHCTL_BASE_EMBED_H

#include <stddef.h>

struct embed_file {
    const char *name; /* path in the tree: "manifests/expose.yaml" */
    const char *data; /* NUL-terminated behind `len` */
    size_t len;
};

/* `data` is NULL when there is none of that name. */
struct embed_file embed_find(const char *name);
/* One after another from 0 on; past the last `data` is NULL. */
struct embed_file embed_at(size_t index);

#endif
