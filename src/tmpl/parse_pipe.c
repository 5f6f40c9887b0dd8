/* Pipelines, commands, operands and terms (Go parse.go pipeline and below). */
#include <string.h>

#include "literal.h"
#include "meshctl/value/tmap.h"
#include "parser.h"
#include "stack.h"

/* ---- chains of names ---- */

static void add_name(struct parser *p, const char *text, size_t len)
{
    struct parse_text *shared = p->text;
    shared->names = mem_grow(shared->names, &shared->names_cap, shared->names_count + 1,
                             sizeof(*shared->names));
    shared->names[shared->names_count++] =
        (struct node_name){.data = text, .len = (uint32_t)len, .hash = tmap_hash(text, len)};
}

/* The fields that follow a term. As in Go the first of them is the place of the whole. */
static void add_fields(struct parser *p, struct node *n)
{
    const struct token *t = parser_peek(p);
    if (t->type == TOKEN_FIELD)
        n->pos = (uint32_t)t->pos;
    for (; t->type == TOKEN_FIELD; t = parser_peek(p)) {
        add_name(p, t->text + 1, t->len - 1);
        parser_next(p);
    }
}

static void take_names(struct parser *p, struct node *n)
{
    struct parse_text *shared = p->text;
    size_t size = shared->names_count * sizeof(*shared->names);
    n->chain.count = shared->names_count;
    n->chain.names = arena_alloc(shared->a, size);
    memcpy(n->chain.names, shared->names, size);
    shared->names_count = 0;
}

/* A FIELD with those that follow. */
static struct node *field_node(struct parser *p, const struct token *t)
{
    struct node *n = parser_node(p, NODE_FIELD, t->pos);
    add_name(p, t->text + 1, t->len - 1);
    add_fields(p, n);
    take_names(p, n);
    return n;
}

/* ---- terms ---- */

/* Returns the identifier's node or NULL with the error set. */
static struct node *function_node(struct parser *p, const struct token *t)
{
    const struct tfunc *func = tfuncs_find(p->text->functions, t->text, t->len);
    if (!func) {
        AUTO_BUF quoted = BUF_INIT;
        goquote_append(&quoted, t->text, t->len);
        parser_fail(p, "function %s not defined", buf_str(&quoted));
        return NULL;
    }
    struct node *n = parser_node(p, NODE_IDENTIFIER, t->pos);
    n->ident.func = func;
    return n;
}

/* A VARIABLE in sight with the fields that follow, or NULL with the error set. */
static struct node *variable_node(struct parser *p, const struct token *t)
{
    size_t i;
    for (i = 0; i < p->vars_count; i++) {
        if (p->vars[i].len == t->len && memcmp(p->vars[i].data, t->text, t->len) == 0)
            break;
    }
    if (i < p->vars_count) {
        struct node *n = parser_node(p, NODE_VARIABLE, t->pos);
        add_name(p, t->text, t->len);
        add_fields(p, n);
        take_names(p, n);
        return n;
    }
    AUTO_BUF quoted = BUF_INIT;
    goquote_append(&quoted, t->text, t->len);
    parser_fail(p, "undefined variable %s", buf_str(&quoted));
    return NULL;
}

static struct node *number_node(struct parser *p, const struct token *t)
{
    struct node *n = parser_node(p, NODE_NUMBER, t->pos);
    n->number = arena_alloc(p->text->a, sizeof(*n->number));
    const char *message = literal_number(p->text->a, t, n->number);
    if (!message)
        return n;
    parser_fail(p, "%s", message);
    return NULL;
}

static struct node *string_node(struct parser *p, const struct token *t)
{
    struct node *n = parser_node(p, NODE_STRING, t->pos);
    struct tval_string value;
    n->string.quoted = t->text;
    n->string.quoted_len = (uint32_t)t->len;
    const char *message = literal_unquote(p->text->a, t, &value);
    if (!message) {
        n->string.value = value.data;
        n->string.value_len = (uint32_t)value.len;
        return n;
    }
    parser_fail(p, "%s", message);
    return NULL;
}

static struct node *bool_node(struct parser *p, const struct token *t)
{
    struct node *n = parser_node(p, NODE_BOOL, t->pos);
    n->truth = t->text[0] == 't';
    return n;
}

static struct node *paren_node(struct parser *p)
{
    if (p->paren_depth >= TMPL_MAX_DEPTH || stack_is_low()) {
        parser_fail(p, "max expression depth exceeded");
        return NULL;
    }
    p->paren_depth++;
    struct node *n = parser_pipeline(p, "parenthesized pipeline", TOKEN_RIGHT_PAREN);
    p->paren_depth--;
    return n;
}

/* 1 with a node, 0 when the next token starts no term (it is put back), -1 with the error set. */
static int term(struct parser *p, struct node **ret_node)
{
    const struct token *t = parser_next_word(p);
    switch (t->type) {
    case TOKEN_IDENTIFIER:
        *ret_node = function_node(p, t);
        break;
    case TOKEN_DOT:
        *ret_node = parser_node(p, NODE_DOT, t->pos);
        break;
    case TOKEN_NIL:
        *ret_node = parser_node(p, NODE_NIL, t->pos);
        break;
    case TOKEN_VARIABLE:
        *ret_node = variable_node(p, t);
        break;
    case TOKEN_FIELD:
        *ret_node = field_node(p, t);
        break;
    case TOKEN_BOOL:
        *ret_node = bool_node(p, t);
        break;
    case TOKEN_CHAR_CONSTANT:
    case TOKEN_COMPLEX:
    case TOKEN_NUMBER:
        *ret_node = number_node(p, t);
        break;
    case TOKEN_LEFT_PAREN:
        *ret_node = paren_node(p);
        break;
    case TOKEN_STRING:
    case TOKEN_RAW_STRING:
        *ret_node = string_node(p, t);
        break;
    default:
        parser_backup(p);
        return 0;
    }
    return *ret_node ? 1 : -1;
}

static int operand(struct parser *p, struct node **ret_node)
{
    int found = term(p, ret_node);
    if (found <= 0 || parser_peek(p)->type != TOKEN_FIELD)
        return found;
    struct node *base = *ret_node;
    struct node *n = parser_node(p, NODE_CHAIN, 0);
    n->chain.base = base;
    add_fields(p, n);
    take_names(p, n);
    *ret_node = n;
    switch (base->type) {
    case NODE_BOOL:
    case NODE_STRING:
    case NODE_NUMBER:
    case NODE_NIL:
    case NODE_DOT:
        break;
    default:
        return 1;
    }
    AUTO_BUF text = BUF_INIT;
    AUTO_BUF quoted = BUF_INIT;
    node_print(&text, base);
    goquote_append(&quoted, buf_str(&text), text.len);
    return parser_fail(p, "unexpected . after term %s", buf_str(&quoted));
}

/* ---- commands ---- */

/* 1 to go on with the next operand, 0 at the end of the command, -1. */
static int after_operand(struct parser *p)
{
    const struct token *t = parser_next(p);
    switch (t->type) {
    case TOKEN_SPACE:
        return 1;
    case TOKEN_RIGHT_DELIM:
    case TOKEN_RIGHT_PAREN:
        parser_backup(p);
        return 0;
    case TOKEN_PIPE:
        return 0;
    default:
        return parser_unexpected(p, t, "operand");
    }
}

static int operands(struct parser *p)
{
    int more = 1;
    while (more > 0) {
        parser_peek_word(p);
        struct node *n;
        int found = operand(p, &n);
        if (found < 0)
            return -1;
        if (found)
            parser_add_node(p, n);
        more = after_operand(p);
    }
    return more;
}

static struct node *command(struct parser *p)
{
    struct node *n = parser_node(p, NODE_COMMAND, parser_peek_word(p)->pos);
    size_t mark = p->text->nodes_count;
    if (operands(p) < 0)
        return NULL;
    if (p->text->nodes_count == mark) {
        parser_fail(p, "empty command");
        return NULL;
    }
    n->list = parser_take_list(p, mark);
    return n;
}

/* Only the first stage may be something that cannot be called. */
static int check_pipeline(struct parser *p, const struct node *pipe, const char *context)
{
    if (!pipe->pipe.commands.count)
        return parser_fail(p, "missing value for %s", context);
    for (size_t i = 1; i < pipe->pipe.commands.count; i++) {
        switch (pipe->pipe.commands.items[i]->list.items[0]->type) {
        case NODE_BOOL:
        case NODE_DOT:
        case NODE_NIL:
        case NODE_NUMBER:
        case NODE_STRING:
            return parser_fail(p, "non executable command in pipeline stage %zu", i + 1);
        default:
            break;
        }
    }
    return 0;
}

static int declare(struct parser *p, struct node *pipe, const struct token *variable)
{
    parser_next_word(p);
    if (p->vars_count >= PARSER_MAX_VARS)
        return parser_fail(p, "too many variables");
    struct node *n = parser_node(p, NODE_VARIABLE, variable->pos);
    add_name(p, variable->text, variable->len);
    take_names(p, n);
    if (!pipe->pipe.decl)
        pipe->pipe.decl = arena_alloc(p->text->a, PIPE_MAX_DECL * sizeof(struct node *));
    pipe->pipe.decl[pipe->decl_count++] = n;
    p->vars = mem_grow(p->vars, &p->vars_cap, p->vars_count + 1, sizeof(*p->vars));
    p->vars[p->vars_count++] = (struct tval_string){.data = variable->text, .len = variable->len};
    return 0;
}

/* After "$x,": 1 when a second variable of a range follows. */
static int after_comma(struct parser *p, const struct node *pipe, const char *context)
{
    if (strcmp(context, "range") != 0 || pipe->decl_count >= PIPE_MAX_DECL)
        return parser_fail(p, "too many declarations in %s", context);
    switch (parser_peek_word(p)->type) {
    case TOKEN_VARIABLE:
    case TOKEN_RIGHT_DELIM:
    case TOKEN_RIGHT_PAREN:
        return 1;
    default:
        return parser_fail(p, "range can only initialize variables");
    }
}

/* "$x :=", "$x =", and in range "$i, $x :=". 1 to look for one more, 0 when done, -1. */
static int declaration(struct parser *p, struct node *pipe, const char *context)
{
    const struct token variable = *parser_peek_word(p);
    if (variable.type != TOKEN_VARIABLE)
        return 0;
    /* A space is a token: "$x foo" and "$x := foo" part only at the third one. */
    unsigned mark = parser_mark(p);
    parser_next(p);
    const struct token *word = parser_peek_word(p);
    if (word->type == TOKEN_ASSIGN || word->type == TOKEN_DECLARE) {
        pipe->is_assign = word->type == TOKEN_ASSIGN;
        return declare(p, pipe, &variable);
    }
    if (word->type == TOKEN_CHAR && word->text[0] == ',') {
        if (declare(p, pipe, &variable) < 0)
            return -1;
        return after_comma(p, pipe, context);
    }
    parser_rewind(p, mark);
    return 0;
}

static int declarations(struct parser *p, struct node *pipe, const char *context)
{
    int more = 1;
    while (more > 0)
        more = declaration(p, pipe, context);
    return more;
}

static int commands(struct parser *p, const char *context, enum token_type end)
{
    for (;;) {
        const struct token *t = parser_next_word(p);
        if (t->type == end)
            return 0;
        switch (t->type) {
        case TOKEN_BOOL:
        case TOKEN_CHAR_CONSTANT:
        case TOKEN_COMPLEX:
        case TOKEN_DOT:
        case TOKEN_FIELD:
        case TOKEN_IDENTIFIER:
        case TOKEN_NUMBER:
        case TOKEN_NIL:
        case TOKEN_RAW_STRING:
        case TOKEN_STRING:
        case TOKEN_VARIABLE:
        case TOKEN_LEFT_PAREN:
            break;
        default:
            return parser_unexpected(p, t, context);
        }
        parser_backup(p);
        struct node *n = command(p);
        if (!n)
            return -1;
        parser_add_node(p, n);
    }
}

struct node *parser_pipeline(struct parser *p, const char *context, enum token_type end)
{
    struct node *pipe = parser_node(p, NODE_PIPE, parser_peek_word(p)->pos);
    size_t mark = p->text->nodes_count;
    if (declarations(p, pipe, context) < 0 || commands(p, context, end) < 0)
        return NULL;
    pipe->pipe.commands = parser_take_list(p, mark);
    return check_pipeline(p, pipe, context) < 0 ? NULL : pipe;
}
