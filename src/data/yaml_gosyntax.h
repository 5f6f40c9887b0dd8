/* A decoded YAML value as Go's %#v prints it, for go-yaml's error texts that quote one. Keys are
 * shown as strings, numbers without a fraction as integers. */
#ifndef MESHCTL_DATA_YAML_GOSYNTAX_H
#define MESHCTL_DATA_YAML_GOSYNTAX_H

#include <jansson.h>

#include "meshctl/base/buf.h"

void yaml_go_syntax(struct buf *out, const json_t *value);

#endif
