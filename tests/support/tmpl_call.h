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

#include "meshctl/tmpl/func.h"

/* What one test calls with, cmocka's state: the newest result or error. */
struct call {
    struct arena *a;
    struct tmpl_set *set;
    struct tval ret;
    struct error *err;
};

/* For cmocka's set-up. */
static inline struct call *call_begin(void **state)
{
    struct call *c = mem_zalloc(sizeof(*c));
    c->a = arena_new();
    *state = c;
    return c;
}

/* What made the set frees it before. */
static inline void call_end(void **state)
{
    struct call *c = *state;
    error_free(c->err);
    arena_free(c->a);
    mem_cleanup_free(state);
}

static inline int call(struct call *c, const char *name, const struct tval *args, size_t argc)
{
    const struct tfunc *f = tfuncs_find(tset_options(c->set)->functions, name, strlen(name));
    struct tcall around = {.a = c->a, .set = c->set};
    assert_non_null(f);
    error_clear(&c->err);
    return f->fn(&around, args, argc, &c->ret, &c->err);
}

#endif
