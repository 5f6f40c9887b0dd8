#include "golden.h"

#include <pthread.h>

#include "meshctl/base/budget.h"

#include "support.h"

/* Executions that would not end: each stops with an error, on any size of stack. */

#define BIG_STACK ((size_t)512 * 1024 * 1024)
#define SMALL_STACK ((size_t)4 * 1024 * 1024)

struct job {
    const char *text;
    struct helm_engine_options options;
    struct budget_limits limits;
    char *message; /* the error's, NULL when it went well */
    size_t out_len;
};

static void *run_job(void *arg)
{
    struct job *job = arg;
    AUTO_BUDGET budget = {0};
    budget_begin(&budget, &job->limits);
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF out = BUF_INIT;
    struct tmpl_set *set = helm_engine_set(helm_engine_new(a, &job->options));
    if (tmpl_add(set, "t", job->text, strlen(job->text), &err) < 0 ||
        tmpl_execute(set, "t", tval_map(a), &out, &err) < 0)
        job->message = mem_strdup(err->message);
    job->out_len = out.len;
    close_set(set);
    return NULL;
}

static void run_with_stack(struct job *job, size_t size)
{
    pthread_attr_t attr;
    pthread_t thread;
    assert_int_equal(pthread_attr_init(&attr), 0);
    assert_int_equal(pthread_attr_setstacksize(&attr, size), 0);
    assert_int_equal(pthread_create(&thread, &attr, run_job, job), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attr);
}

/* Helm 3.22: the counter lets 1001 includes of a name run at once. */
static void include_of_itself_ends_as_in_helm(void **state)
{
    (void)state;
    struct job job = {.text = "{{define \"r\"}}{{include \"r\" .}}{{end}}{{include \"r\" .}}"};
    run_with_stack(&job, BIG_STACK);
    AUTO_BUF want = BUF_INIT;
    buf_appends(&want, "template: t:1:40: executing \"t\" at <include \"r\" .>: error calling "
                       "include: ");
    for (int i = 0; i < 1001; i++)
        buf_appends(&want, "template: t:1:16: executing \"r\" at <include \"r\" .>: error calling "
                           "include: ");
    buf_appends(&want, "rendering template has a nested reference name: r: unable to execute "
                       "template");
    assert_string_equal(job.message, buf_str(&want));
    free(job.message);
}

/* Two names that include each other count apart; on a small stack the same error comes sooner. */
static void include_ends_on_a_small_stack(void **state)
{
    (void)state;
    struct job job = {.text = "{{define \"a\"}}{{include \"b\" .}}{{end}}{{define \"b\"}}"
                              "{{include \"a\" .}}{{end}}{{include \"a\" .}}"};
    run_with_stack(&job, SMALL_STACK);
    assert_true(text_has_prefix(job.message,
                                "template: t:1:78: executing \"t\" at <include \"a\" .>: "
                                "error calling include: template: t:1:16: executing "
                                "\"a\" at <include \"b\" .>: error calling include: "));
    assert_true(text_has_suffix(job.message, ": unable to execute template"));
    free(job.message);
}

static void template_of_itself_ends_as_in_go(void **state)
{
    (void)state;
    static const size_t stacks[] = {BIG_STACK, SMALL_STACK};
    for (size_t i = 0; i < MC_ARRAY_LEN(stacks); i++) {
        struct job job = {.text =
                              "{{define \"r\"}}{{template \"r\" .}}{{end}}{{template \"r\" .}}"};
        run_with_stack(&job, stacks[i]);
        assert_string_equal(job.message,
                            "template: t:1:25: executing \"r\" at <{{template \"r\" .}}>: "
                            "exceeded maximum template depth (100000)");
        free(job.message);
    }
}

/* Helm itself crashes on this one. */
static void tpl_of_itself_ends(void **state)
{
    (void)state;
    struct job job = {.text = "{{$_ := set . \"x\" \"{{tpl .x .}}\"}}{{tpl .x .}}"};
    run_with_stack(&job, SMALL_STACK);
    assert_non_null(job.message);
    assert_true(text_has_suffix(job.message, "tpl calls itself too often"));
    free(job.message);
}

static void depth_of_values_and_parentheses_is_bounded(void **state)
{
    (void)state;
    AUTO_BUF text = BUF_INIT;
    buf_appends(&text, "{{define \"r\"}}{{print ");
    buf_pad(&text, '(', 2000);
    buf_appends(&text, "include \"r\" .");
    buf_pad(&text, ')', 2000);
    buf_appends(&text, "}}{{end}}{{include \"r\" .}}");
    struct job job = {.text = buf_str(&text)};
    run_with_stack(&job, (size_t)8 * 1024 * 1024);
    assert_non_null(job.message);
    free(job.message);
}

static void steps_are_counted(void **state)
{
    (void)state;
    struct job job = {.text = "{{range 9223372036854775807}}{{end}}", .options.max_steps = 1000};
    run_job(&job);
    assert_string_equal(job.message, "template: t:1:8: executing \"t\" at <9223372036854775807>: "
                                     "the template runs too long");
    free(job.message);
    job = (struct job){.text = "{{range 10}}{{.}}{{end}}", .options.max_steps = 1000};
    run_job(&job);
    assert_null(job.message);
    assert_int_equal(job.out_len, 10);
}

static void output_has_a_maximum(void **state)
{
    (void)state;
    struct job job = {.text = "{{range 100}}0123456789{{end}}", .options.max_output = 500};
    run_job(&job);
    assert_non_null(job.message);
    assert_true(text_has_suffix(job.message, ": the output is larger than 500 bytes"));
    assert_true(job.out_len <= 500);
    free(job.message);
    job = (struct job){.text = "01234567890", .options.max_output = 10};
    run_job(&job);
    assert_string_equal(job.message, "template: t: the output is larger than 10 bytes");
    free(job.message);
}

static void memory_has_a_maximum(void **state)
{
    (void)state;
    struct job job = {.text =
                          "{{$s := \"0123456789\"}}{{range 100000}}{{$s = print $s $s $s | trunc "
                          "10000}}{{end}}",
                      .limits.max_memory = (size_t)64 * 1024 * 1024};
    run_job(&job);
    assert_non_null(job.message);
    assert_true(text_has_prefix(job.message, "template: t:1:"));
    assert_true(text_has_suffix(job.message, ": this takes more than the limit of 64Mi of memory"));
    free(job.message);
}

static void time_has_a_maximum(void **state)
{
    (void)state;
    struct job job = {.text = "{{range 9223372036854775807}}{{end}}", .limits.max_cpu_ms = 50};
    run_job(&job);
    assert_string_equal(
        job.message, "template: t:1:8: executing \"t\" at <9223372036854775807>: this takes more "
                     "than the limit of 0.1s of processor time");
    free(job.message);
}

static void a_signal_ends_it(void **state)
{
    (void)state;
    struct cancel cancel;
    assert_int_equal(cancel_init(&cancel), 0);
    struct job job = {.text = "{{range 9223372036854775807}}{{end}}", .limits.cancel = &cancel};
    cancel_set(&cancel);
    run_job(&job);
    assert_string_equal(job.message, "template: t:1:8: executing \"t\" at <9223372036854775807>: "
                                     "interrupted");
    cancel_release(&cancel);
    free(job.message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(include_of_itself_ends_as_in_helm),
        cmocka_unit_test(include_ends_on_a_small_stack),
        cmocka_unit_test(template_of_itself_ends_as_in_go),
        cmocka_unit_test(tpl_of_itself_ends),
        cmocka_unit_test(depth_of_values_and_parentheses_is_bounded),
        cmocka_unit_test(steps_are_counted),
        cmocka_unit_test(output_has_a_maximum),
        cmocka_unit_test(memory_has_a_maximum),
        cmocka_unit_test(time_has_a_maximum),
        cmocka_unit_test(a_signal_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
