/* What all parts of the parser use: tokens, nodes, variables, errors. */
#include "parser.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/budget.h"

#define LOOK_TOKENS 64

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

void parser_lex(struct parser *p)
{
    struct parse_text *text = p->text;
    struct token *t = &text->tokens[text->lexed++ % PARSER_LOOK_AHEAD];
    lexer_next(&text->lexer, t);
    if (text->lexed % LOOK_TOKENS == 0 && budget_look())
        t->type = TOKEN_ERROR;
    p->line = t->line;
}

/* ---- errors ---- */

/* The error is the budget's when that is over. */
static int fail_budget(struct parser *p)
{
    budget_fail(p->text->err);
    error_wrap(p->text->err, "template: %s:%u", p->text->source->name.data, p->line);
    return error_where(p->text->err, "%s:%u", p->text->source->name.data, p->line);
}

int parser_fail(struct parser *p, const char *fmt, ...)
{
    if (budget_is_over())
        return fail_budget(p);
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *message = mem_vprintf(fmt, ap);
    va_end(ap);
    const char *name = p->text->source->name.data;
    error_set(p->text->err, ERROR_INPUT, "template: %s:%u: %s", name, p->line, message);
    return error_where(p->text->err, "%s:%u", name, p->line);
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

int parser_unexpected(struct parser *p, const struct token *t, const char *context)
{
    AUTO_BUF text = BUF_INIT;
    token_describe(&text, t);
    if (t->type != TOKEN_ERROR)
        return parser_fail(p, "unexpected %s in %s", buf_str(&text), context);
    describe_action(p, t, &text);
    return parser_fail(p, "%s", buf_str(&text));
}

const struct token *parser_expect(struct parser *p, enum token_type type, const char *context)
{
    const struct token *t = parser_next_word(p);
    if (t->type == type)
        return t;
    parser_unexpected(p, t, context);
    return NULL;
}

/* ---- nodes ---- */

struct node *parser_node(struct parser *p, enum node_type type, size_t pos)
{
    struct node *n = arena_alloc(p->text->a, sizeof(*n));
    n->type = (uint8_t)type;
    n->pos = (uint32_t)pos;
    return n;
}

void parser_add_node(struct parser *p, struct node *n)
{
    struct parse_text *text = p->text;
    text->nodes =
        mem_grow(text->nodes, &text->nodes_cap, text->nodes_count + 1, sizeof(struct node *));
    text->nodes[text->nodes_count++] = n;
}

struct node_list parser_take_list(struct parser *p, size_t mark)
{
    struct parse_text *text = p->text;
    size_t count = text->nodes_count - mark;
    struct node_list list = {.items = arena_alloc(text->a, count * sizeof(struct node *)),
                             .count = count};
    if (count)
        memcpy(list.items, text->nodes + mark, count * sizeof(struct node *));
    text->nodes_count = mark;
    return list;
}
