/* What the tests of predicates share: objects out of text, and the answer that a predicate gives. */
#ifndef READY_SUPPORT_H
#define READY_SUPPORT_H

#include "api_support.h"
#include "meshctl/kube/wait.h"

static inline json_t *parse(const char *text)
{
    struct error *err = NULL;
    json_t *value = NULL;
    if (json_read(text, strlen(text), "test", &value, &err) < 0)
        fail_msg("%s in %s", err->message, text);
    return value;
}

/* Asks a predicate that needs no server; the reason or error's message, or "yes". */
static inline char *ask(kube_predicate predicate, const char *text, void *ctx)
{
    json_auto_t *object = text ? parse(text) : NULL;
    char *reason = NULL;
    struct error *err = NULL;
    bool yes = predicate(api.client, object, ctx, &reason, &err);
    char *answer = yes ? mem_strdup("yes") : err ? mem_printf("error: %s", err->message) : reason;
    if (err || yes)
        free(reason);
    error_free(err);
    return answer;
}

static inline void expect(kube_predicate predicate, const char *text, void *ctx, const char *answer)
{
    AUTO_FREE char *got = ask(predicate, text, ctx);
    assert_string_equal(got, answer);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, api_setup, api_teardown)

#endif
