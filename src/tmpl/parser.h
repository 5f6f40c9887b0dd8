/* The parser's state: one for the text, one more for the body of each `define` and `block`, as in
 * Go, with its own variables and look-ahead over the same lexer. */
#ifndef MESHCTL_TMPL_PARSER_H
#define MESHCTL_TMPL_PARSER_H

#include "lex.h"
#include "parse.h"

#define PARSER_MAX_VARS 100000 /* visible at one place */
#define PARSER_MAX_TREES 10000 /* defines of one text */

/* What all bodies of one text share. */
struct parse_text {
    struct arena *a;
    int helm_major;
    const struct tsource *source;
    struct lexer lexer;
    struct ttree **trees;
    size_t trees_count;
    size_t trees_cap;
    struct error **err;
};

struct parser {
    struct parse_text *text;
    struct token token[3]; /* look-ahead */
    int peek_count;
    struct tval_string *vars; /* names in sight */
    size_t vars_count;
    size_t vars_cap;
    unsigned action_line;
    unsigned range_depth;
    unsigned paren_depth;
};

void parser_init(struct parser *p, struct parse_text *text);
void parser_release(struct parser *p);

struct token parser_next(struct parser *p);
struct token parser_peek(struct parser *p);
struct token parser_next_word(struct parser *p); /* past spaces */
struct token parser_peek_word(struct parser *p);
void parser_backup(struct parser *p);
/* Puts back tokens that came before the one read last. */
void parser_backup2(struct parser *p, struct token first);
void parser_backup3(struct parser *p, struct token first, struct token second);

/* Each sets the error and returns -1. */
int parser_fail(struct parser *p, const char *fmt, ...) MC_PRINTF(2, 3);
/* FORMAT with %s for the node's text, quoted when `quote`. */
int parser_fail_node(struct parser *p, const char *before, const struct node *n, const char *after);
int parser_unexpected(struct parser *p, struct token t, const char *context);
int parser_expect(struct parser *p, enum token_type type, const char *context,
                  struct token *ret_token);

struct node *parser_node(struct parser *p, enum node_type type, size_t pos);
/* `pipe [:= | =] command | command` up to the token `end`; parse_pipe.c. NULL with the error set.
 */
struct node *parser_pipeline(struct parser *p, const char *context, enum token_type end);

/* A growing list that moves into the arena at its end. */
struct node_vec {
    struct node **items;
    size_t count;
    size_t cap;
};
void node_vec_add(struct node_vec *v, struct node *n);
struct node_list node_vec_list(struct arena *a, const struct node_vec *v);
void node_vec_release(struct node_vec *v);

#endif
