/* check as a person or a script meets it: every cluster's rows whatever is wrong with the others, exit
 * codes, and nothing written. */
#include "cli_fixture.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/follows.h"

static void deny_all(size_t at)
{
    fakeapi_add(c.apis[at], &(struct fakeapi_rule){.path = "*", .status = 403});
}

/* The row of an id and a cluster; borrowed. */
static const json_t *row_of(const json_t *doc, const char *id, const char *cluster)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(doc, "checks"), i, row)
        if (strcmp(json_dig_str(row, "id", NULL), id) == 0 &&
            strcmp(json_dig_str(row, "cluster", NULL), cluster) == 0)
            return row;
    fail_msg("no row %s of %s", id, cluster);
    return NULL;
}

static void all_faults_of_all_clusters_are_told(void **state)
{
    (void)state;
    AUTO_OUTCOME o = run("check", 1);
    says(o.out, "✓ MC304 west names, cluster id: west-cluster\n");
    says(o.out, "✗ MC604 west sync, istiod ready: no Deployment");
    says(o.out, "✗ MC604 east sync, istiod ready: no Deployment");
    says(o.out, "    fix      meshctl gateway with the same flags\n");
    says(o.out, "    explain  meshctl explain MC504\n");
    says(o.err, "nothing was written");
    says(o.err, "Next: mend MC604 of west, then meshctl check --cluster west=");
    assert_int_equal(clusters_writes(&c), 0);
}

static void a_cluster_that_is_away_hides_nothing(void **state)
{
    (void)state;
    deny_all(1);
    AUTO_OUTCOME o = run("check -o json", 4);
    json_auto_t *doc = document_of(&o, "Check");
    assert_string_equal(json_dig_str(row_of(doc, "MC106", "east"), "level", NULL), "error");
    assert_string_equal(json_dig_str(row_of(doc, "MC106", "west"), "level", NULL), "ok");
    assert_string_equal(json_dig_str(row_of(doc, "MC604", "west"), "level", NULL), "error");
    assert_true(json_is_false(json_dig(doc, "clusters", "1", "reached", NULL)));
    assert_int_equal(json_dig_int(doc, -1, "counts", "unreached", NULL), 1);
    /* It is the first cause. */
    says(o.err, "Next: mend MC106 of east");
}

/* In every form the same is wrong, and ends alike. */
static void every_form_has_the_same_code(void **state)
{
    (void)state;
    static const struct {
        const char *line, *part;
    } rows[] = {
        {"check", "✗ MC604 west sync, istiod ready: "},
        {"check -o short", "MC604"},
        {"check -o json", "\"kind\": \"Check\""},
        {"check -o jsonl", "\"kind\":\"Check\""},
        {"check -o yaml", "kind: Check\n"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_OUTCOME bad = run(rows[i].line, 1);
        says(bad.out, rows[i].part);
    }
    deny_all(1);
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_OUTCOME away = run(rows[i].line, 4);
        says(away.out, rows[i].part);
    }
    assert_int_equal(clusters_writes(&c), 0);
}

static void short_is_a_line_a_cluster(void **state)
{
    (void)state;
    deny_all(1);
    AUTO_OUTCOME o = run("check -o short -q", 4);
    AUTO_STRLIST lines = STRLIST_INIT;
    strlist_split(&lines, o.out, '\n');
    assert_int_equal(lines.count, 3); /* and nothing behind the last line's end */
    assert_true(text_has_prefix(lines.items[0], "west error good="));
    assert_string_equal(lines.items[1], "east error good=0 warning=0 error=1 MC106");
}

/* Findings as they are told one by one, then the document. */
static void jsonl_ends_with_the_document(void **state)
{
    (void)state;
    AUTO_OUTCOME o = run("check -o jsonl", 1);
    AUTO_STRLIST lines = STRLIST_INIT;
    size_t findings = 0, events = 0;
    strlist_split(&lines, o.out, '\n');
    for (size_t i = 0; i + 2 < lines.count; i++) {
        json_auto_t *row = json_loads(lines.items[i], 0, NULL);
        assert_non_null(row);
        bool is_finding = strcmp(json_dig_str(row, "event", NULL), "finding") == 0;
        findings += is_finding;
        events += !is_finding;
        assert_true(!is_finding || json_dig_str(row, "found", NULL));
    }
    json_auto_t *document = json_loads(lines.items[lines.count - 2], 0, NULL);
    assert_string_equal(json_dig_str(document, "kind", NULL), "Check");
    assert_int_equal(json_array_size(json_object_get(document, "checks")), findings);
    assert_true(events > 0);
}

/* The others are read for what the one needs of them. */
static void only_one_is_asked(void **state)
{
    (void)state;
    deny_all(1);
    AUTO_OUTCOME o = run("check --only west -o json", 1);
    json_auto_t *doc = document_of(&o, "Check");
    assert_string_equal(json_dig_str(row_of(doc, "MC106", "east"), "level", NULL), "warning");
    assert_int_equal(json_dig_int(doc, -1, "counts", "unreached", NULL), 0);
    fakeapi_clear_rules(c.apis[1]);
    AUTO_OUTCOME both = run("check --only west", 1);
    assert_null(strstr(both.out, " east "));
}

/* As verify and up refuse to go on, here it is a row beside all others. */
static void other_names_are_a_row(void **state)
{
    (void)state;
    AUTO_OUTCOME up = run("up --to expose -q --charts " TEST_DATA_DIR "/api/charts", 0);
    (void)up;
    AUTO_OUTCOME o = run("check -o json --cluster-name west=other", 1);
    json_auto_t *doc = document_of(&o, "Check");
    const json_t *row = row_of(doc, "MC304", "west");
    assert_string_equal(json_dig_str(row, "level", NULL), "error");
    says(json_dig_str(row, "fix", NULL), "--cluster-name west=west-cluster");
    assert_string_equal(json_dig_str(row_of(doc, "MC304", "east"), "level", NULL), "ok");
    assert_string_equal(json_dig_str(row_of(doc, "MC402", "west"), "level", NULL), "ok");
}

/* Every error but these is marked as what follows from them. */
static void all_else_follows_from(const json_t *doc, const char *id)
{
    size_t i, causes = 0;
    json_t *row;
    json_array_foreach(json_object_get(doc, "checks"), i, row) {
        bool is_cause = strcmp(json_dig_str(row, "id", NULL), id) == 0;
        if (strcmp(json_dig_str(row, "level", NULL), "error") != 0)
            continue;
        assert_true(is_cause != json_is_true(json_object_get(row, "follows")));
        causes += is_cause;
    }
    assert_true(causes > 0);
}

/* Held against other names than its own everything is wrong, and none of it a cause. */
static void mistaken_clusters_are_the_only_cause(void **state)
{
    (void)state;
    AUTO_OUTCOME up = run("up --to expose -q --charts " TEST_DATA_DIR "/api/charts", 0);
    (void)up;
    AUTO_FREE char *west = mem_strdup(c.mesh->members[0].name);
    AUTO_FREE char *east = mem_strdup(c.mesh->members[1].name);
    mesh_set(&c.mesh->members[0].name, east);
    mesh_set(&c.mesh->members[1].name, west);
    free(words);
    words = clusters_words_dup(&c);
    AUTO_OUTCOME o = run("check -o json", 1);
    json_auto_t *doc = document_of(&o, "Check");
    all_else_follows_from(doc, "MC102");
}

/* What istiod does not answer stands behind what is known by looking, and is marked. */
static void what_follows_comes_last(void **state)
{
    (void)state;
    AUTO_OUTCOME up = run("up --to expose -q --charts " TEST_DATA_DIR "/api/charts", 0);
    (void)up;
    fakeapi_remove(c.apis[1], "/api/v1/namespaces/istio-system/secrets/"
                              "istio-remote-secret-west-cluster");
    AUTO_OUTCOME o = run("check -o json", 1);
    json_auto_t *doc = document_of(&o, "Check");
    size_t i;
    json_t *row;
    bool ended = false;
    json_array_foreach(json_object_get(doc, "checks"), i, row) {
        bool follows = follows_may(json_dig_str(row, "id", NULL));
        assert_true(follows || !ended);
        ended = follows;
    }
    assert_null(json_object_get(row_of(doc, "MC402", "east"), "follows"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_CLUSTERS(all_faults_of_all_clusters_are_told),
        ON_CLUSTERS(a_cluster_that_is_away_hides_nothing),
        ON_CLUSTERS(every_form_has_the_same_code),
        ON_CLUSTERS(short_is_a_line_a_cluster),
        ON_CLUSTERS(jsonl_ends_with_the_document),
        ON_CLUSTERS(only_one_is_asked),
        ON_CLUSTERS(other_names_are_a_row),
        ON_CLUSTERS(mistaken_clusters_are_the_only_cause),
        ON_CLUSTERS(what_follows_comes_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
