/* libyaml 0.2.5 refuses a plain scalar that ends in ':' right before ',', ']' or '}', as in
 * [10.0.0.1, fd00::], or before '[' or '{', and the escape \' in double quotes. go-yaml v2 takes
 * them, and charts in the wild have the first kind. */
#ifndef MESHCTL_DATA_YAML_REPAIR_H
#define MESHCTL_DATA_YAML_REPAIR_H

#include <stdbool.h>

#include "meshctl/base/buf.h"
#include "yaml_source.h"

/* So many in one text; each costs reading it from the start. */
#define YAML_MAX_REPAIRS 64

/* When that is what the source failed with: true, and the text with the scalar in other quotes is
 * in the empty buffer. Columns behind it on its line are then off by two, or one an apostrophe. */
bool yaml_repair(const struct yaml_source *s, struct buf *ret_text);

#endif
