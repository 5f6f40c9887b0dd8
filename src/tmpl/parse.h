/* From text to trees (Go text/template/parse parse.go). */
#ifndef MESHCTL_TMPL_PARSE_H
#define MESHCTL_TMPL_PARSE_H

#include "node.h"

/* What one text defines: its own body and every `define` and `block` in it. In the arena. */
struct tunit {
    struct ttree **trees;
    size_t count;
    struct ttree *main; /* the tree that has the text's own name */
};

/* Parses `text` (borrowed by the trees) under `name` (copied); only those functions are
 * known. Error: "template: NAME:LINE: MSG", where = NAME:LINE. */
int tunit_parse(struct arena *a, const struct tfuncs *functions, const char *name, size_t name_len,
                const char *text, size_t len, struct tunit *ret_unit, struct error **err)
    MC_WARN_UNUSED;
/* The tree of that name in the unit, or NULL. */
struct ttree *tunit_find(const struct tunit *unit, const char *name, size_t len);

#endif
