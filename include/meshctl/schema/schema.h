/* JSON Schema, as Helm has it with github.com/santhosh-tekuri/jsonschema v6.0.3: drafts 4, 6, 7,
 * 2019-09 and 2020-12, by $schema, 2020-12 without one. Thread-safe.
 *
 * Differences: only the metaschemas of json-schema.org are there to be referred to; another
 * document is refused where Helm reads it from the net or from the disk. Members are looked at in
 * the order of the text, where Go's order is random. */
#ifndef MESHCTL_SCHEMA_SCHEMA_H
#define MESHCTL_SCHEMA_SCHEMA_H

#include "meshctl/base/buf.h"
#include "meshctl/base/strlist.h"
#include "meshctl/data/json.h"

#define SCHEMA_MAX_TEXT ((size_t)1024 * 1024) /* of one schema's errors; the rest is left out */

/* 0 when the values fit the schema whose text that is. 1 with the errors appended to `out`, a line
 * each, when they do not, or when it is no schema. What Helm passes over with a warning, or in
 * silence (keywords that no draft has), is appended to `warnings`, which may be NULL. */
int schema_check_text(const char *text, size_t len, const json_t *values, struct strlist *warnings,
                      struct buf *out) MC_WARN_UNUSED;

#endif
