/* TOML in and out as BurntSushi/toml v1.6.0 does it, with Go's kinds: int64, float64, time.Time,
 * []interface {}, and []map[string]interface {} for arrays of tables.
 *
 * TOML is read into template values and not into JSON, which has neither dates, nor NaN, nor the
 * difference between the two kinds of arrays, all of which a template can see. */
#ifndef MESHCTL_TOML_TOML_H
#define MESHCTL_TOML_TOML_H

#include "meshctl/base/buf.h"
#include "meshctl/value/value.h"

#define TOML_MAX_TEXT ((size_t)16 * 1024 * 1024) /* bytes of a document */
#define TOML_MAX_DEPTH 1000                      /* nested values; parts of a table's path */
/* Bytes of paths that the account of tables goes through: long paths cost their length squared. */
#define TOML_MAX_WORK ((uint64_t)1 << 28)
#define TOML_MAX_VALUES 10000000 /* list elements that the writer looks at, again and again */

/* Reads TOML 1.1. On failure -1 and *ret_error is the text of Go's error ("toml: line 1 (last key
 * \"a\"): ..."), a string that may hold NULs. */
int toml_read(struct arena *a, const char *text, size_t len, struct tval *ret,
              struct tval *ret_error) MC_WARN_UNUSED;

/* Appends. Tables are indented by two spaces a level, keys in Go's order, values before tables; nil
 * in a table is left out. The message of an error is Go's. */
int toml_write(struct buf *out, struct arena *a, struct tval v, struct error **err) MC_WARN_UNUSED;

/* "KEY" with TOML's escapes. */
void toml_write_quoted(struct buf *out, struct tval_string s);
/* One part of a key: bare where that can be, else in quotes. */
void toml_write_key(struct buf *out, struct tval_string s);
/* The parts of a path, joined by dots. */
void toml_write_path(struct buf *out, const struct tval_string *parts, size_t count);

#endif
