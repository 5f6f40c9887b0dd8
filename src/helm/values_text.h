/* A values text as each major of Helm takes it: 3 reads its first YAML document, 4 merges all of
 * them (helm 4 pkg/chart/v2/loader/load.go LoadValues). */
#ifndef MESHCTL_HELM_VALUES_TEXT_H
#define MESHCTL_HELM_VALUES_TEXT_H

#include "meshctl/helm/values.h"

/* An object, {} for an empty text; all numbers are json_real. Errors have the wording of that major
 * with where = NAME:LINE:COL. */
int values_text_read(const char *text, size_t len, const char *name, int helm_major,
                     json_t **ret_object, struct error **err) MC_WARN_UNUSED;
/* values_file.c: the bytes behind a name as -f and --set-file take it: a path, "-" for standard
 * input, or what `urls` reads. */
int values_read_file(const char *path, const struct values_urls *urls, struct buf *out,
                     struct error **err) MC_WARN_UNUSED;

#endif
