/* Evaluates operands, commands and pipelines. */
#include <string.h>

#include "exec.h"
#include "meshctl/value/tmap.h"
#include "stack.h"

struct tval exec_unbox(struct tval v)
{
    if (v.kind == TVAL_NIL)
        return tval_none();
    v.boxed = false;
    return v;
}

/* ---- variables ---- */

static struct tvar *var_find(struct exec *x, const struct node_name *name)
{
    for (size_t i = x->set->vars_count; i > x->vars_base; i--) {
        struct tvar *var = &x->set->vars[i - 1];
        if (var->name->len == name->len && memcmp(var->name->data, name->data, name->len) == 0)
            return var;
    }
    return NULL;
}

static int fail_var(struct exec *x, const struct node_name *name)
{
    return exec_fail(x, "undefined variable: %.*s", (int)name->len, name->data);
}

int exec_var_set(struct exec *x, const struct node_name *name, struct tval v)
{
    struct tvar *var = var_find(x, name);
    if (!var)
        return fail_var(x, name);
    var->value = v;
    return 0;
}

/* ---- operands ---- */

/* A literal may stand as a whole command only without arguments. */
static int not_a_function(struct exec *x, const struct node_list *args, const struct tval *final)
{
    if ((!args || args->count <= 1) && !final)
        return 0;
    AUTO_BUF text = BUF_INIT;
    node_print(&text, args->items[0]);
    return exec_fail(x, "can't give argument to non-function %s", buf_str(&text));
}

/* .X.Y.Z from `receiver`; only the last one takes the arguments. */
static int field_chain(struct exec *x, struct tval dot, const struct node *n, size_t first,
                       const struct node_list *args, const struct tval *final, struct tval receiver,
                       struct tval *ret)
{
    size_t count = n->chain.count;
    for (size_t i = first; i + 1 < count; i++) {
        if (exec_field(x, dot, &n->chain.names[i], n, NULL, NULL, receiver, &receiver) < 0)
            return -1;
    }
    return exec_field(x, dot, &n->chain.names[count - 1], n, args, final, receiver, ret);
}

static int field_node(struct exec *x, struct tval dot, const struct node *n,
                      const struct node_list *args, const struct tval *final, struct tval *ret)
{
    x->node = n;
    return field_chain(x, dot, n, 0, args, final, dot, ret);
}

static int chain_node(struct exec *x, struct tval dot, const struct node *n,
                      const struct node_list *args, const struct tval *final, struct tval *ret)
{
    x->node = n;
    struct tval base;
    x->node = n->chain.base;
    if (exec_operand(x, dot, n->chain.base, &base) < 0)
        return -1;
    return field_chain(x, dot, n, 0, args, final, base, ret);
}

static int variable_node(struct exec *x, struct tval dot, const struct node *n,
                         const struct node_list *args, const struct tval *final, struct tval *ret)
{
    x->node = n;
    struct tvar *var = var_find(x, &n->chain.names[0]);
    if (!var)
        return fail_var(x, &n->chain.names[0]);
    if (n->chain.count > 1)
        return field_chain(x, dot, n, 1, args, final, var->value, ret);
    *ret = var->value;
    return not_a_function(x, args, final);
}

static int function_node(struct exec *x, struct tval dot, const struct node *n,
                         const struct node *command, const struct node_list *args,
                         const struct tval *final, struct tval *ret)
{
    x->node = n;
    const struct tfunc *func = n->ident.func;
    const struct callee callee = {.name = func->name, .params = func->params, .func = func};
    return exec_call(x, dot, &callee, command, args, final, ret);
}

int exec_constant(struct exec *x, const struct node *n, struct tval *ret)
{
    x->node = n;
    const struct node_number *number = n->number;
    const char *text = number->text.data;
    bool hex_int =
        number->text.len > 2 && text[0] == '0' && (text[1] | 0x20) == 'x' && !strpbrk(text, "pP");
    if (number->is_complex)
        return exec_fail(x, "complex constant %s is not supported", text);
    if (number->is_float && !hex_int && text[0] != '\'' && strpbrk(text, ".eEpP")) {
        *ret = tval_float(number->f);
        return 0;
    }
    if (!number->is_int)
        return exec_fail(x, "%s overflows int", text);
    *ret = tval_int(number->i);
    return 0;
}

int exec_operand(struct exec *x, struct tval dot, const struct node *n, struct tval *ret)
{
    int failed;
    switch (n->type) {
    case NODE_DOT:
        *ret = dot;
        return 1;
    case NODE_FIELD:
        failed = field_node(x, dot, n, NULL, NULL, ret);
        break;
    case NODE_VARIABLE:
        failed = variable_node(x, dot, n, NULL, NULL, ret);
        break;
    case NODE_PIPE:
        failed = exec_pipeline(x, dot, n, ret);
        break;
    case NODE_IDENTIFIER:
        failed = function_node(x, dot, n, n, NULL, NULL, ret);
        break;
    case NODE_CHAIN:
        failed = chain_node(x, dot, n, NULL, NULL, ret);
        break;
    default:
        return 0;
    }
    return failed ? -1 : 1;
}

/* ---- commands and pipelines ---- */

/* A command that is a literal or dot. */
static int literal_command(struct exec *x, struct tval dot, const struct node_list *args,
                           const struct tval *final, struct tval *ret)
{
    const struct node *n = args->items[0];
    x->node = n;
    if (not_a_function(x, args, final) < 0)
        return -1;
    switch (n->type) {
    case NODE_BOOL:
        *ret = tval_bool(n->truth);
        return 0;
    case NODE_DOT:
        *ret = dot;
        return 0;
    case NODE_NUMBER:
        return exec_constant(x, n, ret);
    case NODE_STRING:
        *ret = (struct tval){.kind = TVAL_STRING, .s = node_string(n)};
        return 0;
    default:
        return exec_fail(x, "nil is not a command");
    }
}

static int command(struct exec *x, struct tval dot, const struct node *n, const struct tval *final,
                   struct tval *ret)
{
    const struct node *first = n->list.items[0];
    switch (first->type) {
    case NODE_FIELD:
        return field_node(x, dot, first, &n->list, final, ret);
    case NODE_CHAIN:
        return chain_node(x, dot, first, &n->list, final, ret);
    case NODE_IDENTIFIER:
        return function_node(x, dot, first, n, &n->list, final, ret);
    case NODE_PIPE:
        if (not_a_function(x, &n->list, final) < 0)
            return -1;
        return exec_pipeline(x, dot, first, ret);
    case NODE_VARIABLE:
        return variable_node(x, dot, first, &n->list, final, ret);
    default:
        return literal_command(x, dot, &n->list, final, ret);
    }
}

int exec_pipeline(struct exec *x, struct tval dot, const struct node *pipe, struct tval *ret)
{
    x->node = pipe;
    if (stack_is_low())
        return exec_fail(x, "the template is nested too deeply");
    struct tval v = tval_none();
    const struct node_list *commands = &pipe->pipe.commands;
    for (size_t i = 0; i < commands->count; i++) {
        struct tval final = v;
        if (command(x, dot, commands->items[i], i ? &final : NULL, &v) < 0)
            return -1;
        v = exec_unbox(v);
    }
    for (unsigned i = 0; i < pipe->decl_count; i++) {
        const struct node_name *name = &pipe->pipe.decl[i]->chain.names[0];
        if (!pipe->is_assign)
            exec_var_push(x, name, v);
        else if (exec_var_set(x, name, v) < 0)
            return -1;
    }
    *ret = v;
    return 0;
}
