/* Reads cases of tests/tools/gotmpl (a line of JSON each: templates, data, the real libraries'
 * answer) on standard input, answers them with ours and prints each that differs as a line of JSON
 * {"case": ..., "got": ...}, at most DIFFERENCE_MAX_SHOWN of them; the last line is "N cases, N
 * differences".
 *
 * Ends with 0 when all agree, 1 when not, 2 when the input is not what it should be, 3 when a case
 * crashed or took too long: its line is then the last that is printed. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/budget.h"
#include "meshctl/data/json.h"
#include "meshctl/helm/engine.h"
#include "values_set.h"

#define DIFFERENCE_MAX_SHOWN 500
#define CASE_SECONDS 20 /* sanitizers and a busy machine included */
#define CASE_MAX_STEPS 20000000
#define CASE_MAX_OUTPUT ((size_t)16 * 1024 * 1024)
#define CASE_MAX_MEMORY ((size_t)1024 * 1024 * 1024)
#define SIGNAL_STACK 65536

struct answer {
    const char *phase; /* parse, exec or done */
    struct buf out, err, helm;
    json_t *tree; /* of strvals; `out` is its text */
};

static void answer_release(struct answer *a)
{
    buf_release(&a->out);
    buf_release(&a->err);
    buf_release(&a->helm);
    json_decref(a->tree);
}

/* --- a crash shows its case --- */

static char *current;
static size_t current_len;

static void show_current(void)
{
    static const char head[] = "\ncrash: ";
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
        if (write(fd, head, sizeof(head) - 1) < 0 || write(fd, current, current_len) < 0)
            _exit(3);
}

static void on_signal(int number)
{
    (void)number;
    show_current();
    _exit(3);
}

/* In a build with a sanitizer, which takes the signals itself. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void catch_crashes(void)
{
    static char stack[SIGNAL_STACK];
    const stack_t alternative = {.ss_sp = stack, .ss_size = sizeof(stack)};
    sigaltstack(&alternative, NULL);
    const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    sigaction(SIGALRM, &action, NULL);
    if (__sanitizer_set_death_callback) {
        __sanitizer_set_death_callback(show_current);
        return;
    }
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    for (size_t i = 0; i < MC_ARRAY_LEN(numbers); i++)
        sigaction(numbers[i], &action, NULL);
}

/* --- values --- */

static const char *bytes_of(const json_t *j, struct arena *a, size_t *ret_len)
{
    if (json_is_string(j)) {
        *ret_len = json_string_length(j);
        return json_string_value(j);
    }
    AUTO_BUF raw = BUF_INIT;
    const char *text = json_dig_str(j, "!b64", NULL);
    if (text && base64_decode(&raw, text, strlen(text)))
        buf_clear(&raw);
    *ret_len = raw.len;
    return arena_strndup(a, buf_str(&raw), raw.len);
}

static struct tval value_of(struct arena *a, const json_t *j);

static struct tval map_of(struct arena *a, const json_t *j)
{
    struct tval map = tval_map(a);
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)j, key, item)
        tmap_set(a, map.map, key, strlen(key), value_of(a, item));
    return map;
}

/* As gotmpl's case.go says; what is plain JSON is what tval_from_json makes of it. */
static struct tval value_of(struct arena *a, const json_t *j)
{
    if (json_is_array(j)) {
        struct tval list = tval_list(a, json_array_size(j));
        for (size_t i = 0; i < json_array_size(j); i++)
            list.list->items[i] = value_of(a, json_array_get(j, i));
        return list;
    }
    if (!json_is_object(j))
        return tval_from_json(a, j);
    const json_t *item;
    if ((item = json_object_get(j, "!int")))
        return tval_int(json_integer_value(item));
    if (json_object_get(j, "!b64")) {
        size_t len;
        const char *bytes = bytes_of(j, a, &len);
        return tval_string(a, bytes, len);
    }
    if ((item = json_object_get(j, "!values"))) {
        struct tval map = map_of(a, item);
        tmap_set_type(map.map, "chartutil.Values");
        return map;
    }
    return map_of(a, j);
}

/* Plain JSON of the case's tree, for what is not the template engine. */
static json_t *tree_of(const json_t *j)
{
    if (json_is_array(j)) {
        json_t *list = json_array();
        for (size_t i = 0; i < json_array_size(j); i++)
            json_array_append_new(list, tree_of(json_array_get(j, i)));
        return list;
    }
    if (!json_is_object(j))
        return json_deep_copy(j);
    if (json_object_get(j, "!int"))
        return json_deep_copy(json_object_get(j, "!int"));
    if (json_object_get(j, "!b64"))
        return json_string("");
    json_t *map = json_object();
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)j, key, item)
        json_object_set_new(map, key, tree_of(item));
    return map;
}

/* --- what ours answers --- */

static int add_files(struct tmpl_set *set, const json_t *files, struct arena *a,
                     struct answer *answer, struct error **err)
{
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *file = json_array_get(files, i);
        const char *name = json_dig_str(file, "name", NULL);
        size_t len;
        const char *text = bytes_of(json_object_get(file, "text"), a, &len);
        if (tmpl_add(set, name, text, len, err) < 0) {
            answer->phase = "parse";
            buf_appends(&answer->err, (*err)->message);
            return helm_engine_parse_error(name, err);
        }
    }
    return 0;
}

static int render(struct helm_engine *engine, const json_t *j, struct arena *a,
                  struct answer *answer, struct error **err)
{
    struct tmpl_set *set = helm_engine_set(engine);
    const json_t *files = json_object_get(j, "files");
    if (add_files(set, files, a, answer, err))
        return -1;
    const char *name =
        json_dig_str(json_array_get(files, json_array_size(files) - 1), "name", NULL);
    if (tmpl_execute(set, name, value_of(a, json_object_get(j, "data")), &answer->out, err) < 0) {
        answer->phase = "exec";
        buf_appends(&answer->err, (*err)->message);
        return helm_engine_exec_error(engine, name, err);
    }
    tmpl_drop_no_value(&answer->out, 0);
    return 0;
}

static void answer_template(const json_t *j, struct answer *answer)
{
    const struct helm_engine_options options = {
        .helm_major = 3, .max_steps = CASE_MAX_STEPS, .max_output = CASE_MAX_OUTPUT};
    const struct budget_limits limits = {.max_memory = CASE_MAX_MEMORY};
    AUTO_BUDGET budget = {0};
    budget_begin(&budget, &limits);
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    struct helm_engine *engine = helm_engine_new(a, &options);
    answer->phase = "done";
    if (render(engine, j, a, answer, &err)) {
        buf_clear(&answer->out);
        buf_appends(&answer->helm, err->message);
    }
    helm_engine_free(engine);
}

static enum values_set_kind set_kind(const char *mode)
{
    static const char *const names[] = {[VALUES_SET] = "set",
                                        [VALUES_SET_STRING] = "string",
                                        [VALUES_SET_FILE] = "file",
                                        [VALUES_SET_JSON] = "json",
                                        [VALUES_SET_LITERAL] = "literal"};
    size_t i = 0;
    while (i < MC_ARRAY_LEN(names) - 1 && strcmp(names[i], mode) != 0)
        i++;
    return (enum values_set_kind)i;
}

static void answer_strvals(const json_t *j, struct answer *answer)
{
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    json_auto_t *values = tree_of(json_object_get(j, "data"));
    size_t len;
    const char *text =
        bytes_of(json_object_get(json_array_get(json_object_get(j, "files"), 0), "text"), a, &len);
    answer->phase = "done";
    if (strvals_parse(values, set_kind(json_dig_str(j, "mode", NULL)), text, len, NULL, &err)) {
        answer->phase = "exec";
        buf_appends(&answer->err, err->message);
    } else {
        json_write(&answer->out, values, JSON_WRITE_NO_ESCAPE);
        answer->tree = TAKE(values);
    }
}

/* --- the comparison --- */

static bool same(const struct buf *got, const json_t *want, struct arena *a)
{
    size_t len;
    const char *bytes = bytes_of(want, a, &len);
    return len == got->len && memcmp(bytes, buf_str(got), len) == 0;
}

/* Our messages are C strings: they end at a NUL. */
static bool same_message(const struct buf *got, const json_t *want, struct arena *a)
{
    size_t len;
    const char *bytes = bytes_of(want, a, &len);
    size_t shown = strlen(bytes);
    return strncmp(bytes, buf_str(got), shown) == 0 && (shown < len || got->len == len);
}

static bool agrees(const json_t *j, const struct answer *got)
{
    const json_t *want = json_object_get(j, "want");
    AUTO_ARENA *a = arena_new();
    if (strcmp(json_dig_str(want, "phase", NULL), got->phase) != 0)
        return false;
    if (strcmp(got->phase, "done") != 0)
        return same_message(&got->err, json_object_get(want, "err"), a) &&
               same_message(&got->helm, json_object_get(want, "helm"), a);
    if (strcmp(json_dig_str(j, "kind", NULL), "strvals") != 0)
        return same(&got->out, json_object_get(want, "out"), a);
    size_t len;
    const char *text = bytes_of(json_object_get(want, "out"), a, &len);
    json_auto_t *theirs = json_loadb(text, len, JSON_ALLOW_NUL, NULL);
    json_auto_t *plain = theirs ? tree_of(theirs) : NULL;
    return plain && json_equal(plain, got->tree);
}

static json_t *shown(const struct buf *b)
{
    json_t *text = json_stringn(buf_str(b), b->len);
    if (text)
        return text;
    AUTO_FREE char *coded = base64_encode_dup(buf_str(b), b->len);
    return json_pack("{s:s}", "!b64", coded);
}

static void show(json_t *j, const struct answer *got)
{
    json_auto_t *line =
        json_pack("{s:O,s:{s:s,s:o,s:o,s:o}}", "case", j, "got", "phase", got->phase, "out",
                  shown(&got->out), "err", shown(&got->err), "helm", shown(&got->helm));
    if (json_dumpf(line, stdout, JSON_COMPACT) == 0)
        putchar('\n');
}

/* 1 when the case differs, -1 when the line is no case. */
static int run_case(bool may_show)
{
    json_error_t why;
    json_auto_t *j = json_loadb(current, current_len, JSON_ALLOW_NUL, &why);
    const char *kind = json_dig_str(j, "kind", NULL);
    if (!kind || !json_dig_str(j, "want", "phase", NULL)) {
        fprintf(stderr, "not a case: %s\n", j ? "no kind or answer" : why.text);
        return -1;
    }
    MC_CLEANUP(answer_release) struct answer got = {0};
    alarm(CASE_SECONDS);
    if (strcmp(kind, "strvals") == 0)
        answer_strvals(j, &got);
    else
        answer_template(j, &got);
    alarm(0);
    if (agrees(j, &got))
        return 0;
    if (may_show)
        show(j, &got);
    return 1;
}

int main(void)
{
    size_t cases = 0, differences = 0, cap = 0;
    ssize_t len;
    catch_crashes();
    while ((len = getline(&current, &cap, stdin)) > 0) {
        current_len = (size_t)len;
        int rc = run_case(differences < DIFFERENCE_MAX_SHOWN);
        if (rc < 0)
            return 2;
        cases++;
        differences += (size_t)rc;
    }
    free(current);
    printf("%zu cases, %zu differences\n", cases, differences);
    return differences ? 1 : 0;
}
