/* The tokens of a template (Go text/template/parse lex.go). A lexer hands out one token at a time;
 * its text must outlive it and the tokens. */
#ifndef MESHCTL_TMPL_LEX_H
#define MESHCTL_TMPL_LEX_H

#include "meshctl/base/arena.h"
#include "meshctl/base/buf.h"

enum token_type {
    TOKEN_ERROR, /* its text is the message */
    TOKEN_BOOL,
    TOKEN_CHAR, /* some printable ASCII character, such as ',' */
    TOKEN_CHAR_CONSTANT,
    TOKEN_COMPLEX,
    TOKEN_ASSIGN,
    TOKEN_DECLARE,
    TOKEN_EOF,
    TOKEN_FIELD,
    TOKEN_IDENTIFIER,
    TOKEN_LEFT_DELIM,
    TOKEN_LEFT_PAREN,
    TOKEN_NUMBER,
    TOKEN_PIPE,
    TOKEN_RAW_STRING,
    TOKEN_RIGHT_DELIM,
    TOKEN_RIGHT_PAREN,
    TOKEN_SPACE,
    TOKEN_STRING,
    TOKEN_TEXT,
    TOKEN_VARIABLE,
    TOKEN_KEYWORD, /* only a border: the keywords follow */
    TOKEN_BLOCK,
    TOKEN_BREAK,
    TOKEN_CONTINUE,
    TOKEN_DOT,
    TOKEN_DEFINE,
    TOKEN_ELSE,
    TOKEN_END,
    TOKEN_IF,
    TOKEN_NIL,
    TOKEN_RANGE,
    TOKEN_TEMPLATE,
    TOKEN_WITH,
};

struct token {
    enum token_type type;
    unsigned line; /* where it starts, from 1 */
    size_t pos;    /* in the template's text */
    const char *text;
    size_t len;
};

struct lexer {
    struct arena *a; /* for messages */
    const char *input;
    size_t len;
    size_t pos;
    size_t start; /* of the token at hand */
    unsigned line;
    unsigned start_line;
    int paren_depth;
    bool inside_action;
    struct token *token; /* the one at hand */
};

void lexer_init(struct lexer *l, struct arena *a, const char *input, size_t len);
void lexer_next(struct lexer *l, struct token *ret_token);
/* As Go's item.String: how a token stands in an error message. */
void token_describe(struct buf *out, const struct token *t);

#endif
