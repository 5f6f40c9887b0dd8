#include <string.h>

#include "literal.h"
#include "parser.h"
#include "stack.h"
#include "tmap.h"

/* Pipelines, commands, operands and terms (Go parse.go pipeline and below). */

static struct node_name name_of(const char *text, size_t len)
{
    return (struct node_name){.data = text, .len = len, .hash = tmap_hash(text, len)};
}

/* A FIELD or VARIABLE of one name. */
static struct node *name_node(struct parser *p, enum node_type type, const struct token *t)
{
    struct node *n = parser_node(p, type, t->pos);
    size_t skip = type == NODE_FIELD ? 1 : 0;
    n->chain.names = arena_alloc(p->text->a, sizeof(*n->chain.names));
    n->chain.names[0] = name_of(t->text + skip, t->len - skip);
    n->chain.count = 1;
    return n;
}

/* Returns the identifier's node or NULL with the error set. */
static struct node *function_node(struct parser *p, const struct token *t)
{
    const struct tfunc *func = tfunc_find(t->text, t->len);
    if (!func || (p->text->helm_major < 4 && tfunc_is_helm4(func))) {
        AUTO_BUF quoted = BUF_INIT;
        tprint_quote(&quoted, t->text, t->len);
        parser_fail(p, "function %s not defined", buf_str(&quoted));
        return NULL;
    }
    struct node *n = parser_node(p, NODE_IDENTIFIER, t->pos);
    n->ident.func = func;
    return n;
}

static struct node *variable_node(struct parser *p, const struct token *t)
{
    for (size_t i = 0; i < p->vars_count; i++) {
        if (p->vars[i].len == t->len && memcmp(p->vars[i].data, t->text, t->len) == 0)
            return name_node(p, NODE_VARIABLE, t);
    }
    AUTO_BUF quoted = BUF_INIT;
    tprint_quote(&quoted, t->text, t->len);
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
    n->string.quoted = (struct tval_string){.data = t->text, .len = t->len};
    const char *message = literal_unquote(p->text->a, t, &n->string.value);
    if (!message)
        return n;
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
    struct token t = parser_next_word(p);
    switch (t.type) {
    case TOKEN_IDENTIFIER:
        *ret_node = function_node(p, &t);
        break;
    case TOKEN_DOT:
        *ret_node = parser_node(p, NODE_DOT, t.pos);
        break;
    case TOKEN_NIL:
        *ret_node = parser_node(p, NODE_NIL, t.pos);
        break;
    case TOKEN_VARIABLE:
        *ret_node = variable_node(p, &t);
        break;
    case TOKEN_FIELD:
        *ret_node = name_node(p, NODE_FIELD, &t);
        break;
    case TOKEN_BOOL:
        *ret_node = bool_node(p, &t);
        break;
    case TOKEN_CHAR_CONSTANT:
    case TOKEN_COMPLEX:
    case TOKEN_NUMBER:
        *ret_node = number_node(p, &t);
        break;
    case TOKEN_LEFT_PAREN:
        *ret_node = paren_node(p);
        break;
    case TOKEN_STRING:
    case TOKEN_RAW_STRING:
        *ret_node = string_node(p, &t);
        break;
    default:
        parser_backup(p);
        return 0;
    }
    return *ret_node ? 1 : -1;
}

/* The fields that follow a term; a field or variable takes them into itself. */
static struct node *chain_node(struct parser *p, struct node *base)
{
    struct node *n = parser_node(p, NODE_CHAIN, parser_peek(p).pos);
    bool merge = base->type == NODE_FIELD || base->type == NODE_VARIABLE;
    AUTO_BUF names = BUF_INIT;
    if (merge) {
        n->type = base->type;
        buf_append(&names, base->chain.names, base->chain.count * sizeof(struct node_name));
    } else {
        n->chain.base = base;
    }
    while (parser_peek(p).type == TOKEN_FIELD) {
        struct token t = parser_next(p);
        struct node_name name = name_of(t.text + 1, t.len - 1);
        buf_append(&names, &name, sizeof(name));
    }
    n->chain.count = names.len / sizeof(struct node_name);
    n->chain.names = arena_alloc(p->text->a, names.len);
    memcpy(n->chain.names, names.data, names.len);
    return n;
}

static int operand(struct parser *p, struct node **ret_node)
{
    int found = term(p, ret_node);
    if (found <= 0 || parser_peek(p).type != TOKEN_FIELD)
        return found;
    struct node *base = *ret_node;
    *ret_node = chain_node(p, base);
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
    tprint_quote(&quoted, buf_str(&text), text.len);
    return parser_fail(p, "unexpected . after term %s", buf_str(&quoted));
}

/* 1 to go on with the next operand, 0 at the end of the command, -1. */
static int after_operand(struct parser *p)
{
    struct token t = parser_next(p);
    switch (t.type) {
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

static int operands(struct parser *p, struct node_vec *args)
{
    int more = 1;
    while (more > 0) {
        parser_peek_word(p);
        struct node *n;
        int found = operand(p, &n);
        if (found < 0)
            return -1;
        if (found)
            node_vec_add(args, n);
        more = after_operand(p);
    }
    return more;
}

static struct node *command(struct parser *p)
{
    struct node *n = parser_node(p, NODE_COMMAND, parser_peek_word(p).pos);
    MC_CLEANUP(node_vec_release) struct node_vec args = {0};
    if (operands(p, &args) < 0)
        return NULL;
    if (!args.count) {
        parser_fail(p, "empty command");
        return NULL;
    }
    n->list = node_vec_list(p->text->a, &args);
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
    pipe->pipe.decl[pipe->pipe.decl_count++] = name_node(p, NODE_VARIABLE, variable);
    p->vars = mem_grow(p->vars, &p->vars_cap, p->vars_count + 1, sizeof(*p->vars));
    p->vars[p->vars_count++] = (struct tval_string){.data = variable->text, .len = variable->len};
    return 0;
}

/* After "$x,": 1 when a second variable of a range follows. */
static int after_comma(struct parser *p, const struct node *pipe, const char *context)
{
    if (strcmp(context, "range") != 0 || pipe->pipe.decl_count >= 2)
        return parser_fail(p, "too many declarations in %s", context);
    switch (parser_peek_word(p).type) {
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
    struct token variable = parser_peek_word(p);
    if (variable.type != TOKEN_VARIABLE)
        return 0;
    parser_next(p);
    /* A space is a token: "$x foo" and "$x := foo" part only at the third one. */
    struct token after = parser_peek(p);
    struct token word = parser_peek_word(p);
    if (word.type == TOKEN_ASSIGN || word.type == TOKEN_DECLARE) {
        pipe->pipe.is_assign = word.type == TOKEN_ASSIGN;
        return declare(p, pipe, &variable);
    }
    if (word.type == TOKEN_CHAR && word.text[0] == ',') {
        if (declare(p, pipe, &variable) < 0)
            return -1;
        return after_comma(p, pipe, context);
    }
    if (after.type == TOKEN_SPACE)
        parser_backup3(p, variable, after);
    else
        parser_backup2(p, variable);
    return 0;
}

static int declarations(struct parser *p, struct node *pipe, const char *context)
{
    int more = 1;
    while (more > 0)
        more = declaration(p, pipe, context);
    return more;
}

static int commands(struct parser *p, const char *context, enum token_type end,
                    struct node_vec *list)
{
    for (;;) {
        struct token t = parser_next_word(p);
        if (t.type == end)
            return 0;
        switch (t.type) {
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
        node_vec_add(list, n);
    }
}

struct node *parser_pipeline(struct parser *p, const char *context, enum token_type end)
{
    struct node *pipe = parser_node(p, NODE_PIPE, parser_peek_word(p).pos);
    if (declarations(p, pipe, context) < 0)
        return NULL;
    MC_CLEANUP(node_vec_release) struct node_vec list = {0};
    if (commands(p, context, end, &list) < 0)
        return NULL;
    pipe->pipe.commands = node_vec_list(p->text->a, &list);
    return check_pipeline(p, pipe, context) < 0 ? NULL : pipe;
}
