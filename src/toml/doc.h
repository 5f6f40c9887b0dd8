/* A TOML document while it is read: the tables so far and which of them may still be opened again,
 * as BurntSushi/toml v1.6.0 parse.go keeps account of it. One thread at a time. */
#ifndef MESHCTL_TOML_DOC_H
#define MESHCTL_TOML_DOC_H

#include "scan.h"

/* A key of several parts, or the path of a table. */
struct toml_key {
    struct tval_string *parts;
    size_t count;
    size_t cap;
};

struct toml_doc {
    struct arena *a; /* what the result is made in */
    struct toml_scan scan;
    struct tmap *root;
    struct arena *notes;   /* the two maps below, which end with the reading */
    struct tmap *implicit; /* paths that came to be as part of longer ones */
    struct tmap *arrays;   /* paths whose value is an array that is no array of tables */
    struct toml_key context;
    struct tval_string current; /* the key whose value is being read */
    long key_line;              /* where the last key began */
    size_t depth;               /* of nested values */
    uint64_t work;              /* against TOML_MAX_WORK */
};

void toml_doc_init(struct toml_doc *d, struct arena *a, const char *text, size_t len);
void toml_doc_release(struct toml_doc *d);

void toml_key_add(struct toml_key *key, struct tval_string part);
void toml_key_release(struct toml_key *key);

/* Opens the table of that path and makes it the context; with `array` a new one at the end of the
 * array of tables (parse.go addContext). */
int toml_open(struct toml_doc *d, const struct toml_key *path, bool array) MC_WARN_UNUSED;
/* Opens tables below the context for all parts of a dotted key but the last. */
int toml_open_parents(struct toml_doc *d, const struct toml_key *key) MC_WARN_UNUSED;
/* Opens the table that an inline table fills, under the current key. */
int toml_open_inline(struct toml_doc *d, bool in_array) MC_WARN_UNUSED;
/* Stores in the context (parse.go setValue). */
int toml_set(struct toml_doc *d, struct tval_string key, struct tval value) MC_WARN_UNUSED;
/* Whether the key of the context, or the context itself when the key is empty, holds
 * a plain array. */
int toml_note_array(struct toml_doc *d, struct tval_string key, bool is_array) MC_WARN_UNUSED;

/* "toml: line 3 (last key \"a.b\"): MESSAGE" of the scan's error. */
void toml_doc_error(const struct toml_doc *d, struct buf *out);

#endif
