/* plan, up, down and remove as a person or a script meets them: exit codes, what is printed where, and
 * that nothing is taken off without the word for it. */
#include <glob.h>

#include "cli_fixture.h"

/* "plan -o json" with the clusters' words behind it. */
static struct outcome run_verb(const char *line, int code)
{
    bool renders =
        (strncmp(line, "up", 2) == 0 || strncmp(line, "plan", 4) == 0) && !strstr(line, "--charts");
    return run_with(line, renders ? " --charts " TEST_DATA_DIR "/api/charts" : "", code);
}

static void done(const char *line)
{
    AUTO_OUTCOME o = run_verb(line, 0);
    (void)o;
}

static void up(void)
{
    done("up --to expose -q");
}

/* ---- plan ------------------------------------------------------------------------------------ */

static void plan_ends_with_2_while_something_is_to_do(void **state)
{
    (void)state;
    AUTO_OUTCOME first = run_verb("plan --to expose", 2);
    says(first.out, "+ Deployment istio-system/istiod");
    says(first.out, "it is not there");
    says(first.err, "to create 28, to change 2, to delete 0, releases to record 8");
    says(first.err, "nothing was written");
    assert_int_equal(clusters_writes(&c), 0);
    up();
    AUTO_OUTCOME after = run_verb("plan --to expose", 0);
    says(after.out, "west: nothing to do\neast: nothing to do\n");
    says(after.err, "to create 0, to change 0, to delete 0");
}

static void names_are_for_scripts(void **state)
{
    (void)state;
    up();
    AUTO_OUTCOME none = run_verb("plan --to expose -o name -q", 0);
    assert_string_equal(none.out, "");
    fakeapi_remove(c.apis[1], "/api/v1/namespaces/istio-ingress/services/istio-eastwest");
    AUTO_OUTCOME one = run_verb("plan --to expose -o name -q", 2);
    assert_string_equal(one.out, "east create Service istio-ingress/istio-eastwest\n");
}

static void short_is_a_line_a_cluster(void **state)
{
    (void)state;
    AUTO_OUTCOME all = run_verb("plan --to expose -o short -q", 2);
    says(all.out, "west differs create=14 update=1 delete=0 record=4\neast differs create=14 ");
    AUTO_OUTCOME made = run_verb("up --to expose -o short -q", 0);
    says(made.out, "west ok created=");
    AUTO_OUTCOME none = run_verb("plan --to expose -o short -q", 0);
    assert_string_equal(none.out, "west same create=0 update=0 delete=0 record=0\n"
                                  "east same create=0 update=0 delete=0 record=0\n");
    AUTO_OUTCOME refused = run_verb("down -o short", 5);
    says(refused.out, "west differs create=0 update=1 delete=");
    AUTO_OUTCOME gone = run_verb("down -o short -q --confirm mesh", 0);
    says(gone.out, "west ok created=0 changed=1 unchanged=0 deleted=");
    assert_null(strstr(gone.out, "differs"));
}

static void jsonl_ends_with_the_list(void **state)
{
    (void)state;
    AUTO_OUTCOME o = run_verb("plan --to expose -o jsonl -q", 2);
    AUTO_STRLIST lines = STRLIST_INIT;
    strlist_split(&lines, o.out, '\n');
    json_auto_t *event = json_loads(lines.items[0], 0, NULL);
    json_auto_t *list = json_loads(lines.items[lines.count - 2], 0, NULL);
    assert_string_equal(json_dig_str(event, "kind", NULL), "Event");
    assert_string_equal(json_dig_str(list, "kind", NULL), "Plan");
    assert_int_equal(json_dig_int(list, -1, "exitCode", NULL), 2);
}

static void a_dry_run_is_the_same_list(void **state)
{
    (void)state;
    AUTO_OUTCOME plan = run_verb("plan --to expose", 2);
    AUTO_OUTCOME server = run_verb("up --to expose --dry-run=server", 0);
    AUTO_OUTCOME client = run_verb("up --to expose --dry-run=client", 0);
    assert_string_equal(server.out, plan.out);
    /* Without its dry run nobody knows which fields of a found object would change. */
    says(plan.out, "  ~ Namespace istio-system\n      metadata.labels: ");
    says(client.out, "  ~ Namespace istio-system\n  +");
    says(client.err, "to create 28, to change 2, to delete 0");
    assert_int_equal(clusters_writes(&c), 0);
}

static int count_lines(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

/* What kubectl shall apply must say where it goes, and holds no secret. */
static void files_of_a_plan(void **state)
{
    (void)state;
    AUTO_OUTCOME o = run_verb("plan --to expose --out gitops", 2);
    says(o.err, "to create");
    AUTO_BUF all = BUF_INIT;
    struct error *err = NULL;
    glob_t files;
    assert_int_equal(glob("gitops/west/*.yaml", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        must(fs_read(files.gl_pathv[i], 1 << 20, &all, &err), &err);
    globfree(&files);
    assert_null(strstr(buf_str(&all), "kind: Secret"));
    for (const char *p = buf_str(&all); (p = strstr(p, "\nkind: ")); p++) {
        const char *end = strstr(p + 1, "\napiVersion:");
        AUTO_FREE char *text = end ? mem_strndup(p, (size_t)(end - p)) : mem_strdup(p);
        bool has_none = strncmp(p, "\nkind: Namespace", 16) == 0 ||
                        strncmp(p, "\nkind: CustomResource", 21) == 0;
        if (!has_none && !strstr(text, "\n  namespace: "))
            fail_msg("no namespace:%s", text);
    }
    assert_true(count_lines(buf_str(&all)) > 50);
    /* Files of an earlier plan would be applied with the new ones. */
    AUTO_OUTCOME again = run_verb("plan --to expose --out gitops", 65);
    says(again.err, "is not empty");
}

/* ---- up -------------------------------------------------------------------------------------- */

/* The charts of the tests as of another version. */
static void save_charts(const char *version)
{
    static const char *const files[] = {
        "base/Chart.yaml",     "base/templates/all.yaml",    "istiod/Chart.yaml",
        "istiod/values.yaml",  "istiod/templates/all.yaml",  "gateway/Chart.yaml",
        "gateway/values.yaml", "gateway/templates/all.yaml",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(files); i++) {
        AUTO_FREE char *from = mem_printf(TEST_DATA_DIR "/api/charts/%s", files[i]);
        AUTO_FREE char *to = mem_printf("other/%s", files[i]);
        AUTO_FREE char *text = content_dup(from);
        char *found = strstr(files[i], "Chart.yaml") ? strstr(text, "1.31.0") : NULL;
        if (found)
            memcpy(found, version, strlen(version));
        save(to, text);
    }
}

static void an_older_chart_needs_a_word(void **state)
{
    (void)state;
    up();
    save_charts("1.30.0");
    int writes = clusters_writes(&c);
    AUTO_OUTCOME refused = run_verb("up --to expose -q --charts other --istio-version 1.30.0", 5);
    says(refused.err, "--allow-downgrade goes back to 1.30.0");
    assert_int_equal(clusters_writes(&c), writes);
    done("up --to expose -q --charts other --istio-version 1.30.0 --allow-downgrade");
    assert_true(clusters_writes(&c) > writes);
}

/* ---- down ------------------------------------------------------------------------------------ */

static void down_needs_a_word(void **state)
{
    (void)state;
    static const struct {
        const char *line, *part;
    } rows[] = {
        {"down", "--confirm mesh"},
        {"down --confirm prod", "--confirm prod is not the mesh's id, mesh"},
        {"down --confirm prod", "--confirm mesh"},
        {"down --confirm=", "is not the mesh's id"},
        {"remove east", "--confirm mesh"},
        {"remove east --keep-mesh", "--confirm mesh"},
    };
    up();
    int writes = clusters_writes(&c);
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_OUTCOME o = run_verb(rows[i].line, 5);
        says(o.err, rows[i].part);
        says(o.out, strstr(rows[i].line, "keep") ? "- Secret istio-system/istio-remote-secret-east"
                                                 : "- Deployment istio-system/istiod");
        assert_int_equal(clusters_writes(&c), writes);
    }
}

static void down_with_the_word_takes_it_off(void **state)
{
    (void)state;
    up();
    AUTO_OUTCOME o = run_verb("down --confirm mesh", 0);
    says(o.out, "- Deployment istio-system/istiod");
    says(o.out, "= Secret istio-system/cacerts");
    for (size_t at = 0; at < 2; at++) {
        json_auto_t *left = fakeapi_object(c.apis[at], "/api/v1/namespaces/istio-ingress");
        assert_null(left);
    }
    AUTO_OUTCOME again = run_verb("down", 0); /* nothing to confirm */
    says(again.out, "west: nothing to do");
}

static void a_mesh_of_another_id_needs_both_words(void **state)
{
    (void)state;
    done("up --to expose -q --mesh-id prod");
    AUTO_OUTCOME refused = run_verb("down --mesh-id prod --confirm mesh", 5);
    says(refused.err, "--confirm prod; a mesh of another id is named with --mesh-id as well");
    done("down --mesh-id prod --confirm prod");
}

static void down_is_one_document(void **state)
{
    (void)state;
    up();
    AUTO_OUTCOME refused = run_verb("down -o json", 5);
    json_auto_t *list = document_of(&refused, "Plan");
    assert_true(json_is_false(json_dig(list, "ok", NULL)));
    says(json_dig_str(list, "errors", "0", "fix", NULL), "--confirm mesh");
    AUTO_OUTCOME done = run_verb("down -o json --confirm mesh", 0);
    json_auto_t *report = document_of(&done, "Down");
    assert_true(json_is_true(json_dig(report, "ok", NULL)));
    AUTO_OUTCOME nothing = run_verb("down -o json", 0);
    json_auto_t *empty = document_of(&nothing, "Plan");
    assert_int_equal(json_dig_int(empty, -1, "counts", "delete", NULL), 0);
}

static void remove_takes_a_name_of_the_mesh(void **state)
{
    (void)state;
    AUTO_OUTCOME o = run_verb("remove eats --confirm mesh", 64);
    says(o.err, "remove: there is no cluster \"eats\"");
    says(o.err, "did you mean east?");
    up();
    AUTO_OUTCOME done = run_verb("remove east --confirm mesh", 0);
    says(done.err, "is without east");
    json_auto_t *link = fakeapi_object(
        c.apis[0], "/api/v1/namespaces/istio-system/secrets/istio-remote-secret-east-cluster");
    json_auto_t *istiod =
        fakeapi_object(c.apis[0], "/apis/apps/v1/namespaces/istio-system/deployments/istiod");
    assert_null(link);
    assert_non_null(istiod);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_CLUSTERS(plan_ends_with_2_while_something_is_to_do),
        ON_CLUSTERS(names_are_for_scripts),
        ON_CLUSTERS(short_is_a_line_a_cluster),
        ON_CLUSTERS(jsonl_ends_with_the_list),
        ON_CLUSTERS(a_dry_run_is_the_same_list),
        ON_CLUSTERS(files_of_a_plan),
        ON_CLUSTERS(down_needs_a_word),
        ON_CLUSTERS(down_with_the_word_takes_it_off),
        ON_CLUSTERS(a_mesh_of_another_id_needs_both_words),
        ON_CLUSTERS(down_is_one_document),
        ON_CLUSTERS(an_older_chart_needs_a_word),
        ON_CLUSTERS(remove_takes_a_name_of_the_mesh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
