/* Nodes printed as Go prints them, and where they stand. */
#include "node.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/unicode.h"
#include "stack.h"

static void print_list(struct buf *out, const struct node *n)
{
    for (size_t i = 0; i < n->list.count; i++)
        node_print(out, n->list.items[i]);
}

static void print_parenthesised(struct buf *out, const struct node *n)
{
    bool parens = n->type == NODE_PIPE;
    if (parens)
        buf_appendc(out, '(');
    node_print(out, n);
    if (parens)
        buf_appendc(out, ')');
}

static void print_command(struct buf *out, const struct node *n)
{
    for (size_t i = 0; i < n->list.count; i++) {
        if (i)
            buf_appendc(out, ' ');
        print_parenthesised(out, n->list.items[i]);
    }
}

static void print_pipe(struct buf *out, const struct node *n)
{
    for (unsigned i = 0; i < n->decl_count; i++) {
        if (i)
            buf_appends(out, ", ");
        node_print(out, n->pipe.decl[i]);
    }
    if (n->decl_count)
        buf_appends(out, n->is_assign ? " = " : " := ");
    for (size_t i = 0; i < n->pipe.commands.count; i++) {
        if (i)
            buf_appends(out, " | ");
        node_print(out, n->pipe.commands.items[i]);
    }
}

static void print_branch(struct buf *out, const struct node *n, const char *keyword)
{
    buf_appendf(out, "{{%s ", keyword);
    node_print(out, n->branch.pipe);
    buf_appends(out, "}}");
    node_print(out, n->branch.list);
    if (n->branch.else_list) {
        buf_appends(out, "{{else}}");
        node_print(out, n->branch.else_list);
    }
    buf_appends(out, "{{end}}");
}

static void print_template(struct buf *out, const struct node *n)
{
    buf_appends(out, "{{template ");
    goquote_append(out, n->call.name.data, n->call.name.len);
    if (n->call.pipe) {
        buf_appendc(out, ' ');
        node_print(out, n->call.pipe);
    }
    buf_appends(out, "}}");
}

/* A field starts with a dot, a variable's first name does not. */
static void print_names(struct buf *out, const struct node *n)
{
    for (size_t i = 0; i < n->chain.count; i++) {
        if (i || n->type != NODE_VARIABLE)
            buf_appendc(out, '.');
        buf_append(out, n->chain.names[i].data, n->chain.names[i].len);
    }
}

static void print_leaf(struct buf *out, const struct node *n)
{
    switch (n->type) {
    case NODE_TEXT:
        buf_append(out, n->text.data, n->text.len);
        break;
    case NODE_BOOL:
        buf_appends(out, n->truth ? "true" : "false");
        break;
    case NODE_DOT:
        buf_appends(out, ".");
        break;
    case NODE_NIL:
        buf_appends(out, "nil");
        break;
    case NODE_NUMBER:
        buf_append(out, n->number->text.data, n->number->text.len);
        break;
    case NODE_STRING:
        buf_append(out, n->string.quoted, n->string.quoted_len);
        break;
    case NODE_IDENTIFIER:
        buf_appends(out, n->ident.func->name);
        break;
    case NODE_ELSE:
        buf_appends(out, "{{else}}");
        break;
    case NODE_END:
        buf_appends(out, "{{end}}");
        break;
    case NODE_BREAK:
        buf_appends(out, "{{break}}");
        break;
    case NODE_CONTINUE:
        buf_appends(out, "{{continue}}");
        break;
    default:
        print_names(out, n);
        break;
    }
}

void node_print(struct buf *out, const struct node *n)
{
    if (stack_is_low())
        return;
    switch (n->type) {
    case NODE_ACTION:
        buf_appends(out, "{{");
        node_print(out, n->branch.pipe);
        buf_appends(out, "}}");
        break;
    case NODE_CHAIN:
        print_parenthesised(out, n->chain.base);
        print_names(out, n);
        break;
    case NODE_COMMAND:
        print_command(out, n);
        break;
    case NODE_IF:
        print_branch(out, n, "if");
        break;
    case NODE_RANGE:
        print_branch(out, n, "range");
        break;
    case NODE_WITH:
        print_branch(out, n, "with");
        break;
    case NODE_LIST:
        print_list(out, n);
        break;
    case NODE_PIPE:
        print_pipe(out, n);
        break;
    case NODE_TEMPLATE:
        print_template(out, n);
        break;
    default:
        print_leaf(out, n);
        break;
    }
}

/* bytes.TrimSpace leaves nothing: ASCII and Unicode white space. */
static bool text_is_blank(struct tval_string s)
{
    for (size_t i = 0; i < s.len;) {
        uint32_t r;
        i += text_rune(s.data + i, s.len - i, &r);
        if (!trune_is_space(r))
            return false;
    }
    return true;
}

bool node_is_empty(const struct node *n)
{
    if (n->type == NODE_TEXT)
        return text_is_blank(n->text);
    if (n->type != NODE_LIST)
        return false;
    for (size_t i = 0; i < n->list.count; i++) {
        if (!node_is_empty(n->list.items[i]))
            return false;
    }
    return true;
}

void node_location(struct buf *out, const struct tsource *source, const struct node *n)
{
    unsigned line = 1;
    size_t line_start = 0;
    for (size_t i = 0; i < n->pos; i++) {
        if (source->text[i] == '\n') {
            line++;
            line_start = i + 1;
        }
    }
    buf_append(out, source->name.data, source->name.len);
    buf_appendf(out, ":%u:%zu", line, n->pos - line_start);
}
