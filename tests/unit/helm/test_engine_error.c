#include "golden.h"

#include "meshctl/helm/engine.h"

/* What `helm template` 3.22.0 and 4.3.1 print behind "Error: " for a chart "hc" with these two
 * files and the values {a: 1.0, n: null}. */
struct row {
    const char *file;    /* hc/templates/x.yaml */
    const char *helpers; /* hc/templates/_h.tpl */
    const char *helm3;
    const char *helm4; /* NULL: the same */
};

#define FILE_NAME "hc/templates/x.yaml"
#define HELPERS "hc/templates/_h.tpl"
#define IN_FILE "template: " FILE_NAME ":1:6: executing \"" FILE_NAME "\" at "
#define LINES_IN_FILE(at) FILE_NAME ":1:6\n  executing \"" FILE_NAME "\" at <" at ">:\n    "

static const struct row rows[] = {
    {"a: {{ .Values.n.x }}", "",
     "template: " FILE_NAME ":1:13: executing \"" FILE_NAME
     "\" at <.Values.n.x>: nil pointer evaluating interface {}.x",
     FILE_NAME ":1:13\n  executing \"" FILE_NAME
               "\" at <.Values.n.x>:\n    nil pointer evaluating interface {}.x"},
    {"a: {{ include \"h\" . }}", "{{ define \"h\" }}{{ .Values.n.x }}{{ end }}",
     IN_FILE "<include \"h\" .>: error calling include: template: " HELPERS
             ":1:26: executing \"h\" at <.Values.n.x>: nil pointer evaluating interface {}.x",
     LINES_IN_FILE("include \"h\" .") "error calling include:\n" HELPERS
                                      ":1:26\n  executing \"h\" at <.Values.n.x>:\n"
                                      "    nil pointer evaluating interface {}.x"},
    {"a: {{ include \"h\" . }}",
     "{{ define \"h\" }}{{ include \"i\" . | upper }}{{ end }}{{ define \"i\" }}{{ upper .Values.a "
     "}}{{ end }}",
     IN_FILE
     "<include \"h\" .>: error calling include: template: " HELPERS
     ":1:19: executing \"h\" at <include \"i\" .>: error calling include: template: " HELPERS
     ":1:84: executing \"i\" at <.Values.a>: wrong type for value; expected string; got "
     "float64",
     LINES_IN_FILE("include \"h\" .") "error calling include:\n" HELPERS
                                      ":1:19\n  executing \"h\" at <include \"i\" .>:\n"
                                      "    error calling include:\n" HELPERS
                                      ":1:84\n  executing \"i\" at <.Values.a>:\n"
                                      "    wrong type for value; expected string; got float64"},
    {"a: {{ include \"h\" . }}", "{{ define \"h\" }}{{ required \"need: it\" .Values.n }}{{ end }}",
     "execution error at (" FILE_NAME ":1:6): need: it", NULL},
    {"a: {{ include \"gone\" . }}", "",
     IN_FILE
     "<include \"gone\" .>: error calling include: template: no template \"gone\" associated "
     "with template \"gotpl\"",
     LINES_IN_FILE("include \"gone\" .") "error calling include:\ntemplate: no template \"gone\" "
                                         "associated with template \"gotpl\""},
    {"a: {{ mustFirst 1 }}", "",
     IN_FILE "<mustFirst 1>: error calling mustFirst: Cannot find first on type int", NULL},
    {"a: {{ tpl \"{{ .Values.n.x }}\" . }}", "",
     IN_FILE
     "<tpl \"{{ .Values.n.x }}\" .>: error calling tpl: error during tpl function execution "
     "for \"{{ .Values.n.x }}\": template: gotpl:1:10: executing \"gotpl\" at <.Values.n.x>: "
     "nil pointer evaluating interface {}.x",
     NULL},
    {"a: {{ include \"h\" . }}",
     "{{ define \"h\" }}{{ template \"i\" . }}{{ end }}{{ define \"i\" }}{{ upper .Values.a }}{{ "
     "end "
     "}}",
     IN_FILE "<include \"h\" .>: error calling include: template: " HELPERS
             ":1:77: executing \"i\" at <.Values.a>: wrong type for value; expected string; got "
             "float64",
     LINES_IN_FILE("include \"h\" .") "error calling include:\n" HELPERS
                                      ":1:77\n  executing \"i\" at <.Values.a>:\n"
                                      "    wrong type for value; expected string; got float64"},
    {"a: {{ foo }}", "", "parse error at (" FILE_NAME ":1): function \"foo\" not defined", NULL},
    {"a: {{ .x", "", "parse error at (" FILE_NAME ":1): unclosed action", NULL},
    {"{{ define \"a\" }}x{{ end }}{{ define \"a\" }}y{{ end }}", "",
     "parse error at (" FILE_NAME ":1): multiple definition of template \"a\"", NULL},
    {"a: {{ include \"q\\\"q\" . }}", "{{ define \"q\\\"q\" }}{{ .Values.n.x }}{{ end }}",
     IN_FILE "<include \"q\\\"q\" .>: error calling include: template: " HELPERS
             ":1:29: executing \"q\\\"q\" at <.Values.n.x>: nil pointer evaluating interface {}.x",
     LINES_IN_FILE("include \"q\\\"q\" .") "error calling include:\n" HELPERS
                                           ":1:29: executing \"q\\\"q\" at <.Values.n.x>\n"
                                           "  nil pointer evaluating interface {}.x"},
};

static struct tval context(struct arena *a)
{
    struct tval dot = tval_map(a);
    struct tval values = tval_map(a);
    tmap_set_type(values.map, "chartutil.Values");
    tmap_set(a, values.map, "a", 1, tval_float(1));
    tmap_set(a, values.map, "n", 1, tval_nil());
    tmap_set(a, dot.map, "Values", 6, values);
    return dot;
}

static void run_row(const struct row *row, int helm_major, struct error **err)
{
    AUTO_ARENA *a = arena_new();
    AUTO_BUF out = BUF_INIT;
    const struct helm_engine_options options = {.helm_major = helm_major};
    struct helm_engine *engine = helm_engine_new(a, &options);
    struct tmpl_set *set = helm_engine_set(engine);
    assert_int_equal(tmpl_add(set, HELPERS, row->helpers, strlen(row->helpers), err), 0);
    if (tmpl_add(set, FILE_NAME, row->file, strlen(row->file), err) < 0)
        helm_engine_parse_error(FILE_NAME, err);
    else if (tmpl_execute(set, FILE_NAME, context(a), &out, err) < 0)
        helm_engine_exec_error(engine, FILE_NAME, err);
    helm_engine_free(engine);
}

static void errors_read_as_those_of_helm(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        for (int major = 3; major <= 4; major++) {
            AUTO_ERROR struct error *err = NULL;
            run_row(&rows[i], major, &err);
            assert_non_null(err);
            assert_string_equal(err->message,
                                major == 4 && rows[i].helm4 ? rows[i].helm4 : rows[i].helm3);
            assert_true(text_has_prefix(err->where, FILE_NAME ":1"));
        }
    }
}

static void no_value_is_removed(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"", ""},
        {"abc", "abc"},
        {"<no value>", ""},
        {"a<no value>b<no value>", "ab"},
        {"<no value><no value>x<no value>y", "xy"},
        {"<no val<no value>ue>", "<no value>"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++) {
        AUTO_BUF out = BUF_INIT;
        buf_appends(&out, "<no value>");
        buf_appends(&out, texts[i][0]);
        tmpl_drop_no_value(&out, strlen("<no value>"));
        assert_string_equal(buf_str(&out) + strlen("<no value>"), texts[i][1]);
        assert_int_equal(out.len, strlen("<no value>") + strlen(texts[i][1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_read_as_those_of_helm),
        cmocka_unit_test(no_value_is_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
