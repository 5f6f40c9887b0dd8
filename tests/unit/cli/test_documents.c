/* Every command × every form of -o: the exit code, and on standard output exactly one document of
 * the wanted kind that a program can read (jsonl: every line one), whether the run failed or not. */
#include "cli.h"
#include "meshctl/data/yaml.h"
#include "support.h"

#define JSONL "jsonl"

/* What a run comes to without a cluster. STREAM: jsonl gives the run's events first, and then the document. */
static const struct {
    const char *words;
    int code;
    const char *kind;
    enum { ONE, STREAM } jsonl;
} cases[] = {
    {"version", 0, "Version", ONE},
    {"config view --west good.yaml", 0, "Mesh", ONE},
    {"config init --west good.yaml", 0, "Mesh", ONE},
    {"config view --west good.yaml --network east=x", 64, "Report", ONE},
    {"config view -f good.yaml", 65, "Report", ONE},
    {"config schema", 0, NULL, ONE},
    {"explain", 0, "Checks", ONE},
    {"explain mc303", 0, "Checks", ONE},
    {"explain ports", 0, "Topic", ONE},
    {"explain exit-codes", 0, "Topic", ONE},
    {"explain MC999", 64, "Report", ONE},
    {"render nowhere", 65, "Report", ONE},
    {"charts list --charts charts", 0, "ChartList", ONE},
    {"charts list --charts nowhere", 65, "Report", ONE},
    {"charts pull --charts charts --to out", 65, "Report", ONE},
    {"charts pull --charts charts", 64, "Report", ONE},
    {"charts", 64, "Report", ONE},
    {"ca init --west good.yaml", 0, "Certificates", ONE},
    {"ca show --west good.yaml", 0, "Certificates", ONE},
    {"ca show --west good.yaml --ca-dir nowhere", 1, "Report", ONE},
    {"ca nosuch --west good.yaml", 64, "Report", ONE},
    {"ca --west bad.yaml", 65, "Report", ONE},
    {"up --west bad.yaml --east none.yaml", 65, "Report", ONE},
    {"up", 64, "Report", ONE},
    {"up --west good.yaml extra", 64, "Report", ONE},
    {"up --west good.yaml --ca-dir up-ca --timeout 1s", 4, "Report", STREAM},
    {"plan --west bad.yaml", 65, "Report", ONE},
    {"plan --west good.yaml --timeout 1s", 4, "Plan", STREAM},
    {"up --west good.yaml --dry-run=server --timeout 1s", 4, "Plan", STREAM},
    {"down --west bad.yaml", 65, "Report", ONE},
    {"down --west good.yaml --timeout 1s", 4, "Plan", STREAM},
    {"down --west good.yaml --confirm mesh --timeout 1s", 4, "Plan", STREAM},
    {"add", 64, "Report", ONE},
    {"add north --west good.yaml", 64, "Report", ONE},
    {"add west --west good.yaml", 64, "Report", ONE},
    {"add north=bad.yaml --west good.yaml", 65, "Report", ONE},
    {"add north=good.yaml --west good.yaml --ca-dir up-ca --timeout 1s", 4, "Report", STREAM},
    {"upgrade --west good.yaml", 64, "Report", ONE},
    {"upgrade --to x --west good.yaml", 65, "Report", ONE},
    {"upgrade --to 1.31.1 --istio-version 1.31.1 --west good.yaml", 64, "Report", ONE},
    {"upgrade --to 1.31.1 --west good.yaml --timeout 1s", 4, "Report", STREAM},
    {"upgrade abort --to 1.31.1 --west good.yaml", 64, "Report", ONE},
    {"upgrade abort --west good.yaml --timeout 1s", 4, "Report", ONE},
    {"remove", 64, "Report", ONE},
    {"remove north --west good.yaml", 64, "Report", ONE},
    {"remove west --west good.yaml --timeout 1s", 4, "Plan", STREAM},
    {"install --west bad.yaml", 65, "Report", ONE},
    {"gateway --west bad.yaml", 65, "Report", ONE},
    {"remote-secret --west bad.yaml", 65, "Report", ONE},
    {"expose --west bad.yaml", 65, "Report", ONE},
    {"check --west bad.yaml", 65, "Report", ONE},
    {"check --west good.yaml --timeout 1s", 4, "Check", STREAM},
    {"status --west bad.yaml", 65, "Report", ONE},
    {"status --west good.yaml --window 0", 64, "Report", ONE},
    {"status --west good.yaml --interval x", 64, "Report", ONE},
    {"status --west good.yaml --timeout 1s", 4, "MeshStatus", ONE},
    {"graph --west bad.yaml", 65, "Report", ONE},
    {"graph --west good.yaml --timeout 1s", 4, "MeshStatus", ONE},
    {"graph --from nowhere", 1, "Report", ONE},
    {"report --west bad.yaml", 65, "Report", ONE},
    {"report --west good.yaml --timeout 1s --to report.tar.gz", 0, "ReportArchive", ONE},
    {"verify --west bad.yaml", 65, "Report", ONE},
    {"verify --west good.yaml --timeout 1s", 4, "Report", STREAM},
};

static void is_document(const char *line, const json_t *doc, const char *kind)
{
    if (!json_is_object(doc) ||
        strcmp(json_dig_str(doc, "apiVersion", NULL), "meshctl.io/v1") != 0 ||
        strcmp(json_dig_str(doc, "kind", NULL), kind) != 0)
        fail_msg("%s: no %s of meshctl.io/v1", line, kind);
}

/* The document; a second one behind it would be an error of the reader. */
static json_t *read_one(const char *line, const char *form, const char *text)
{
    struct error *err = NULL;
    json_t *value = NULL;
    size_t len = strlen(text);
    if (strcmp(form, "yaml") != 0) {
        if (json_read(text, len, line, &value, &err) < 0)
            fail_msg("%s: %s: %s", line, err->message, text);
        return value;
    }
    json_auto_t *all = NULL;
    if (yaml_read_all(text, len, line, YAML_STRICT_KEYS, &all, &err) < 0)
        fail_msg("%s: %s: %s", line, err->message, text);
    if (json_array_size(all) != 1)
        fail_msg("%s: %zu documents", line, json_array_size(all));
    return json_incref(json_array_get(all, 0));
}

/* Events, and the document in the last line, which is the caller's. */
static json_t *read_stream(const char *line, const char *text)
{
    AUTO_STRLIST lines = STRLIST_INIT;
    strlist_split(&lines, text, '\n');
    assert_true(lines.count > 3);
    assert_string_equal(lines.items[lines.count - 1], "");
    size_t events = lines.count - 2;
    bool ended = false;
    for (size_t i = 0; i < events; i++) {
        json_auto_t *event = read_one(line, JSONL, lines.items[i]);
        is_document(line, event, "Event");
        const char *what = json_dig_str(event, "event", NULL);
        if (ended)
            assert_string_equal(what, "finding");
        ended = ended || strcmp(what, "ended") == 0;
    }
    assert_true(ended);
    return read_one(line, JSONL, lines.items[events]);
}

/* What the document says of the run is what the exit code says. */
static void is_report_of(const char *line, const json_t *doc, int code)
{
    if (json_dig_int(doc, -1, "exitCode", NULL) != code ||
        !json_is_false(json_dig(doc, "ok", NULL)))
        fail_msg("%s: the report does not say exit code %d", line, code);
    if (!json_dig_str(doc, "errors", "0", "message", NULL))
        fail_msg("%s: the report names no error", line);
}

static bool is_for_programs(const char *form)
{
    return strcmp(form, "json") == 0 || strcmp(form, JSONL) == 0 || strcmp(form, "yaml") == 0;
}

/* A mesh file is one for people, too, and a schema is nothing else. */
static bool is_for_both(const char *kind)
{
    return !kind || strcmp(kind, "Mesh") == 0;
}

static void run_case(size_t i, const char *form)
{
    const char *kind = cases[i].kind;
    AUTO_FREE char *line = mem_printf("meshctl %s -o %s", cases[i].words, form);
    AUTO_OUTCOME o = run_line(line);
    if (o.code != cases[i].code)
        fail_msg("%s: exit code %d, wanted %d: %s", line, o.code, cases[i].code, o.err);
    if (!is_for_programs(form)) {
        if (strstr(o.out, "apiVersion") && !is_for_both(kind))
            fail_msg("%s: a document that nobody asked for", line);
        return;
    }
    bool streams = strcmp(form, JSONL) == 0 && cases[i].jsonl == STREAM;
    json_auto_t *doc = streams ? read_stream(line, o.out) : read_one(line, form, o.out);
    if (kind)
        is_document(line, doc, kind);
    if (kind && (strcmp(kind, "Report") == 0 || strcmp(kind, "Plan") == 0))
        is_report_of(line, doc, o.code);
    if (strcmp(form, JSONL) == 0 && !streams && strchr(o.out, '\n') != o.out + strlen(o.out) - 1)
        fail_msg("%s: more than a line", line);
}

static const struct command *command_of(size_t i)
{
    AUTO_FREE char *name = mem_strndup(cases[i].words, strcspn(cases[i].words, " "));
    return cli_find_command(name);
}

static void every_form_is_one_document(void **state)
{
    (void)state;
    save_kubeconfig("good.yaml");
    save("bad.yaml", "apiVersion: v1\nkind: [\n");
    assert_int_equal(mkdir("charts", 0700), 0);
    assert_int_equal(mkdir("charts/istiod", 0700), 0);
    save("charts/istiod/Chart.yaml", "apiVersion: v2\nname: istiod\nversion: 1.31.0\n");
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_STRLIST forms = STRLIST_INIT;
        strlist_split(&forms, command_of(i)->options.forms, '|');
        for (size_t f = 0; f < forms.count; f++)
            run_case(i, forms.items[f]);
    }
}

/* Each form that the command lacks is a usage error which lists those that it has. */
static void other_forms_are_refused(void **state)
{
    (void)state;
    static const char *const others[] = {"json", "jsonl", "yaml", "wide", "name", "xml"};
    size_t count;
    const struct command *all = cli_commands(&count);
    for (size_t i = 0; i < count; i++) {
        AUTO_STRLIST forms = STRLIST_INIT;
        AUTO_FREE char *wanted = mem_printf("--output takes %s, not ", all[i].options.forms);
        strlist_split(&forms, all[i].options.forms, '|');
        for (size_t k = 0; k < MC_ARRAY_LEN(others); k++) {
            if (strlist_has(&forms, others[k]))
                continue;
            AUTO_FREE char *line = mem_printf("meshctl %s -o %s", all[i].name, others[k]);
            AUTO_OUTCOME o = run_line(line);
            if (o.code != 64 || !strstr(o.err, wanted) || o.out[0])
                fail_msg("%s: exit code %d, %s%s", line, o.code, o.out, o.err);
        }
    }
}

/* A new verb needs its rows above; of one that has no documents there is nothing to try. */
static void every_verb_is_tried(void **state)
{
    (void)state;
    size_t count;
    const struct command *all = cli_commands(&count);
    for (size_t i = 0; i < count; i++) {
        for (const struct command_verb *verb = all[i].verbs; verb->run; verb++) {
            AUTO_FREE char *name =
                mem_printf("%s%s%s", all[i].name, verb->name[0] ? " " : "", verb->name);
            size_t len = strlen(name), tried = 0;
            for (size_t k = 0; k < MC_ARRAY_LEN(cases); k++)
                if (strncmp(cases[k].words, name, len) == 0 && strchr(" ", cases[k].words[len]))
                    tried++;
            if (!tried && strcmp(all[i].options.forms, "text") != 0)
                fail_msg("%s is not tried", name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_one_document),
        cmocka_unit_test(other_forms_are_refused),
        cmocka_unit_test(every_verb_is_tried),
    };
    return cmocka_run_group_tests(tests, enter_home, leave_folder);
}
