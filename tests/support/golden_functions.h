/* Runs tests/golden/tmpl/func_NAME.test: whole templates over the function tables. The room's
 * support.h comes first: open_set(arena, helm_major) and close_set(set) are there. */
#ifndef TEST_TMPL_GOLDEN_FUNCTIONS_H
#define TEST_TMPL_GOLDEN_FUNCTIONS_H

#include "golden.h"

#include "meshctl/tmpl/func.h"

/* Helm hands .Values in as a named map type. */
static inline struct tval case_data(struct arena *a, const struct golden_case *c)
{
    json_auto_t *json =
        json_loadb(c->data.data, c->data.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(json);
    struct tval dot = tval_from_json(a, json);
    struct tval *values = dot.kind == TVAL_MAP ? tmap_get(dot.map, "Values", 6) : NULL;
    if (values)
        tmap_set_type(values->map, "chartutil.Values");
    return dot;
}

static unsigned failures;
static int helm_major;

static inline void check_case(const struct golden_case *c)
{
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF out = BUF_INIT;
    struct tmpl_set *set = open_set(a, helm_major);
    bool failed = tmpl_add(set, "t", c->template.data, c->template.len, &err) < 0 ||
                  tmpl_execute(set, "t", case_data(a, c), &out, &err) < 0;
    const char *kind = failed ? "error" : "output";
    const char *text = failed ? err->message : buf_str(&out);
    size_t len = failed ? strlen(text) : out.len;
    if (strcmp(kind, c->kind) != 0 || len != c->expected.len ||
        memcmp(text, c->expected.data, len) != 0) {
        print_error("%s:%u: %s\n--- want %s\n%s\n--- got %s\n%s\n", c->path, c->line,
                    c->template.data, c->kind, c->expected.data, kind, text);
        failures++;
    }
    close_set(set);
}

/* All that differ are shown, not only the first. */
static inline void run(const char *name, int major, size_t least)
{
    failures = 0;
    helm_major = major;
    golden_run(name, check_case, least);
    assert_int_equal(failures, 0);
}

#define GOLDEN_TEST(name, least) GOLDEN_TEST_FOR(name, 3, least)
#define GOLDEN_TEST_FOR(name, major, least)                                                        \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        run("func_" #name ".test", major, least);                                                  \
    }

#endif
