/* Command lines to options, options to a mesh, and the rows as help. */
#include "options.h"

#include "cli.h"
#include "options_ca.h"
#include "options_change.h"
#include "options_charts.h"
#include "options_cut.h"
#include "options_gateway.h"
#include "options_images.h"
#include "options_mesh.h"
#include "options_objects.h"
#include "options_render.h"
#include "options_run.h"
#include "options_source.h"
#include "options_verify.h"
#include "support.h"
#include "test_certs.h"

static const struct option_set all = {
    {&options_mesh_family, &options_charts_family, &options_source_family, &options_images_family,
     &options_ca_family, &options_gateway_family, &options_verify_family, &options_cut_family,
     &options_change_family, &options_manifests_family, &options_manager_family,
     &options_only_family, &options_run_family, &options_output_family},
    "text|json|jsonl|yaml"};
static const struct option_set render = {
    {&options_output_family, &options_render_family, &options_source_family}, "text"};

/* The strings of options live as long as the words that they point into. */
static struct strlist words;

static int parse(const struct option_set *set, const char *line, struct options *o,
                 struct error **err)
{
    *o = (struct options){0};
    strlist_release(&words);
    words = (struct strlist)STRLIST_INIT;
    split_words(&words, line);
    return options_parse(set, (int)words.count, words.items, o, err);
}

static void parses(const struct option_set *set, const char *line, struct options *o)
{
    struct error *err = NULL;
    must(parse(set, line, o, &err), &err);
}

/* `hint` NULL: none. */
static void refuses(const struct option_set *set, const char *line, const char *message,
                    const char *hint)
{
    struct options o;
    struct error *err = NULL;
    if (parse(set, line, &o, &err) == 0)
        fail_msg("taken: %s", line);
    assert_int_equal(err->kind, ERROR_USAGE);
    assert_string_equal(err->message, message);
    if (hint)
        assert_string_equal(err->hint, hint);
    else
        assert_null(err->hint);
    error_free(err);
    options_release(&o);
}

static void values_with_and_without_equals(void **state)
{
    (void)state;
    struct options o;
    parses(&all, "--west=a.yaml --east b.yaml@ctx --hub= --mesh-id m=1", &o);
    assert_string_equal(options_mesh_of(&o)->west, "a.yaml");
    assert_string_equal(options_mesh_of(&o)->east, "b.yaml@ctx");
    assert_string_equal(options_images_of(&o)->hub, "");
    assert_string_equal(options_mesh_of(&o)->mesh_id, "m=1");
    assert_null(options_gateway_of(&o)->cloud);
    assert_int_equal(o.arguments.count, 0);
    options_release(&o);
    parses(&all, "--west a --west b", &o); /* the last one counts */
    assert_string_equal(options_mesh_of(&o)->west, "b");
    options_release(&o);
}

/* Go's strconv.ParseBool. */
static void flags_may_say_true_or_false(void **state)
{
    (void)state;
    static const char *const truths[] = {"1", "t", "T", "TRUE",  "true",  "True",
                                         "0", "f", "F", "FALSE", "false", "False"};
    for (size_t i = 0; i < MC_ARRAY_LEN(truths); i++) {
        struct options o;
        AUTO_FREE char *line = mem_printf("--ascii --bookinfo=%s --ascii=%s", truths[i], truths[i]);
        parses(&all, line, &o);
        assert_int_equal(options_verify_of(&o)->bookinfo, i < 6);
        assert_int_equal(options_output_of(&o)->ascii, i < 6);
        options_release(&o);
    }
}

static void lists_keep_their_order(void **state)
{
    (void)state;
    struct options o;
    parses(&all, "--cluster a=1 --set istiod.x=1 --cluster=b=2 --cluster c=3", &o);
    AUTO_FREE char *clusters = strlist_join_dup(&options_mesh_of(&o)->clusters, " ");
    assert_string_equal(clusters, "a=1 b=2 c=3");
    assert_int_equal(options_charts_of(&o)->set.count, 1);
    options_release(&o);
}

static void letters_stand_together(void **state)
{
    (void)state;
    struct options o;
    parses(&all, "-vv -v -qojson", &o);
    assert_int_equal(options_output_of(&o)->verbose, 3);
    assert_true(options_output_of(&o)->quiet);
    assert_string_equal(options_output_of(&o)->form, "json");
    options_release(&o);
    parses(&all, "-o yaml --verbose", &o);
    assert_string_equal(options_output_of(&o)->form, "yaml");
    assert_int_equal(options_output_of(&o)->verbose, 1);
    options_release(&o);
    parses(&render, "-nistio-system -f a.yaml -fb.yaml chart", &o);
    assert_string_equal(options_render_of(&o)->namespace_, "istio-system");
    assert_int_equal(options_render_of(&o)->values.count, 2);
    assert_string_equal(o.arguments.items[0], "chart");
    options_release(&o);
}

static void arguments_stand_anywhere(void **state)
{
    (void)state;
    struct options o;
    parses(&all, "init --ascii - -- --west -v", &o);
    AUTO_FREE char *arguments = strlist_join_dup(&o.arguments, " ");
    assert_string_equal(arguments, "init - --west -v");
    assert_true(options_output_of(&o)->ascii);
    assert_null(options_mesh_of(&o)->west);
    assert_int_equal(options_output_of(&o)->verbose, 0);
    options_release(&o);
}

static void choices_are_checked(void **state)
{
    (void)state;
    struct options o;
    refuses(&all, "-o xml", "--output takes text|json|jsonl|yaml, not \"xml\"", NULL);
    refuses(&all, "--output=", "--output takes text|json|jsonl|yaml, not \"\"", NULL);
    refuses(&all, "--output text|json", "--output takes text|json|jsonl|yaml, not \"text|json\"",
            NULL);
    refuses(&all, "--color sometimes", "--color takes auto|always|never, not \"sometimes\"", NULL);
    refuses(&all, "--gateway-ports 5", "--gateway-ports takes 3|4, not \"5\"", NULL);
    refuses(&all, "--dry-run=none", "--dry-run takes client|server, not \"none\"", NULL);
    refuses(&render, "--compat 2", "--compat takes 3|4, not \"2\"", NULL);
    parses(&all, "--gateway-ports 4 --color never --dry-run=server", &o);
    options_release(&o);
}

static void missing_values_are_named(void **state)
{
    (void)state;
    refuses(&all, "--west", "--west needs FILE[@CONTEXT]", NULL);
    refuses(&all, "-v -o", "-o needs text|json|jsonl|yaml", NULL);
    refuses(&all, "--bookinfo=yes", "--bookinfo takes true or false, not \"yes\"", NULL);
    refuses(&all, "--bookinfo=", "--bookinfo takes true or false, not \"\"", NULL);
    refuses(&all, "--verbose=2", "--verbose takes no value", NULL);
}

static void unknown_options_get_a_near_spelling(void **state)
{
    (void)state;
    refuses(&all, "--wset x", "unknown option --wset", "did you mean --west?");
    refuses(&all, "--istio-verison=1", "unknown option --istio-verison",
            "did you mean --istio-version?");
    refuses(&all, "--xylophone", "unknown option --xylophone", NULL);
    refuses(&all, "-vx", "unknown option -x", NULL);
    /* An option of another command is unknown here. */
    refuses(&render, "--west x", "unknown option --west", NULL);
}

/* ---- the mesh that they describe ------------------------------------------------------------- */

static int mesh_of(const char *line, struct mesh **ret_mesh, struct error **err)
{
    struct cli cli = {0};
    int rc = parse(&all, line, &cli.options, err);
    if (rc >= 0)
        rc = cli_mesh_new(&cli, ret_mesh, err);
    options_release(&cli.options);
    return rc;
}

#define AUTO_MESH MC_CLEANUP(mesh_cleanup) struct mesh

static struct mesh *good_mesh(const char *line)
{
    struct error *err = NULL;
    struct mesh *m = NULL;
    must(mesh_of(line, &m, &err), &err);
    return m;
}

static void bad_mesh(const char *line, enum error_kind kind, const char *message, const char *hint)
{
    struct error *err = NULL;
    struct mesh *m = NULL;
    if (mesh_of(line, &m, &err) == 0)
        fail_msg("taken: %s", line);
    assert_int_equal(err->kind, kind);
    if (!strstr(err->message, message))
        fail_msg("\"%s\" does not say \"%s\"", err->message, message);
    if (hint && (!err->hint || !strstr(err->hint, hint)))
        fail_msg("the hint \"%s\" does not say \"%s\"", err->hint, hint);
    error_free(err);
}

static void west_and_east_are_short_for_clusters(void **state)
{
    (void)state;
    AUTO_MESH *m = good_mesh("--east e.yaml --west w.yaml@admin --cluster north=@n "
                             "--cluster south=s.yaml --kubeconfig all.yaml");
    assert_int_equal(m->members_count, 4);
    assert_string_equal(m->members[0].name, "west");
    assert_string_equal(m->members[0].kubeconfig, "w.yaml");
    assert_string_equal(m->members[0].context, "admin");
    assert_string_equal(m->members[1].name, "east");
    assert_null(m->members[1].context);
    assert_string_equal(m->members[2].kubeconfig, "all.yaml");
    assert_string_equal(m->members[2].context, "n");
    assert_string_equal(m->members[3].cluster, "south-cluster");
    AUTO_MESH *from_environment = good_mesh("--west @ctx");
    assert_null(from_environment->members[0].kubeconfig);
}

/* ARNs and user@host names: the context begins behind the last @, unless such a file is there. */
static void a_file_may_have_an_at(void **state)
{
    (void)state;
    AUTO_MESH *split = good_mesh("--west a@b@ctx");
    assert_string_equal(split->members[0].kubeconfig, "a@b");
    assert_string_equal(split->members[0].context, "ctx");
    save("me@host.yaml", "x");
    AUTO_MESH *whole = good_mesh("--west me@host.yaml");
    assert_string_equal(whole->members[0].kubeconfig, "me@host.yaml");
    assert_null(whole->members[0].context);
    AUTO_MESH *both = good_mesh("--west me@host.yaml@ctx");
    assert_string_equal(both->members[0].kubeconfig, "me@host.yaml");
    assert_string_equal(both->members[0].context, "ctx");
}

static void names_are_set_per_member(void **state)
{
    (void)state;
    AUTO_MESH *m = good_mesh(
        "--west w --east e --cluster-name west=c1 --network east=net-2 --server west=https://h:1 "
        "--mesh-id m1 --istio-version 1.30.1 --hub r.example/istio --cloud hatoba "
        "--gateway-ports 4 --istio-namespace is --ingress-namespace in --bookinfo-namespace bo "
        "--release eastwest=ew");
    assert_string_equal(m->members[0].cluster, "c1");
    assert_string_equal(m->members[0].network, "west-network");
    assert_string_equal(m->members[0].server, "https://h:1");
    assert_string_equal(m->members[1].network, "net-2");
    assert_null(m->members[1].server);
    assert_string_equal(m->id, "m1");
    assert_string_equal(m->istio_version, "1.30.1");
    assert_string_equal(m->hub, "r.example/istio");
    assert_string_equal(m->cloud, "hatoba");
    assert_int_equal(m->gateway_ports, 4);
    assert_string_equal(m->istio_namespace, "is");
    assert_string_equal(m->ingress_namespace, "in");
    assert_string_equal(m->bookinfo_namespace, "bo");
    assert_string_equal(m->releases[MESH_EASTWEST], "ew");
}

static const char mesh_text[] =
    "apiVersion: meshctl.io/v1\nkind: Mesh\nname: prod\n"
    "istio: {version: 1.30.2, hub: in.file/istio, charts: c, values: {istiod: {a: 1, b: 1}}}\n"
    "defaults: {kubeconfig: all.yaml, cloud: hatoba}\n"
    "clusters: [{name: tokyo}, {name: osaka, network: n2, cloud: other, gateway: {ports: 4}}]\n"
    "verify: {bookinfo: true, requests: 9}\n";

/* As run_command does it. */
static void parse_over_file(const char *line, struct cli *cli, struct mesh **ret_mesh)
{
    struct error *err = NULL;
    must(mesh_file_read(mesh_text, strlen(mesh_text), "mesh.yaml", &cli->file, &err), &err);
    strlist_release(&words);
    words = (struct strlist)STRLIST_INIT;
    split_words(&words, line);
    must(options_parse_over(&all, &cli->file.options, &cli->file.option_values, (int)words.count,
                            words.items, &cli->options, &err),
         &err);
    must(cli_mesh_new(cli, ret_mesh, &err), &err);
}

static void options_win_over_the_mesh_file(void **state)
{
    (void)state;
    struct cli cli = {0};
    struct mesh *m = NULL;
    parse_over_file("--mesh-id m2 --hub r.example/istio --cluster osaka=o.yaml@c --west w "
                    "--bookinfo=false --set istiod.b=2 --network tokyo=n1 --gateway-ports 3",
                    &cli, &m);
    assert_string_equal(m->id, "m2");
    assert_string_equal(m->hub, "r.example/istio");
    assert_string_equal(m->istio_version, "1.30.2");
    assert_int_equal(m->members_count, 3);
    assert_string_equal(m->members[0].kubeconfig, "all.yaml");
    assert_string_equal(m->members[0].network, "n1");
    assert_string_equal(m->members[1].kubeconfig, "o.yaml");
    assert_string_equal(m->members[1].context, "c");
    assert_string_equal(m->members[1].network, "n2");
    assert_string_equal(mesh_cloud_of(m, &m->members[1]), "other");
    assert_int_equal(mesh_gateway_ports_of(m, &m->members[1]), 3);
    assert_string_equal(m->members[2].name, "west");
    assert_string_equal(options_source_of(&cli.options)->charts, "c");
    assert_false(options_verify_of(&cli.options)->bookinfo);
    assert_string_equal(options_verify_of(&cli.options)->requests, "9");
    mesh_free(m);
    options_release(&cli.options);
    mesh_file_release(&cli.file);
}

static void authorities_are_read_into_the_member(void **state)
{
    (void)state;
    struct test_authority *a = test_authority_new("proxy");
    save("proxy.pem", test_authority_pem(a));
    AUTO_MESH *m = good_mesh("--west w --east e --server-ca east=proxy.pem "
                             "--server-tls-name east=api.east");
    assert_null(m->members[0].server_ca);
    assert_string_equal(m->members[1].server_ca, test_authority_pem(a));
    assert_string_equal(m->members[1].server_tls_name, "api.east");
    test_authority_free(a);
}

/* It goes into a Secret of every other cluster. */
static void authorities_are_certificates_alone(void **state)
{
    (void)state;
    struct test_authority *a = test_authority_new("proxy");
    struct test_cert both;
    test_authority_issue(a, &(struct test_cert_spec){.common_name = "x"}, &both);
    AUTO_FREE char *text = mem_printf("%s%s", both.cert_pem, both.key_pem);
    save("both.pem", text);
    save("none.pem", "no certificate\n");
    bad_mesh("--west w --server-ca west=both.pem", ERROR_INPUT,
             "--server-ca: both.pem holds a private key", "the certificates alone");
    bad_mesh("--west w --server-ca west=none.pem", ERROR_INPUT, "--server-ca: none.pem", NULL);
    bad_mesh("--west w --server-ca west=missing.pem", ERROR_INPUT, "missing.pem", NULL);
    bad_mesh("--west w --server-ca east=both.pem", ERROR_USAGE,
             "--server-ca: there is no cluster \"east\"", NULL);
    bad_mesh("--west w --server-ca both.pem", ERROR_USAGE, "has no NAME=", NULL);
    test_cert_release(&both);
    test_authority_free(a);
}

static void overrides_is(const struct mesh *m, enum mesh_component c, const char *wanted)
{
    AUTO_FREE char *text = json_write_dup(m->overrides[c], 0);
    assert_string_equal(text, wanted);
}

static void gateway_means_both_gateways(void **state)
{
    (void)state;
    AUTO_MESH *m = good_mesh("--west w --set gateway.x=1 --set ingress.y.z=true "
                             "--set-string gateway.s=1 --set-json eastwest.j=[1,true]");
    overrides_is(m, MESH_BASE, "{}");
    overrides_is(m, MESH_ISTIOD, "{}");
    overrides_is(m, MESH_INGRESS, "{\"s\":\"1\",\"x\":1,\"y\":{\"z\":true}}");
    overrides_is(m, MESH_EASTWEST, "{\"j\":[1,true],\"s\":\"1\",\"x\":1}");
}

/* Helm's order whatever the order of the words: files, --set-json, --set, --set-string. */
static void later_forms_win(void **state)
{
    (void)state;
    save("v.yaml", "a: file\nb: file\nc: file\nd: file\n");
    AUTO_MESH *m = good_mesh("--west w --set-string istiod.d=string --set istiod.d=set "
                             "--set istiod.c=set --set-json istiod.d=1 --set-json istiod.c=1 "
                             "--set-json istiod.b=1 --values istiod=v.yaml");
    overrides_is(m, MESH_ISTIOD, "{\"a\":\"file\",\"b\":1,\"c\":\"set\",\"d\":\"string\"}");
}

static void bad_names_are_told(void **state)
{
    (void)state;
    bad_mesh("", ERROR_USAGE, "no cluster is given", "--west FILE --east FILE");
    bad_mesh("--cluster tokyo", ERROR_USAGE,
             "--cluster \"tokyo\" has no NAME=", "--cluster NAME=...");
    bad_mesh("--cluster =x", ERROR_USAGE, "--cluster \"=x\" has no NAME=", NULL);
    bad_mesh("--west w --network wset=n", ERROR_USAGE, "--network: there is no cluster \"wset\"",
             "did you mean west?");
    bad_mesh("--west w --server w", ERROR_USAGE, "--server \"w\" has no NAME=", NULL);
    bad_mesh("--west w --set x=1", ERROR_USAGE, "--set \"x\" does not name a component",
             "--set istiod.pilot.autoscaleMin=2");
    bad_mesh("--west w --set istoid.x=1", ERROR_USAGE, "--set: there is no component \"istoid\"",
             "did you mean istiod?");
    bad_mesh("--west w --set-string zzz.x=1", ERROR_USAGE, "--set-string: there is no component",
             "base, istiod, ingress, eastwest, gateway");
    bad_mesh("--west w --values gatway=f", ERROR_USAGE, "no component \"gatway\"",
             "did you mean gateway?");
    bad_mesh("--west w --values istiod=missing.yaml", ERROR_INPUT, "missing.yaml", NULL);
    bad_mesh("--west w --release gateway=x", ERROR_USAGE, "--release: there is no component", NULL);
    bad_mesh("--west w --cluster west=x", ERROR_INPUT, "cluster west is named twice", NULL);
    bad_mesh("--west w --set istiod.a[=1", ERROR_INPUT, "", NULL);
}

static void counts_are_plain_numbers(void **state)
{
    (void)state;
    static const char *const bad[] = {"",   "0",    "-1",  "+1",  " 1",
                                      "1 ", "0x10", "1.5", "257", "99999999999999999999"};
    struct error *err = NULL;
    unsigned n = 0;
    must(cli_parse_count("--parallel", "256", 256, &n, &err), &err);
    assert_int_equal(n, 256);
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++) {
        assert_int_equal(cli_parse_count("--parallel", bad[i], 256, &n, &err), -1);
        assert_int_equal(err->kind, ERROR_USAGE);
        assert_non_null(strstr(err->message, "--parallel takes a number from 1 to 256"));
        error_clear(&err);
    }
    assert_int_equal(n, 256);
}

static void ca_folder_is_named_after_the_mesh(void **state)
{
    (void)state;
    AUTO_MESH *m = good_mesh("--west w --mesh-id prod");
    struct options o = {0};
    AUTO_FREE char *own = options_ca_dir_dup(&o, m);
    assert_string_equal(own, "prod-ca");
    parses(&all, "--ca-dir /etc/ca", &o);
    AUTO_FREE char *given = options_ca_dir_dup(&o, m);
    assert_string_equal(given, "/etc/ca");
    options_release(&o);
}

/* ---- help ------------------------------------------------------------------------------------ */

static void help_fits_100_columns(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    AUTO_STRLIST lines = STRLIST_INIT;
    options_append_help(&all, &out);
    options_append_help(&render, &out);
    strlist_split(&lines, buf_str(&out), '\n');
    assert_true(lines.count > 50);
    for (size_t i = 0; i < lines.count; i++)
        if (strlen(lines.items[i]) > 100)
            fail_msg("wider than 100 columns: %s", lines.items[i]);
}

/* What --help names is what the parser takes. */
static void every_option_of_the_help_is_taken(void **state)
{
    (void)state;
    size_t count = 0, rows = 0;
    AUTO_BUF out = BUF_INIT;
    for (size_t i = 0; all.families[i]; i++)
        rows += all.families[i]->count;
    options_append_help(&all, &out);
    for (const char *p = buf_str(&out); (p = strstr(p, " --")); p++) {
        const char *name = p + 3;
        if (p[-6] != '\n' && !(p[-1] == ',' && p[-5] == '\n'))
            continue; /* within a text */
        size_t len = strcspn(name, " \n");
        AUTO_FREE char *line = mem_printf("--%.*s", (int)len, name);
        struct options o;
        struct error *err = NULL;
        if (parse(&all, line, &o, &err) < 0)
            assert_non_null(strstr(err->message, " needs "));
        error_free(err);
        options_release(&o);
        count++;
    }
    assert_int_equal(count, rows);
}

/* Of a family that a command does not take, nothing was given; also before anything was parsed. */
static void other_families_are_empty(void **state)
{
    (void)state;
    struct options o = {0};
    assert_null(options_mesh_of(&o)->west);
    assert_int_equal(options_output_form(&o), OUTPUT_TEXT);
    parses(&render, "--set a=1 -v", &o);
    assert_null(options_mesh_of(&o)->west);
    assert_int_equal(options_charts_of(&o)->set.count, 0);
    assert_int_equal(options_render_of(&o)->set.count, 1);
    options_release(&o);
}

static void forms_are_those_of_the_command(void **state)
{
    (void)state;
    static const char *const forms[] = {"text", "json", "jsonl", "yaml"};
    for (size_t i = 0; i < MC_ARRAY_LEN(forms); i++) {
        struct options o;
        AUTO_FREE char *line = mem_printf("-o%s", forms[i]);
        parses(&all, line, &o);
        assert_int_equal(options_output_form(&o), (int)i);
        options_release(&o);
    }
    refuses(&render, "-o json", "--output takes text, not \"json\"", NULL);
}

/* The words of a row that take a bar are written so that it does not end the table's cell. */
static void markdown_is_a_row_an_option(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    options_append_markdown(&options_mesh_family, &out);
    options_append_markdown(&options_render_family, &out);
    options_append_markdown(&options_output_family, &out);
    assert_non_null(strstr(buf_str(&out), "| `--west FILE[@CONTEXT]` | kubeconfig of the"));
    assert_non_null(strstr(buf_str(&out), "| `-o, --output FORM` |"));
    assert_non_null(strstr(buf_str(&out), "| `--color auto\\|always\\|never` |"));
    assert_non_null(strstr(buf_str(&out), "| `--set-literal KEY=TEXT` |"));
    assert_non_null(strstr(buf_str(&out), "| `--include-crds` |"));
}

static int release_words(void **state)
{
    strlist_release(&words);
    return leave_folder(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_with_and_without_equals),
        cmocka_unit_test(flags_may_say_true_or_false),
        cmocka_unit_test(lists_keep_their_order),
        cmocka_unit_test(letters_stand_together),
        cmocka_unit_test(arguments_stand_anywhere),
        cmocka_unit_test(choices_are_checked),
        cmocka_unit_test(missing_values_are_named),
        cmocka_unit_test(unknown_options_get_a_near_spelling),
        cmocka_unit_test(west_and_east_are_short_for_clusters),
        cmocka_unit_test(a_file_may_have_an_at),
        cmocka_unit_test(names_are_set_per_member),
        cmocka_unit_test(options_win_over_the_mesh_file),
        cmocka_unit_test(authorities_are_read_into_the_member),
        cmocka_unit_test(authorities_are_certificates_alone),
        cmocka_unit_test(gateway_means_both_gateways),
        cmocka_unit_test(later_forms_win),
        cmocka_unit_test(bad_names_are_told),
        cmocka_unit_test(counts_are_plain_numbers),
        cmocka_unit_test(ca_folder_is_named_after_the_mesh),
        cmocka_unit_test(help_fits_100_columns),
        cmocka_unit_test(every_option_of_the_help_is_taken),
        cmocka_unit_test(other_families_are_empty),
        cmocka_unit_test(forms_are_those_of_the_command),
        cmocka_unit_test(markdown_is_a_row_an_option),
    };
    return cmocka_run_group_tests(tests, enter_home, release_words);
}
