/* Calls: arguments fitted to parameters, then the function. */
#include <string.h>

#include "exec.h"
#include "meshctl/base/budget.h"

#define ARGS_INLINE 6

/* ---- parameter types ---- */

static const char *type_name(char letter)
{
    switch (letter) {
    case 's':
        return "string";
    case 'i':
        return "int";
    case 'b':
        return "bool";
    case 'f':
        return "float64";
    case 'u':
        return "uint32";
    case 'm':
        return "map[string]interface {}";
    case 'l':
        return "[]interface {}";
    case 'c':
        return "sprig.certificate";
    case 'w':
        return "io.Writer";
    case 'a':
        return "interface {}";
    case 't':
        return "time.Time";
    case 'd':
        return "time.Duration";
    case 'z':
        return "*time.Location";
    default:
        return "reflect.Value";
    }
}

/* Go assignability of a value that is no nil. */
static bool fits(char letter, struct tval v)
{
    switch (letter) {
    case 's':
        return v.kind == TVAL_STRING;
    case 'i':
        return v.kind == TVAL_INT;
    case 'b':
        return v.kind == TVAL_BOOL;
    case 'f':
        return v.kind == TVAL_FLOAT;
    case 'l':
        return v.kind == TVAL_LIST && !v.list->elem;
    case 'm':
        /* A named map type is assignable, another map type is not. */
        return v.kind == TVAL_MAP && (strncmp(tmap_type(v.map), "map[", 4) != 0 ||
                                      strcmp(tmap_type(v.map), type_name('m')) == 0);
    case 'c':
    case 't':
    case 'd':
    case 'z':
        return v.kind == TVAL_OBJECT && strcmp(v.object->type->go_type, type_name(letter)) == 0;
    default:
        return false;
    }
}

/* No value for a parameter whose type has a nil. */
static int nil_of_type(struct exec *x, char letter, struct tval *ret)
{
    switch (letter) {
    case 'a':
    case 'z':
        *ret = tval_nil();
        return 0;
    case 'v':
        *ret = tval_none();
        return 0;
    case 'm':
        *ret = tval_nil_map(x->set->a);
        return 0;
    case 'l':
        *ret = tval_list(x->set->a, 0);
        ret->list->items = NULL;
        return 0;
    default:
        return -1;
    }
}

/* What a function is given as an interface {}. */
static struct tval copy_of(struct exec *x, struct tval v)
{
    if (v.kind != TVAL_OBJECT || !v.object->type->copied)
        return v;
    return tval_object(x->set->a, v.object->type->copied, v.object->data);
}

/* Go validateType. */
static int validate(struct exec *x, char letter, struct tval v, struct tval *ret)
{
    if (v.kind == TVAL_NONE) {
        if (nil_of_type(x, letter, ret) == 0)
            return 0;
        return exec_fail(x, "invalid value; expected %s", type_name(letter));
    }
    if (letter == 'a' || letter == 'v') {
        *ret = letter == 'a' ? copy_of(x, v) : v;
        ret->boxed = false;
        return 0;
    }
    if (v.kind == TVAL_NIL || !fits(letter, v)) {
        return exec_fail(x, "wrong type for value; expected %s; got %s", type_name(letter),
                         v.kind == TVAL_NIL ? "interface {}" : tval_go_type(v));
    }
    if (letter == 'm')
        v = tmap_view(x->set->a, v.map, NULL);
    *ret = tval_number(v);
    ret->boxed = false;
    return 0;
}

/* ---- arguments ---- */

static int fail_literal(struct exec *x, const char *before, const struct node *n, const char *after)
{
    AUTO_BUF text = BUF_INIT;
    node_print(&text, n);
    return exec_fail(x, "%s%s%s", before, buf_str(&text), after);
}

static int any_literal(struct exec *x, const struct node *n, struct tval *ret)
{
    switch (n->type) {
    case NODE_BOOL:
        *ret = tval_bool(n->truth);
        return 0;
    case NODE_STRING:
        *ret = (struct tval){.kind = TVAL_STRING, .s = node_string(n)};
        return 0;
    default:
        return exec_constant(x, n, ret);
    }
}

/* A literal takes the type of its parameter (Go evalBool, evalString, evalInteger ...). */
static int literal_arg(struct exec *x, char letter, const struct node *n, struct tval *ret)
{
    const struct node_number *number = n->type == NODE_NUMBER ? n->number : NULL;
    switch (letter) {
    case 'a':
    case 'v':
        return any_literal(x, n, ret);
    case 's':
        if (n->type != NODE_STRING)
            return fail_literal(x, "expected string; found ", n, "");
        *ret = (struct tval){.kind = TVAL_STRING, .s = node_string(n)};
        return 0;
    case 'b':
        if (n->type != NODE_BOOL)
            return fail_literal(x, "expected bool; found ", n, "");
        *ret = tval_bool(n->truth);
        return 0;
    case 'i':
        if (!number || !number->is_int)
            return fail_literal(x, "expected integer; found ", n, "");
        *ret = tval_int(number->i);
        return 0;
    case 'd':
        if (!number || !number->is_int)
            return fail_literal(x, "expected integer; found ", n, "");
        *ret = tval_int64(number->i);
        return 0;
    case 'u':
        if (!number || !number->is_uint)
            return fail_literal(x, "expected unsigned integer; found ", n, "");
        *ret = tval_int((int64_t)(uint32_t)number->i);
        return 0;
    case 'f':
        if (!number || !number->is_float)
            return fail_literal(x, "expected float; found ", n, "");
        *ret = tval_float(number->f);
        return 0;
    default: {
        AUTO_FREE char *after = mem_printf(" for arg of type %s", type_name(letter));
        return fail_literal(x, "can't handle ", n, after);
    }
    }
}

int exec_arg(struct exec *x, struct tval dot, char letter, const struct node *n, struct tval *ret)
{
    x->node = n;
    if (n->type == NODE_NIL) {
        if (nil_of_type(x, letter, ret) == 0)
            return 0;
        return exec_fail(x, "cannot assign nil to %s", type_name(letter));
    }
    struct tval v;
    int done = exec_operand(x, dot, n, &v);
    if (done < 0)
        return -1;
    return done ? validate(x, letter, v, ret) : literal_arg(x, letter, n, ret);
}

/* ---- calls ---- */

struct signature {
    const char *params;
    size_t fixed;  /* parameters before the repeated one */
    char repeated; /* or 0 */
};

static struct signature signature_of(const char *params)
{
    size_t len = strlen(params);
    if (params[0] == '!')
        return (struct signature){.params = ""};
    if (len < 2 || params[len - 1] != '*')
        return (struct signature){.params = params, .fixed = len};
    return (struct signature){.params = params, .fixed = len - 2, .repeated = params[len - 2]};
}

static char letter_of(const struct signature *s, size_t i)
{
    return i < s->fixed ? s->params[i] : s->repeated;
}

static int check_count(struct exec *x, const char *name, const struct signature *s, size_t given,
                       bool piped)
{
    size_t count = given + piped;
    if (s->repeated && count < s->fixed) {
        /* Go counts the piped value for the check, but not in this text. */
        return exec_fail(x, "wrong number of args for %s: want at least %zu got %zu", name,
                         s->fixed, given);
    }
    if (!s->repeated && count != s->fixed) {
        return exec_fail(x, "wrong number of args for %s: want %zu got %zu", name, s->fixed, count);
    }
    return 0;
}

static const struct node *arg_node(const struct node_list *args, size_t i)
{
    return args->items[i + 1];
}

/* The builtins `and` and `or`: evaluate until one decides (Go evalCall). */
static int short_circuit(struct exec *x, struct tval dot, bool is_or, const struct node_list *args,
                         size_t given, const struct tval *final, struct tval *ret)
{
    struct tval v = tval_none();
    for (size_t i = 0; i < given; i++) {
        if (exec_arg(x, dot, 'v', arg_node(args, i), &v) < 0)
            return -1;
        if (tval_truth(v) == is_or) {
            *ret = v;
            return 0;
        }
    }
    *ret = final ? *final : v;
    return 0;
}

static int invoke(struct exec *x, const struct callee *callee, const struct tval *argv, size_t argc,
                  struct tval *ret)
{
    struct arena *a = x->set->a;
    if (callee->values)
        return x->set->options.map_methods->call(a, callee->values, callee->name, argv, ret,
                                                 x->err);
    if (callee->object) {
        int found =
            callee->object->type->member(a, callee->object, callee->name, argv, argc, ret, x->err);
        return found < 0 ? -1 : 0;
    }
    struct tcall call = {.a = a, .set = x->set, .exec = x};
    return callee->func->fn(&call, argv, argc, ret, x->err);
}

/* The builtin `call`: no value of a chart is a function. */
static int call_of_value(struct exec *x, const struct node_list *args, size_t given, struct tval fn)
{
    AUTO_BUF name = BUF_INIT;
    if (given)
        node_print(&name, arg_node(args, 0));
    else if (fn.kind == TVAL_STRING)
        buf_append(&name, fn.s.data, fn.s.len);
    else
        buf_appendf(&name, "<%s Value>", tval_go_type(fn));
    if (fn.kind == TVAL_NONE || fn.kind == TVAL_NIL)
        return error_set(x->err, ERROR_INPUT, "call of nil");
    return error_set(x->err, ERROR_INPUT, "non-function %s of type %s", buf_str(&name),
                     tval_go_type(fn));
}

static int eval_args(struct exec *x, struct tval dot, const struct signature *s,
                     const struct node_list *args, size_t given, const struct tval *final,
                     struct tval *argv)
{
    for (size_t i = 0; i < given; i++) {
        if (exec_arg(x, dot, letter_of(s, i), arg_node(args, i), &argv[i]) < 0)
            return -1;
    }
    return final ? validate(x, letter_of(s, given), *final, &argv[given]) : 0;
}

int exec_call(struct exec *x, struct tval dot, const struct callee *callee, const struct node *node,
              const struct node_list *args, const struct tval *final, struct tval *ret)
{
    size_t given = args ? args->count - 1 : 0;
    size_t argc = given + (final != NULL);
    struct signature s = signature_of(callee->params);
    if (check_count(x, callee->name, &s, given, final != NULL) < 0)
        return -1;
    if (callee->params[0] == '!')
        return exec_fail(x, "%s", callee->params + 1);
    /* A builtin without a C function is the executor's own: and, or, call. */
    bool own = callee->func && !callee->func->fn;
    if (own && callee->name[0] != 'c')
        return short_circuit(x, dot, callee->name[0] == 'o', args, given, final, ret);
    struct tval inline_args[ARGS_INLINE];
    struct tval *argv = inline_args;
    if (argc > ARGS_INLINE)
        argv = arena_alloc(x->set->a, argc * sizeof(*argv));
    if (eval_args(x, dot, &s, args, given, final, argv) < 0)
        return -1;
    *ret = tval_none();
    int failed = own ? call_of_value(x, args, given, argv[0]) : invoke(x, callee, argv, argc, ret);
    ret->boxed = false;
    bool is_over = budget_look();
    if (!failed && !is_over)
        return 0;
    x->node = node;
    if (is_over && !x->set->nested_error)
        return exec_fail_budget(x);
    return exec_fail_call(x, callee->name);
}
