/* The executor (Go text/template exec.go): exec.c walks actions, exec_eval.c values, exec_call.c
 * calls functions, exec_member.c finds fields and methods, exec_error.c words errors.
 *
 * Values carry Go's difference between "X" and "an interface {} that holds X" in tval.boxed:
 * elements of maps and lists are boxed, the result of a pipeline never is. A TVAL_NIL is always an
 * interface. */
#ifndef MESHCTL_TMPL_EXEC_H
#define MESHCTL_TMPL_EXEC_H

#include "engine.h"

struct exec {
    struct tmpl_set *set;
    const struct tspace *space;
    const struct ttree *tree; /* being executed */
    const struct node *node;  /* the one at hand, for errors: Go's state.node */
    struct buf *out;
    size_t vars_base; /* where this template's variables start */
    unsigned depth;   /* of {{template}} */
    struct error **err;
};

/* Each sets the error and returns -1. "template: LOCATION: executing NAME at <NODE>:
 * " comes first. */
int exec_fail(struct exec *x, const char *fmt, ...) MC_PRINTF(2, 3);
/* As above, with the error of the thread's budget, which is over. */
int exec_fail_budget(struct exec *x);
/* As above, "error calling NAME: " before the error that the function has set. */
int exec_fail_call(struct exec *x, const char *name);

/* Walks the root of `tree`. */
int exec_tree(struct exec *x, struct tval dot);
/* Counts a step; -1 when a limit is reached. */
int exec_step(struct exec *x);

/* The value without the interface around it: a nil interface becomes TVAL_NONE. */
struct tval exec_unbox(struct tval v);

void exec_var_push(struct exec *x, const struct node_name *name, struct tval v);
int exec_var_set(struct exec *x, const struct node_name *name, struct tval v);

/* Each: 0 with *ret, or -1. `final` is the value piped in, NULL when there is none. */
int exec_pipeline(struct exec *x, struct tval dot, const struct node *pipe, struct tval *ret);
/* `args` are the nodes of the command, the callee's first; NULL when there can be none. */
int exec_field(struct exec *x, struct tval dot, const struct node_name *name,
               const struct node *node, const struct node_list *args, const struct tval *final,
               struct tval receiver, struct tval *ret);
/* One argument for a parameter of the type `letter` (func.h). */
int exec_arg(struct exec *x, struct tval dot, char letter, const struct node *n, struct tval *ret);
/* An operand that needs evaluation (dot, field, variable, pipe, function, chain): 1;
 * a literal: 0. */
int exec_operand(struct exec *x, struct tval dot, const struct node *n, struct tval *ret);
/* Go idealConstant. */
int exec_constant(struct exec *x, const struct node *n, struct tval *ret);

/* What is to be called. */
struct callee {
    const char *name;
    const char *params;
    const struct tfunc *func; /* one of these three */
    const struct tobject *object;
    const struct tmap *values;
};
/* Go evalCall. `node` is named in the error of the call itself. */
int exec_call(struct exec *x, struct tval dot, const struct callee *callee, const struct node *node,
              const struct node_list *args, const struct tval *final, struct tval *ret);

#endif
