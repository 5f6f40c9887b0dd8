/* The parser's state: one for the text, one more for the body of each `define` and `block`, as in
 * Go, with its own variables. The look-ahead is one: a body begins and ends where none is. */
#ifndef MESHCTL_TMPL_PARSER_H
#define MESHCTL_TMPL_PARSER_H

#include "lex.h"
#include "parse.h"

#define PARSER_MAX_VARS 100000 /* visible at one place */
#define PARSER_MAX_TREES 10000 /* defines of one text */

#define PARSER_LOOK_AHEAD 4 /* tokens: a word, the space and the word behind it; a power of two */

/* What all bodies of one text share. */
struct parse_text {
    struct arena *a;
    const struct tfuncs *functions;
    const struct tsource *source;
    struct lexer lexer;
    struct token tokens[PARSER_LOOK_AHEAD]; /* the last ones, in a ring */
    unsigned lexed, read;                   /* how many so far */
    struct ttree **trees;
    size_t trees_count;
    size_t trees_cap;
    /* Parts of what is being parsed, before they move into the arena: nodes of the open lists, one
     * within the other, and names of a chain. */
    struct node **nodes;
    size_t nodes_count;
    size_t nodes_cap;
    struct node_name *names;
    size_t names_count;
    size_t names_cap;
    struct error **err;
};

struct parser {
    struct parse_text *text;
    unsigned line;            /* of the token that it took from the lexer last; errors name it */
    struct tval_string *vars; /* names in sight */
    size_t vars_count;
    size_t vars_cap;
    unsigned action_line;
    unsigned range_depth;
    unsigned paren_depth;
};

void parser_init(struct parser *p, struct parse_text *text);
void parser_release(struct parser *p);

/* Takes one more token from the lexer. */
void parser_lex(struct parser *p);

/* A token stays what it is until PARSER_LOOK_AHEAD more are read. */
static inline const struct token *parser_peek(struct parser *p)
{
    struct parse_text *text = p->text;
    if (text->read == text->lexed)
        parser_lex(p);
    return &text->tokens[text->read % PARSER_LOOK_AHEAD];
}

static inline const struct token *parser_next(struct parser *p)
{
    const struct token *t = parser_peek(p);
    p->text->read++;
    return t;
}

/* Past spaces. */
static inline const struct token *parser_peek_word(struct parser *p)
{
    const struct token *t = parser_peek(p);
    while (t->type == TOKEN_SPACE) {
        p->text->read++;
        t = parser_peek(p);
    }
    return t;
}

static inline const struct token *parser_next_word(struct parser *p)
{
    const struct token *t = parser_peek_word(p);
    p->text->read++;
    return t;
}

static inline void parser_backup(struct parser *p)
{
    p->text->read--;
}

/* Where the next token is, and back to there: over the look-ahead at the most. */
static inline unsigned parser_mark(const struct parser *p)
{
    return p->text->read;
}

static inline void parser_rewind(struct parser *p, unsigned mark)
{
    p->text->read = mark;
}

/* Each sets the error and returns -1. */
int parser_fail(struct parser *p, const char *fmt, ...) MC_PRINTF(2, 3);
/* FORMAT with %s for the node's text, quoted when `quote`. */
int parser_fail_node(struct parser *p, const char *before, const struct node *n, const char *after);
int parser_unexpected(struct parser *p, const struct token *t, const char *context);
/* The token, NULL when it is of another type. */
const struct token *parser_expect(struct parser *p, enum token_type type, const char *context);

struct node *parser_node(struct parser *p, enum node_type type, size_t pos);
/* `pipe [:= | =] command | command` up to the token `end`; parse_pipe.c. NULL with
 * the error set. */
struct node *parser_pipeline(struct parser *p, const char *context, enum token_type end);

/* A list of nodes: those added since `mark`, which is p->text->nodes_count at its start. */
void parser_add_node(struct parser *p, struct node *n);
struct node_list parser_take_list(struct parser *p, size_t mark);

#endif
