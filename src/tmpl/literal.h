/* The values of quoted strings, character constants and numbers as written in a template
 * (Go strconv Unquote, UnquoteChar, ParseInt base 0, ParseFloat; parse/node.go newNumber). */
#ifndef MESHCTL_TMPL_LITERAL_H
#define MESHCTL_TMPL_LITERAL_H

#include "lex.h"
#include "node.h"

/* Each returns NULL, or Go's error text (in the arena or static). */
const char *literal_unquote(struct arena *a, const struct token *t, struct tval_string *ret_value);
const char *literal_number(struct arena *a, const struct token *t, struct node_number *ret_number);

#endif
