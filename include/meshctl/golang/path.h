/* Slash-separated paths as Go's package path handles them. Thread-safe. */
#ifndef MESHCTL_GOLANG_PATH_H
#define MESHCTL_GOLANG_PATH_H

#include "meshctl/base/buf.h"
#include "meshctl/base/text.h"

/* Appends Clean: the shortest path that means the same, by text alone. */
void gopath_clean(struct buf *out, const char *path, size_t len);
/* Appends Dir. */
void gopath_dir(struct buf *out, const char *path, size_t len);
/* Base: the last element without slashes behind it, "." of nothing, "/" of slashes. Borrowed. */
struct text_span gopath_base(const char *path, size_t len);
/* Ext: from the last dot of the last element on; where the path ends when there is none. */
const char *gopath_ext(const char *path, size_t len);

#endif
