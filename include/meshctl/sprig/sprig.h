/* Sprig 3.3's functions as tables for templates (tmpl/func.h), without those that Helm takes away
 * (env, expandenv) or has in a form of its own. */
#ifndef MESHCTL_SPRIG_SPRIG_H
#define MESHCTL_SPRIG_SPRIG_H

#include "meshctl/tmpl/func.h"

/* One table a topic, ended by a NULL name. */
extern const struct tfunc tfunc_strings[];
extern const struct tfunc tfunc_lists[];
extern const struct tfunc tfunc_dicts[];
extern const struct tfunc tfunc_numbers[];
extern const struct tfunc tfunc_decimals[]; /* addf, divf ...: arithmetic without rounding */
extern const struct tfunc tfunc_dates[];
extern const struct tfunc tfunc_types[];
extern const struct tfunc tfunc_encoding[]; /* base64, JSON, digests */
extern const struct tfunc tfunc_crypto[];   /* passwords, keys, certificates */
extern const struct tfunc tfunc_random[];
extern const struct tfunc tfunc_regex[];
extern const struct tfunc tfunc_paths[]; /* base, dir, ext ...; urlParse, urlJoin */
extern const struct tfunc tfunc_flow[];  /* default, ternary, coalesce, semver ... */

/* All of them. */
const struct tfunc *const *sprig_tables(size_t *ret_count);

#endif
