/* Text, actions and control structures (Go parse.go parse, itemList, textOrAction, ...Control). */
#include "parse.h"

#include <stdlib.h>
#include <string.h>

#include "literal.h"
#include "parser.h"
#include "stack.h"

static struct node *action(struct parser *p);

/* ---- the trees of a text ---- */

struct ttree *tunit_find(const struct tunit *unit, const char *name, size_t len)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct ttree *tree = unit->trees[i];
        if (tree->name.len == len && memcmp(tree->name.data, name, len) == 0)
            return tree;
    }
    return NULL;
}

static int add_tree(struct parser *p, struct ttree *tree)
{
    struct parse_text *text = p->text;
    struct tunit unit = {.trees = text->trees, .count = text->trees_count};
    struct ttree *old = tunit_find(&unit, tree->name.data, tree->name.len);
    if (old && old->empty) {
        for (size_t i = 0; i < text->trees_count; i++) {
            if (text->trees[i] == old)
                text->trees[i] = tree;
        }
        return 0;
    }
    if (old && !tree->empty) {
        AUTO_BUF quoted = BUF_INIT;
        goquote_append(&quoted, tree->name.data, tree->name.len);
        return parser_fail(p, "template: multiple definition of template %s", buf_str(&quoted));
    }
    if (old)
        return 0;
    if (text->trees_count >= PARSER_MAX_TREES)
        return parser_fail(p, "too many templates");
    text->trees =
        mem_grow(text->trees, &text->trees_cap, text->trees_count + 1, sizeof(struct ttree *));
    text->trees[text->trees_count++] = tree;
    return 0;
}

static struct ttree *tree_new(struct parser *p, struct tval_string name, struct node *root)
{
    struct ttree *tree = arena_alloc(p->text->a, sizeof(*tree));
    tree->name = name;
    tree->source = p->text->source;
    tree->root = root;
    tree->empty = node_is_empty(root);
    return tree;
}

/* ---- lists ---- */

static struct node *text_or_action(struct parser *p)
{
    const struct token *t = parser_next_word(p);
    if (t->type == TOKEN_TEXT) {
        struct node *n = parser_node(p, NODE_TEXT, t->pos);
        n->text = (struct tval_string){.data = t->text, .len = t->len};
        return n;
    }
    if (t->type != TOKEN_LEFT_DELIM) {
        parser_unexpected(p, t, "input");
        return NULL;
    }
    p->action_line = t->line;
    struct node *n = action(p);
    p->action_line = 0;
    return n;
}

/* Up to {{end}} or {{else}}, which comes back apart. */
static int item_list(struct parser *p, struct node **ret_list, struct node **ret_end)
{
    struct node *list = parser_node(p, NODE_LIST, parser_peek_word(p)->pos);
    size_t mark = p->text->nodes_count;
    while (parser_peek_word(p)->type != TOKEN_EOF) {
        struct node *n = text_or_action(p);
        if (!n)
            return -1;
        if (n->type == NODE_END || n->type == NODE_ELSE) {
            list->list = parser_take_list(p, mark);
            *ret_list = list;
            *ret_end = n;
            return 0;
        }
        parser_add_node(p, n);
    }
    return parser_fail(p, "unexpected EOF");
}

/* The body of a define or block, with a parser of its own. */
static int body(struct parser *p, struct parser *inner, struct tval_string name,
                const char *context)
{
    struct node *root;
    struct node *end;
    if (item_list(inner, &root, &end) < 0)
        return -1;
    if (end->type != NODE_END) {
        AUTO_FREE char *after = mem_printf(" in %s", context);
        return parser_fail_node(p, "unexpected ", end, after);
    }
    return add_tree(inner, tree_new(inner, name, root));
}

static int template_name(struct parser *p, const struct token *t, const char *context,
                         struct tval_string *ret_name)
{
    if (t->type != TOKEN_STRING && t->type != TOKEN_RAW_STRING)
        return parser_unexpected(p, t, context);
    const char *message = literal_unquote(p->text->a, t, ret_name);
    return message ? parser_fail(p, "%s", message) : 0;
}

/* {{define "name"}} ... {{end}}; the keyword is behind us. */
static int definition(struct parse_text *text)
{
    const char *context = "define clause";
    MC_CLEANUP(parser_release) struct parser p = {0};
    parser_init(&p, text);
    struct tval_string name;
    if (template_name(&p, parser_next_word(&p), context, &name) < 0 ||
        !parser_expect(&p, TOKEN_RIGHT_DELIM, context))
        return -1;
    return body(&p, &p, name, context);
}

/* ---- control structures ---- */

static int control(struct parser *p, const char *context, enum node_type type,
                   struct node **ret_node);

/* "{{else if ...}}" is an "{{else}}{{if ...}}" that shares its end. */
static int else_branch(struct parser *p, enum node_type type, size_t pos, struct node *branch)
{
    enum token_type keyword = parser_peek(p)->type;
    if ((type == NODE_IF && keyword == TOKEN_IF) || (type == NODE_WITH && keyword == TOKEN_WITH)) {
        parser_next(p);
        struct node *list = parser_node(p, NODE_LIST, pos);
        size_t mark = p->text->nodes_count;
        struct node *inner;
        if (control(p, type == NODE_IF ? "if" : "with", type, &inner) < 0)
            return -1;
        parser_add_node(p, inner);
        list->list = parser_take_list(p, mark);
        branch->branch.else_list = list;
        return 0;
    }
    struct node *end;
    if (item_list(p, &branch->branch.else_list, &end) < 0)
        return -1;
    return end->type == NODE_END ? 0 : parser_fail_node(p, "expected end; found ", end, "");
}

static int control_parts(struct parser *p, const char *context, struct node *n)
{
    n->branch.pipe = parser_pipeline(p, context, TOKEN_RIGHT_DELIM);
    if (!n->branch.pipe)
        return -1;
    n->pos = n->branch.pipe->pos;
    struct node *end;
    p->range_depth += n->type == NODE_RANGE;
    int failed = item_list(p, &n->branch.list, &end);
    p->range_depth -= n->type == NODE_RANGE;
    if (failed)
        return -1;
    return end->type == NODE_ELSE ? else_branch(p, n->type, end->pos, n) : 0;
}

static int control(struct parser *p, const char *context, enum node_type type,
                   struct node **ret_node)
{
    if (stack_is_low())
        return parser_fail(p, "control structures are nested too deeply");
    *ret_node = parser_node(p, type, 0);
    size_t vars = p->vars_count;
    int failed = control_parts(p, context, *ret_node);
    p->vars_count = vars;
    return failed;
}

static int end_control(struct parser *p, struct node **ret_node)
{
    const struct token *t = parser_expect(p, TOKEN_RIGHT_DELIM, "end");
    if (!t)
        return -1;
    *ret_node = parser_node(p, NODE_END, t->pos);
    return 0;
}

/* Before "if" and "with" the keyword stays for else_branch. */
static int else_control(struct parser *p, struct node **ret_node)
{
    const struct token *t = parser_peek_word(p);
    if (t->type != TOKEN_IF && t->type != TOKEN_WITH)
        t = parser_expect(p, TOKEN_RIGHT_DELIM, "else");
    if (!t)
        return -1;
    *ret_node = parser_node(p, NODE_ELSE, t->pos);
    return 0;
}

static int loop_control(struct parser *p, enum node_type type, size_t pos, const char *context,
                        struct node **ret_node)
{
    if (!parser_expect(p, TOKEN_RIGHT_DELIM, context))
        return -1;
    if (!p->range_depth)
        return parser_fail(p, "%s outside {{range}}", context);
    *ret_node = parser_node(p, type, pos);
    return 0;
}

static struct node *call_node(struct parser *p, size_t pos, struct tval_string name,
                              struct node *pipe)
{
    struct node *n = parser_node(p, NODE_TEMPLATE, pos);
    n->call.name = name;
    n->call.pipe = pipe;
    return n;
}

/* {{block "name" pipeline}} body {{end}}: a define and a template call. */
static int block_control(struct parser *p, struct node **ret_node)
{
    const char *context = "block clause";
    if (stack_is_low())
        return parser_fail(p, "control structures are nested too deeply");
    const struct token *t = parser_next_word(p);
    size_t pos = t->pos;
    struct tval_string name;
    if (template_name(p, t, context, &name) < 0)
        return -1;
    struct node *pipe = parser_pipeline(p, context, TOKEN_RIGHT_DELIM);
    if (!pipe)
        return -1;
    MC_CLEANUP(parser_release) struct parser inner = {0};
    parser_init(&inner, p->text);
    if (body(p, &inner, name, context) < 0)
        return -1;
    *ret_node = call_node(p, pos, name, pipe);
    return 0;
}

static int template_control(struct parser *p, struct node **ret_node)
{
    const char *context = "template clause";
    const struct token *t = parser_next_word(p);
    size_t pos = t->pos;
    struct tval_string name;
    if (template_name(p, t, context, &name) < 0)
        return -1;
    struct node *pipe = NULL;
    if (parser_next_word(p)->type != TOKEN_RIGHT_DELIM) {
        parser_backup(p);
        pipe = parser_pipeline(p, context, TOKEN_RIGHT_DELIM);
        if (!pipe)
            return -1;
    }
    *ret_node = call_node(p, pos, name, pipe);
    return 0;
}

static int plain_action(struct parser *p, struct node **ret_node)
{
    parser_backup(p);
    *ret_node = parser_node(p, NODE_ACTION, parser_peek(p)->pos);
    (*ret_node)->branch.pipe = parser_pipeline(p, "command", TOKEN_RIGHT_DELIM);
    return (*ret_node)->branch.pipe ? 0 : -1;
}

static int any_action(struct parser *p, struct node **ret_node)
{
    const struct token *t = parser_next_word(p);
    switch (t->type) {
    case TOKEN_BLOCK:
        return block_control(p, ret_node);
    case TOKEN_BREAK:
        return loop_control(p, NODE_BREAK, t->pos, "{{break}}", ret_node);
    case TOKEN_CONTINUE:
        return loop_control(p, NODE_CONTINUE, t->pos, "{{continue}}", ret_node);
    case TOKEN_ELSE:
        return else_control(p, ret_node);
    case TOKEN_END:
        return end_control(p, ret_node);
    case TOKEN_IF:
        return control(p, "if", NODE_IF, ret_node);
    case TOKEN_RANGE:
        return control(p, "range", NODE_RANGE, ret_node);
    case TOKEN_TEMPLATE:
        return template_control(p, ret_node);
    case TOKEN_WITH:
        return control(p, "with", NODE_WITH, ret_node);
    default:
        return plain_action(p, ret_node);
    }
}

/* Behind "{{". */
static struct node *action(struct parser *p)
{
    struct node *n;
    return any_action(p, &n) < 0 ? NULL : n;
}

/* ---- the whole text ---- */

/* 1 when there was a define at this place, 0 when not, -1. */
static int try_definition(struct parser *p)
{
    unsigned mark = parser_mark(p);
    if (parser_next(p)->type == TOKEN_LEFT_DELIM && parser_next_word(p)->type == TOKEN_DEFINE)
        return definition(p->text) < 0 ? -1 : 1;
    parser_rewind(p, mark);
    return 0;
}

static int top_item(struct parser *p)
{
    int defined = try_definition(p);
    if (defined)
        return defined < 0 ? -1 : 0;
    struct node *n = text_or_action(p);
    if (!n)
        return -1;
    if (n->type == NODE_END || n->type == NODE_ELSE)
        return parser_fail_node(p, "unexpected ", n, "");
    parser_add_node(p, n);
    return 0;
}

static int top(struct parser *p)
{
    struct node *root = parser_node(p, NODE_LIST, parser_peek(p)->pos);
    while (parser_peek(p)->type != TOKEN_EOF) {
        if (top_item(p) < 0)
            return -1;
    }
    root->list = parser_take_list(p, 0);
    return add_tree(p, tree_new(p, p->text->source->name, root));
}

int tunit_parse(struct arena *a, const struct tfuncs *functions, const char *name, size_t name_len,
                const char *text, size_t len, struct tunit *ret_unit, struct error **err)
{
    struct tsource *source = arena_alloc(a, sizeof(*source));
    source->name = (struct tval_string){.data = arena_strndup(a, name, name_len), .len = name_len};
    source->text = text;
    source->len = len;
    struct parse_text shared = {.a = a, .functions = functions, .source = source, .err = err};
    lexer_init(&shared.lexer, a, source->text, len);
    MC_CLEANUP(parser_release) struct parser p = {0};
    parser_init(&p, &shared);
    int failed = top(&p);
    if (!failed) {
        ret_unit->count = shared.trees_count;
        ret_unit->trees = arena_alloc(a, shared.trees_count * sizeof(struct ttree *));
        memcpy(ret_unit->trees, shared.trees, shared.trees_count * sizeof(struct ttree *));
        ret_unit->main = tunit_find(ret_unit, name, name_len);
    }
    free(shared.trees);
    free(shared.nodes);
    free(shared.names);
    return failed;
}
