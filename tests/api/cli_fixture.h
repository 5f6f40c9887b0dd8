/* What tests of commands on fake clusters share: two clusters, the words that name them, and a command
 * line's outcome. */
#ifndef CLI_FIXTURE_H
#define CLI_FIXTURE_H

#include "steps_fixture.h"
#include "support.h"

static struct clusters c;
static char *words; /* of the clusters */

static inline int set_up_clusters(void **state)
{
    (void)state;
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TERM", "dumb", 1);
    unsetenv("KUBECONFIG");
    setlocale(LC_CTYPE, "");
    clusters_start(&c, 2);
    words = clusters_words_dup(&c);
    return 0;
}

static inline int tear_down_clusters(void **state)
{
    (void)state;
    free(words);
    clusters_stop(&c);
    return 0;
}

/* "check -o json" with `more` and the clusters' words behind it. */
static inline struct outcome run_with(const char *line, const char *more, int code)
{
    AUTO_FREE char *whole = mem_printf("meshctl %s %s%s", line, words, more);
    struct outcome o = run_line(whole);
    if (o.code != code)
        fail_msg("%s: exit code %d, wanted %d: %s%s", line, o.code, code, o.out, o.err);
    return o;
}

static inline struct outcome run(const char *line, int code)
{
    return run_with(line, "", code);
}

static inline void says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not said: %s", part, text);
}

/* The document of that kind on standard output, which tells the exit code. New reference. */
static inline json_t *document_of(const struct outcome *o, const char *kind)
{
    struct error *err = NULL;
    json_t *doc = NULL;
    must(json_read(o->out, strlen(o->out), "stdout", &doc, &err), &err);
    assert_string_equal(json_dig_str(doc, "kind", NULL), kind);
    assert_int_equal(json_dig_int(doc, -1, "exitCode", NULL), o->code);
    return doc;
}

#define ON_CLUSTERS(f) cmocka_unit_test_setup_teardown(f, set_up_clusters, tear_down_clusters)

#endif
