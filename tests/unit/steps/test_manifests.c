#include <glob.h>

#include "meshctl/base/embed.h"
#include "meshctl/mesh/fill.h"
#include "meshctl/mesh/values.h"
#include "support.h"

/* The recipe's Gateway, typed by hand. */
static void embedded_manifest_is_filled(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *objects = NULL, *wanted = NULL;
    struct one_lane o;
    static const char text[] =
        "[{\"apiVersion\":\"networking.istio.io/v1beta1\",\"kind\":\"Gateway\",\"metadata\":{"
        "\"name\":\"cross-network-gateway\",\"namespace\":\"edge\"},\"spec\":{\"selector\":{"
        "\"istio\":\"eastwestgateway\"},\"servers\":[{\"port\":{\"number\":15443,\"name\":\"tls\","
        "\"protocol\":\"TLS\"},\"tls\":{\"mode\":\"AUTO_PASSTHROUGH\"},\"hosts\":[\"*.local\"]}]}}"
        "]";
    one_lane_init(&o);
    const struct mesh_var gateway[] = {
        {"gateway_namespace", "edge"}, {"gateway_label", "eastwestgateway"}, {0}};
    must(manifest_fill(&o.lane, "manifests/expose.yaml", gateway, &objects, &err), &err);
    must(json_read(text, sizeof(text) - 1, "wanted", &wanted, &err), &err);
    assert_true(json_same(objects, wanted));
    one_lane_release(&o);
}

/* Each one can be read, has no placeholder that a member, a gateway or verify does not fill, and names its objects. */
static void every_manifest_of_the_tree_fills(void **state)
{
    (void)state;
    static const char root[] = TEST_DATA_DIR "/../";
    static const struct mesh_var more[] = {{"verify_namespace", "meshctl-verify-x"},
                                           {"image", "x/proxyv2"},
                                           {"peer", "east"},
                                           {"peer_clusters", ", {name: peer-0}"},
                                           {"peer_ports", "443"},
                                           {"reviews", "v3"},
                                           {"gateway_namespace", "edge"},
                                           {"gateway_label", "eastwestgateway"},
                                           {"ingress_label", "ingressgateway"},
                                           {0}};
    glob_t files;
    struct one_lane o;
    one_lane_init(&o);
    assert_int_equal(glob(TEST_DATA_DIR "/../manifests/*.yaml", 0, NULL, &files), 0);
    assert_int_equal(glob(TEST_DATA_DIR "/../manifests/*/*.yaml", GLOB_APPEND, NULL, &files), 0);
    assert_true(files.gl_pathc >= 8);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        const char *name = files.gl_pathv[i] + sizeof(root) - 1;
        struct error *err = NULL;
        json_auto_t *objects = NULL;
        json_t *object;
        size_t j;
        if (!embed_find(name).data)
            fail_msg("%s is not built in", name);
        must(manifest_fill(&o.lane, name, more, &objects, &err), &err);
        if (strstr(name, "/values/") || strstr(name, "/clouds/"))
            continue;
        json_array_foreach(objects, j, object) {
            assert_non_null(json_dig_str(object, "apiVersion", NULL));
            assert_non_null(json_dig_str(object, "kind", NULL));
            assert_non_null(json_dig_str(object, "metadata", "name", NULL));
            assert_non_null(json_dig_str(object, "metadata", "namespace", NULL));
        }
    }
    globfree(&files);
    one_lane_release(&o);
}

static void values_manifests_are_built_in(void **state)
{
    (void)state;
    struct one_lane o;
    one_lane_init(&o);
    for (int ports = 3; ports <= 4; ports++) {
        o.mesh->gateway_ports = ports;
        for (int c = 0; c < MESH_COMPONENTS; c++)
            assert_non_null(embed_find(mesh_values_manifest(o.mesh, &o.mesh->members[0],
                                                            (enum mesh_component)c))
                                .data);
    }
    one_lane_release(&o);
}

/* Of a cluster in which nothing is. */
static void facts_of_nothing(struct facts *facts)
{
    json_auto_t *none = json_array();
    struct error *err = NULL;
    *facts = (struct facts){0};
    for (int c = 0; c < MESH_COMPONENTS; c++)
        must(release_history_new(none, "none", &facts->releases[c], &err), &err);
}

static void facts_of_nothing_release(struct facts *facts)
{
    for (int c = 0; c < MESH_COMPONENTS; c++)
        release_history_free(facts->releases[c]);
}

/* All versions of reviews in three clusters; ratings' Service stands in each, its pods in the first only. */
static void bookinfo_is_split(void **state)
{
    (void)state;
    static const char *const wanted[] = {"details-v1 productpage-v1 ratings-v1 reviews-v2",
                                         "reviews-v3", "reviews-v1", "reviews-v3", "reviews-v3"};
    struct one_lane o;
    struct facts facts;
    one_lane_init(&o);
    facts_of_nothing(&facts);
    o.lane.facts = &facts;
    mesh_set(&o.mesh->bookinfo_namespace, "sample");
    for (size_t at = 0; at < MC_ARRAY_LEN(wanted); at++) {
        AUTO_STRLIST deployments = STRLIST_INIT;
        struct error *err = NULL;
        json_auto_t *objects = NULL;
        json_t *object;
        bool has_ratings = false;
        size_t i;
        o.lane.index = at;
        must(unit_info(UNIT_BOOKINFO)->build(&o.lane, &objects, &err), &err);
        json_array_foreach(objects, i, object) {
            const char *kind = json_dig_str(object, "kind", NULL);
            const char *name = json_dig_str(object, "metadata", "name", NULL);
            assert_string_equal(json_dig_str(object, "metadata", "namespace", NULL), "sample");
            if (strcmp(kind, "Deployment") == 0)
                strlist_add(&deployments, name);
            has_ratings |= strcmp(kind, "Service") == 0 && strcmp(name, "ratings") == 0;
        }
        strlist_sort(&deployments);
        AUTO_FREE char *names = strlist_join_dup(&deployments, " ");
        assert_string_equal(names, wanted[at]);
        assert_true(has_ratings);
    }
    o.lane.facts = NULL;
    facts_of_nothing_release(&facts);
    one_lane_release(&o);
}

static void own_folder_replaces_file_by_file(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct one_lane o;
    one_lane_init(&o);
    o.steps.options.manifests_dir = "own";
    save("own/expose.yaml", "# mine\nkind: A\nnet: ${network}\n---\n---\nkind: B\n");
    json_auto_t *replaced = NULL, *kept = NULL, *one = NULL;
    must(manifest_fill(&o.lane, "manifests/expose.yaml", NULL, &replaced, &err), &err);
    assert_int_equal(json_array_size(replaced), 2); /* the empty document is none */
    assert_string_equal(json_dig_str(replaced, "0", "net", NULL), "west-network");
    assert_string_equal(json_dig_str(replaced, "1", "kind", NULL), "B");
    must(manifest_load(&o.steps, "manifests/clouds/hatoba.yaml", &kept, &err), &err);
    assert_int_equal(json_dig_int(kept, 0, "maxPorts", NULL), 3);
    save("own/clouds/mine.yaml", "maxPorts: 2\n"); /* a cloud of one's own */
    must(manifest_load(&o.steps, "manifests/clouds/mine.yaml", &one, &err), &err);
    assert_int_equal(json_dig_int(one, 0, "maxPorts", NULL), 2);
    one_lane_release(&o);
}

static void faults_name_the_file(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_t *value = NULL;
    struct one_lane o;
    one_lane_init(&o);
    refused(manifest_load(&o.steps, "manifests/nosuch.yaml", &value, &err), &err, ERROR_NOT_FOUND,
            "manifests/nosuch.yaml", NULL);
    o.steps.options.manifests_dir = "bad";
    save("bad/expose.yaml", "kind: A\nmetadata: [\n");
    int rc = manifest_fill(&o.lane, "manifests/expose.yaml", NULL, &value, &err);
    assert_non_null(strstr(err->where, "bad/expose.yaml:"));
    refused(rc, &err, ERROR_INPUT, NULL);
    save("bad/expose.yaml", "kind: ${nobody}\n");
    refused(manifest_fill(&o.lane, "manifests/expose.yaml", NULL, &value, &err), &err, ERROR_INPUT,
            "expose.yaml", "${nobody}", NULL);
    assert_null(value);
    one_lane_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(embedded_manifest_is_filled),
        cmocka_unit_test(every_manifest_of_the_tree_fills),
        cmocka_unit_test(values_manifests_are_built_in),
        cmocka_unit_test(bookinfo_is_split),
        cmocka_unit_test(own_folder_replaces_file_by_file),
        cmocka_unit_test(faults_name_the_file),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
