/* The grammar of --set and its kin (helm pkg/strvals parser.go and literal_parser.go). */
#ifndef MESHCTL_HELM_VALUES_SET_H
#define MESHCTL_HELM_VALUES_SET_H

#include "meshctl/helm/values.h"

/* Parses `text` into `values`, an object, in place; what was set before an error stays set, as with
 * Helm. Errors are the parser's own, without "failed parsing --set data: ". `urls` is for
 * VALUES_SET_FILE. */
int strvals_parse(json_t *values, enum values_set_kind kind, const char *text, size_t len,
                  const struct values_urls *urls, struct error **err) MC_WARN_UNUSED;

#endif
