/* Go's own functions. */
#ifndef MESHCTL_TMPL_BUILTIN_H
#define MESHCTL_TMPL_BUILTIN_H

#include "meshctl/tmpl/func.h"

extern const struct tfunc tfunc_builtin[]; /* and or not len index slice call print ... */

#endif
