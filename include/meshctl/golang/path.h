/* Slash-separated paths as Go's package path handles them. Thread-safe. */
#ifndef MESHCTL_GOLANG_PATH_H
#define MESHCTL_GOLANG_PATH_H

/* path.Clean; yours to free. */
char *name_clean_dup(const char *path);
/* The part behind the last slash; borrowed. */
const char *name_base(const char *path);
/* path.Ext: from the last dot of the last element, "" when there is none; borrowed. */
const char *name_ext(const char *path);

#endif
