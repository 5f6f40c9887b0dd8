/* Names and texts as Go's path, fmt and strconv packages handle them. */
#ifndef MESHCTL_CHART_NAMES_H
#define MESHCTL_CHART_NAMES_H

#include <stdint.h>

#include "meshctl/data/json.h"

/* Go path.Clean; yours to free. */
char *name_clean_dup(const char *path);
/* The part behind the last slash; borrowed. */
const char *name_base(const char *path);
/* Go path.Ext: from the last dot of the last element, "" when there is none; borrowed. */
const char *name_ext(const char *path);

/* Appends Go's %q of the bytes (strconv.Quote without its tables of printable runes: what is valid
 * UTF-8 and no control character stays). */
void name_append_quoted(struct buf *out, const char *s, size_t len);
char *name_quoted_dup(const char *s);
/* strconv.FormatFloat(v, 'g', -1, 64): shortest digits, an exponent below 1e-04 and from 1e+06 on.
 * That is what sigs.k8s.io/yaml makes of a number where a string is wanted, and what %v prints. */
void name_append_float(struct buf *out, double v);
/* Appends Go's %v of a decoded value: "map[a:1 b:[x <nil>]]". */
void name_append_go_value(struct buf *out, const json_t *v);
/* Go's name of the dynamic type: "map[string]interface {}", "nil" ... */
const char *name_go_type(const json_t *v);

/* The JSON type as encoding/json names it: "object", "array", "string", "bool", "number", "null".
 */
const char *name_json_type(const json_t *v);

/* unicode.IsSpace. */
bool name_is_space(uint32_t rune);
/* strings.TrimSpace on a range. */
void name_trim(const char **s, size_t *len);
void name_trim_left(const char **s, size_t *len);

#endif
