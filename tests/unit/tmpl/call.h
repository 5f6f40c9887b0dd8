/* Functions of the tables called by name, without a template around them. */
#ifndef TEST_TMPL_CALL_H
#define TEST_TMPL_CALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "func.h"

/* What one test calls with, cmocka's state: the newest result or error. */
struct call {
    struct arena *a;
    struct tmpl_set *set;
    struct tval ret;
    struct error *err;
};

/* cmocka's set-up, with the set's options. */
static inline int call_setup(void **state, const struct tmpl_options *options)
{
    struct call *c = mem_zalloc(sizeof(*c));
    c->a = arena_new();
    c->set = tmpl_set_new(c->a, options);
    *state = c;
    return 0;
}

static inline int teardown(void **state)
{
    struct call *c = *state;
    error_free(c->err);
    tmpl_set_free(c->set);
    arena_free(c->a);
    mem_cleanup_free(state);
    return 0;
}

static inline int call(struct call *c, const char *name, const struct tval *args, size_t argc)
{
    const struct tfunc *f = tfunc_find(name, strlen(name));
    struct tcall around = {.a = c->a, .set = c->set};
    assert_non_null(f);
    error_clear(&c->err);
    return f->fn(&around, args, argc, &c->ret, &c->err);
}

#endif
