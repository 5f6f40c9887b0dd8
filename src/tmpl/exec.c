/* Walks a tree: text, actions, if, range, with, template. */
#include "exec.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/budget.h"
#include "meshctl/value/items.h"
#include "meshctl/value/tmap.h"
#include "stack.h"

#define LOOK_STEPS 64

/* What a walk ends with; -1 is an error. */
enum { WALK_ON = 0, WALK_BREAK = 1, WALK_CONTINUE = 2 };

static int walk_list(struct exec *x, struct tval dot, const struct node *list);

int exec_step(struct exec *x)
{
    const struct tmpl_options *options = &x->set->options;
    if (++x->set->steps > (options->max_steps ? options->max_steps : TMPL_MAX_STEPS))
        return exec_fail(x, "the template runs too long");
    if ((x->set->steps % LOOK_STEPS == 0 && budget_look()) ||
        (x->out->overflow && budget_is_over()))
        return exec_fail_budget(x);
    if (x->out->overflow)
        return exec_fail(x, "the output is larger than %zu bytes", x->out->max);
    return 0;
}

/* ---- variables ---- */

static const struct node_name root_name = {.data = "$", .len = 1, .hash = 0};

void exec_var_push(struct exec *x, const struct node_name *name, struct tval v)
{
    struct tmpl_set *set = x->set;
    set->vars = mem_grow(set->vars, &set->vars_cap, set->vars_count + 1, sizeof(*set->vars));
    set->vars[set->vars_count++] = (struct tvar){.name = name, .value = v};
}

static struct tvar *var_top(struct exec *x, size_t n)
{
    return &x->set->vars[x->set->vars_count - n];
}

/* ---- range ---- */

struct loop {
    const struct node *node;
    struct tval dot;
    size_t mark; /* variables below this outlive an iteration */
};

static int set_loop_vars(struct exec *x, const struct node *pipe, struct tval index,
                         struct tval elem)
{
    unsigned count = pipe->decl_count;
    if (!count)
        return 0;
    if (!pipe->is_assign) {
        var_top(x, 1)->value = elem;
        if (count > 1)
            var_top(x, 2)->value = index;
        return 0;
    }
    struct tval first = count > 1 ? index : elem;
    if (exec_var_set(x, &pipe->pipe.decl[0]->chain.names[0], first) < 0)
        return -1;
    return count > 1 ? exec_var_set(x, &pipe->pipe.decl[1]->chain.names[0], elem) : 0;
}

static int iteration(struct exec *x, const struct loop *loop, struct tval index, struct tval elem)
{
    if (exec_step(x) < 0 || set_loop_vars(x, loop->node->branch.pipe, index, elem) < 0)
        return -1;
    int end = walk_list(x, elem, loop->node->branch.list);
    x->set->vars_count = loop->mark;
    return end == WALK_CONTINUE ? WALK_ON : end;
}

static int range_int(struct exec *x, const struct loop *loop, struct tval n)
{
    int end = WALK_ON;
    for (int64_t i = 0; i < n.i && end == WALK_ON; i++)
        end = iteration(x, loop, tval_none(), n.kind == TVAL_INT ? tval_int(i) : tval_int64(i));
    return end;
}

static void tell_ranged(const struct exec *x, const struct tlist *list, size_t at)
{
    const struct tmpl_options *o = &x->set->options;
    if (o->on_ranged)
        o->on_ranged(o->ctx, x->set, list, at);
}

static int range_list(struct exec *x, const struct loop *loop, const struct tlist *list)
{
    int end = WALK_ON;
    for (size_t i = 0; i < list->count && end == WALK_ON; i++) {
        struct tval elem = list->items[i];
        elem.boxed = !list->elem;
        end = iteration(x, loop, tval_int((int64_t)i), elem);
        if (end == WALK_ON)
            tell_ranged(x, list, i);
    }
    return end;
}

/* Over keys and values as they were at the start (Go fmtsort.Sort). */
static int range_map(struct exec *x, const struct loop *loop, const struct tmap *m)
{
    const struct tmap_item *items = tmap_items(x->set->a, m);
    bool boxed = tmap_elem_is_interface(m);
    int end = WALK_ON;
    for (size_t i = 0, n = tmap_count(m); i < n && end == WALK_ON; i++) {
        struct tval elem = items[i].value;
        elem.boxed = boxed;
        end = iteration(x, loop, (struct tval){.kind = TVAL_STRING, .s = items[i].key}, elem);
    }
    return end;
}

static int fail_range(struct exec *x, const char *before, struct tval v, const char *after)
{
    AUTO_BUF text = BUF_INIT;
    /* Go shows a private key. */
    if (v.kind == TVAL_OBJECT && v.object->type->is_secret)
        buf_appends(&text, tval_go_type(v));
    else
        tprint_value(&text, x->set->a, v);
    /* Of a pointer, what it points to. */
    const char *shown = buf_str(&text);
    return exec_fail(x, "%s%s%s", before, shown + (v.kind == TVAL_OBJECT && shown[0] == '&'),
                     after);
}

/* Sets *ret_empty when there was nothing to iterate over. */
static int range_over(struct exec *x, const struct loop *loop, struct tval v, bool *ret_empty)
{
    v = value_plain(x->set->a, v);
    switch (v.kind) {
    case TVAL_NONE:
    case TVAL_NIL:
        *ret_empty = true;
        return WALK_ON;
    case TVAL_INT:
    case TVAL_INT64:
        if (loop->node->branch.pipe->decl_count > 1)
            return fail_range(x, "can't use ", v, " to iterate over more than one variable");
        *ret_empty = v.i <= 0;
        return range_int(x, loop, v);
    case TVAL_LIST:
        *ret_empty = v.list->count == 0;
        return range_list(x, loop, v.list);
    case TVAL_MAP:
        *ret_empty = tmap_count(v.map) == 0;
        return range_map(x, loop, v.map);
    default:
        return fail_range(x, "range can't iterate over ", v, "");
    }
}

static int walk_range(struct exec *x, struct tval dot, const struct node *n)
{
    size_t mark = x->set->vars_count;
    struct tval v;
    if (exec_pipeline(x, dot, n->branch.pipe, &v) < 0)
        return -1;
    struct loop loop = {.node = n, .dot = dot, .mark = x->set->vars_count};
    bool empty = false;
    int end = range_over(x, &loop, v, &empty);
    if (empty && end == WALK_ON && n->branch.else_list)
        end = walk_list(x, dot, n->branch.else_list);
    x->set->vars_count = mark;
    /* A break ends this range even from its else list, where the parser took it for the outer's. */
    return end == WALK_BREAK ? WALK_ON : end;
}

/* ---- the other actions ---- */

static int walk_if_or_with(struct exec *x, struct tval dot, const struct node *n)
{
    size_t mark = x->set->vars_count;
    struct tval v;
    if (exec_pipeline(x, dot, n->branch.pipe, &v) < 0)
        return -1;
    int end = WALK_ON;
    if (tval_truth(v))
        end = walk_list(x, n->type == NODE_WITH ? v : dot, n->branch.list);
    else if (n->branch.else_list)
        end = walk_list(x, dot, n->branch.else_list);
    x->set->vars_count = mark;
    return end;
}

static int fail_template(struct exec *x, const struct node *n)
{
    AUTO_BUF quoted = BUF_INIT;
    goquote_append(&quoted, n->call.name.data, n->call.name.len);
    return exec_fail(x, "template %s not defined", buf_str(&quoted));
}

static int walk_template(struct exec *x, struct tval dot, const struct node *n)
{
    const struct ttree *tree = engine_lookup(x->set, x->space, n->call.name.data, n->call.name.len);
    if (!tree)
        return fail_template(x, n);
    if (x->depth >= TMPL_MAX_CALLS || stack_is_short())
        return exec_fail(x, "exceeded maximum template depth (%d)", TMPL_MAX_CALLS);
    struct tval v = tval_none();
    if (n->call.pipe && exec_pipeline(x, dot, n->call.pipe, &v) < 0)
        return -1;
    struct exec inner = *x;
    inner.tree = tree;
    inner.depth++;
    return exec_tree(&inner, v);
}

static void print_value(struct exec *x, struct tval v)
{
    if (v.kind == TVAL_STRING)
        buf_append(x->out, v.s.data, v.s.len);
    else if (v.kind == TVAL_NONE)
        buf_appends(x->out, "<no value>");
    else if (v.kind == TVAL_OBJECT && v.object->type->copied)
        (void)v.object->type->string(x->out, v.object, false);
    else
        tprint_value(x->out, x->set->a, v);
}

static int walk_action(struct exec *x, struct tval dot, const struct node *n)
{
    struct tval v;
    if (exec_pipeline(x, dot, n->branch.pipe, &v) < 0)
        return -1;
    if (!n->branch.pipe->decl_count) {
        x->node = n;
        print_value(x, v);
    }
    return WALK_ON;
}

static int walk(struct exec *x, struct tval dot, const struct node *n)
{
    x->node = n;
    switch (n->type) {
    case NODE_TEXT:
        buf_append(x->out, n->text.data, n->text.len);
        return WALK_ON;
    case NODE_ACTION:
        return walk_action(x, dot, n);
    case NODE_IF:
    case NODE_WITH:
        return walk_if_or_with(x, dot, n);
    case NODE_RANGE:
        return walk_range(x, dot, n);
    case NODE_TEMPLATE:
        return walk_template(x, dot, n);
    case NODE_BREAK:
        return WALK_BREAK;
    case NODE_CONTINUE:
        return WALK_CONTINUE;
    default:
        return exec_fail(x, "unknown node");
    }
}

static int walk_list(struct exec *x, struct tval dot, const struct node *list)
{
    if (stack_is_low())
        return exec_fail(x, "the template is nested too deeply");
    int end = WALK_ON;
    for (size_t i = 0; i < list->list.count && end == WALK_ON; i++) {
        x->node = list->list.items[i];
        if (exec_step(x) < 0)
            return -1;
        end = walk(x, dot, list->list.items[i]);
    }
    return end;
}

int exec_tree(struct exec *x, struct tval dot)
{
    size_t mark = x->set->vars_count;
    x->vars_base = mark;
    exec_var_push(x, &root_name, dot);
    x->node = x->tree->root;
    int end = walk_list(x, dot, x->tree->root);
    x->set->vars_count = mark;
    return end < 0 ? -1 : 0;
}
