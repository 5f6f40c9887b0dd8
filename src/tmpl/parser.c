#include "parser.h"

#include <stdlib.h>
#include <string.h>

void parser_init(struct parser *p, struct parse_text *text)
{
    *p = (struct parser){.text = text};
    p->vars = mem_grow(p->vars, &p->vars_cap, 1, sizeof(*p->vars));
    p->vars[p->vars_count++] = (struct tval_string){.data = "$", .len = 1};
}

void parser_release(struct parser *p)
{
    free(p->vars);
}

/* ---- look-ahead ---- */

struct token parser_next(struct parser *p)
{
    if (p->peek_count > 0)
        p->peek_count--;
    else
        p->token[0] = lexer_next(&p->text->lexer);
    return p->token[p->peek_count];
}

void parser_backup(struct parser *p)
{
    p->peek_count++;
}

void parser_backup2(struct parser *p, struct token first)
{
    p->token[1] = first;
    p->peek_count = 2;
}

void parser_backup3(struct parser *p, struct token first, struct token second)
{
    p->token[1] = second;
    p->token[2] = first;
    p->peek_count = 3;
}

struct token parser_peek(struct parser *p)
{
    struct token t = parser_next(p);
    parser_backup(p);
    return t;
}

struct token parser_next_word(struct parser *p)
{
    for (;;) {
        struct token t = parser_next(p);
        if (t.type != TOKEN_SPACE)
            return t;
    }
}

struct token parser_peek_word(struct parser *p)
{
    struct token t = parser_next_word(p);
    parser_backup(p);
    return t;
}

/* ---- errors ---- */

int parser_fail(struct parser *p, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *message = mem_vprintf(fmt, ap);
    va_end(ap);
    const char *name = p->text->source->name.data;
    unsigned line = p->token[0].line;
    error_set(p->text->err, ERROR_INPUT, "template: %s:%u: %s", name, line, message);
    return error_where(p->text->err, "%s:%u", name, line);
}

int parser_fail_node(struct parser *p, const char *before, const struct node *n, const char *after)
{
    AUTO_BUF text = BUF_INIT;
    node_print(&text, n);
    return parser_fail(p, "%s%s%s", before, buf_str(&text), after);
}

/* For an error token that ends an action begun on another line: where it began. */
static void describe_action(struct parser *p, const struct token *t, struct buf *out)
{
    if (!p->action_line || p->action_line == t->line)
        return;
    bool says_action = t->len >= 7 && memcmp(t->text + t->len - 7, " action", 7) == 0;
    buf_appendf(out, "%s started at %s:%u", says_action ? "" : " in action",
                p->text->source->name.data, p->action_line);
}

int parser_unexpected(struct parser *p, struct token t, const char *context)
{
    AUTO_BUF text = BUF_INIT;
    token_describe(&text, &t);
    if (t.type != TOKEN_ERROR)
        return parser_fail(p, "unexpected %s in %s", buf_str(&text), context);
    describe_action(p, &t, &text);
    return parser_fail(p, "%s", buf_str(&text));
}

int parser_expect(struct parser *p, enum token_type type, const char *context,
                  struct token *ret_token)
{
    *ret_token = parser_next_word(p);
    return ret_token->type == type ? 0 : parser_unexpected(p, *ret_token, context);
}

/* ---- nodes ---- */

struct node *parser_node(struct parser *p, enum node_type type, size_t pos)
{
    struct node *n = arena_alloc(p->text->a, sizeof(*n));
    n->type = type;
    n->pos = (uint32_t)pos;
    return n;
}

void node_vec_add(struct node_vec *v, struct node *n)
{
    v->items = mem_grow(v->items, &v->cap, v->count + 1, sizeof(struct node *));
    v->items[v->count++] = n;
}

struct node_list node_vec_list(struct arena *a, const struct node_vec *v)
{
    struct node_list list = {.items = arena_alloc(a, v->count * sizeof(struct node *)),
                             .count = v->count};
    if (v->count)
        memcpy(list.items, v->items, v->count * sizeof(struct node *));
    return list;
}

void node_vec_release(struct node_vec *v)
{
    free(v->items);
}
