/* Whether the clusters that answered are those that were meant, and what facts say when asked. */
#include "meshctl/probe/identity.h"

#include "scratch.h"

#define MAX_CLUSTERS 3

static struct mesh *mesh;
static struct facts *facts[MAX_CLUSTERS];

static struct facts *facts_new(const char *uid)
{
    struct facts *f = mem_zalloc(sizeof(*f));
    f->uid = mem_strdup(uid);
    return f;
}

static int set_up(void **state)
{
    (void)state;
    mesh = mesh_new();
    mesh_add_member(mesh, "west", "west.kubeconfig", NULL);
    mesh_add_member(mesh, "east", "east.kubeconfig", NULL);
    facts[0] = facts_new("uid-0");
    facts[1] = facts_new("uid-1");
    facts[2] = NULL;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < MAX_CLUSTERS; i++)
        facts_free(facts[i]);
    mesh_free(mesh);
    return 0;
}

/* `cluster` NULL: istiod's own default. */
static void have_istiod(size_t at, const char *namespace_, const char *cluster)
{
    struct facts *f = facts[at];
    f->istiods = mem_realloc(f->istiods, (f->istiods_count + 1) * sizeof(*f->istiods));
    f->istiods[f->istiods_count++] = (struct facts_istiod){.namespace_ = mem_strdup(namespace_),
                                                           .cluster = mem_strdup_opt(cluster)};
}

static void have_mesh(size_t at, const char *cluster, const char *network, const char *mesh_id)
{
    have_istiod(at, mesh->istio_namespace, cluster);
    facts[at]->network = mem_strdup_opt(network);
    facts[at]->mesh_id = mem_strdup_opt(mesh_id);
}

static void label_network(size_t at, const char *network)
{
    facts[at]->namespace_network = mem_strdup(network);
}

static void is_fine(void)
{
    struct error *err = NULL;
    for (size_t i = 0; i < mesh->members_count; i++)
        must(facts_check_identity(mesh, facts, i, &err), &err);
}

/* The member's error has the id, says `message` and hints at `hint` word for word. */
static void is_refused(size_t at, const char *id, const char *message, const char *hint)
{
    struct error *err = NULL;
    if (facts_check_identity(mesh, facts, at, &err) == 0)
        fail_msg("%s is taken", mesh->members[at].name);
    assert_string_equal(err->id, id);
    assert_string_equal(err->message, message);
    assert_string_equal(err->hint, hint);
    error_free(err);
}

#define NAMES_STAY(FLAGS)                                                                          \
    "its proxies know these names, so they stay: " FLAGS                                           \
    " (a mesh gets other names by meshctl down and up)"

static void bare_clusters_are_fine(void **state)
{
    (void)state;
    is_fine();
}

static void a_mesh_of_these_names_is_fine(void **state)
{
    (void)state;
    have_mesh(0, "west-cluster", "west-network", "mesh");
    have_mesh(1, "east-cluster", "east-network", "mesh");
    label_network(0, "west-network");
    is_fine();
}

/* A cluster that could not be reached is nobody. */
static void absent_clusters_are_passed_over(void **state)
{
    (void)state;
    facts_free(facts[0]);
    facts[0] = NULL;
    have_mesh(1, "east-cluster", "east-network", "mesh");
    is_fine();
}

static void two_names_for_one_cluster(void **state)
{
    (void)state;
    struct error *err = NULL;
    facts_free(facts[1]);
    facts[1] = facts_new("uid-0");
    must(facts_check_identity(mesh, facts, 0, &err), &err);
    is_refused(
        1, "MC101",
        "west and east are the same cluster: namespace kube-system has the UID uid-0 in both",
        "name two different clusters");
}

/* Also beside one that was not reached. */
static void a_third_name_for_the_first_cluster(void **state)
{
    (void)state;
    mesh_add_member(mesh, "north", "north.kubeconfig", NULL);
    facts_free(facts[1]);
    facts[1] = NULL;
    facts[2] = facts_new("uid-0");
    is_refused(
        2, "MC101",
        "west and north are the same cluster: namespace kube-system has the UID uid-0 in both",
        "name two different clusters");
}

static void swapped_kubeconfigs_show_by_cluster_id(void **state)
{
    (void)state;
    have_mesh(0, "east-cluster", "east-network", "mesh");
    have_mesh(1, "west-cluster", "west-network", "mesh");
    is_refused(
        0, "MC102",
        "the kubeconfig given for west reaches the cluster that is east in its mesh: cluster "
        "id east-cluster, wanted west-cluster",
        "give the kubeconfigs of west and east under each other's names");
    is_refused(
        1, "MC102",
        "the kubeconfig given for east reaches the cluster that is west in its mesh: cluster "
        "id west-cluster, wanted east-cluster",
        "give the kubeconfigs of east and west under each other's names");
}

/* Before istiod is there, the network of its namespace is the only name that a cluster has. */
static void swapped_kubeconfigs_show_by_network(void **state)
{
    (void)state;
    label_network(0, "east-network");
    is_refused(
        0, "MC102",
        "the kubeconfig given for west reaches the cluster that is east in its mesh: network "
        "east-network, wanted west-network",
        "give the kubeconfigs of west and east under each other's names");
}

/* A network that several share tells nobody apart. */
static void a_shared_network_names_no_cluster(void **state)
{
    (void)state;
    mesh_add_member(mesh, "north", "north.kubeconfig", NULL);
    mesh_set(&mesh->members[2].network, "east-network");
    label_network(0, "east-network");
    is_refused(0, "MC301",
               "west has other names already: network east-network, wanted west-network",
               NAMES_STAY("--network west=east-network"));
}

/* The label can be mended where istiod itself says which network it is in. */
static void istiods_word_counts_before_the_label(void **state)
{
    (void)state;
    have_mesh(0, "west-cluster", "west-network", "mesh");
    label_network(0, "east-network");
    is_fine();
}

static void another_label_without_istiod(void **state)
{
    (void)state;
    label_network(0, "net-1");
    is_refused(0, "MC301", "west has other names already: network net-1, wanted west-network",
               NAMES_STAY("--network west=net-1"));
}

static void another_cluster_id(void **state)
{
    (void)state;
    have_mesh(0, "w1", "west-network", "mesh");
    is_refused(0, "MC304", "west has other names already: cluster id w1, wanted west-cluster",
               NAMES_STAY("--cluster-name west=w1"));
}

static void another_network(void **state)
{
    (void)state;
    have_mesh(1, "east-cluster", "n2", "mesh");
    is_refused(1, "MC301", "east has other names already: network n2, wanted east-network",
               NAMES_STAY("--network east=n2"));
}

static void another_mesh(void **state)
{
    (void)state;
    have_mesh(0, "west-cluster", "west-network", "prod");
    is_refused(0, "MC305", "west has other names already: mesh id prod, wanted mesh",
               NAMES_STAY("--mesh-id prod"));
}

/* What alone says otherwise was changed: no flag shall make the rest follow it. */
static void a_single_other_word_is_no_other_cluster(void **state)
{
    (void)state;
    have_mesh(0, "w1", "n1", "prod");
    facts[0]->proxy_cluster = mem_strdup("west-cluster");
    facts[0]->proxy_mesh = mem_strdup("mesh");
    label_network(0, "west-network");
    /* The namespace's label alone says as little. */
    is_refused(0, "MC301", "west has other names already: network n1, wanted west-network",
               NAMES_STAY("--network west=n1"));
    facts[0]->network_services = json_pack("[{s:{s:{s:s}}}]", "metadata", "labels",
                                           "topology.istio.io/network", "west-network");
    is_fine();
}

/* One line of flags keeps them all. */
static void all_differences_are_named_at_once(void **state)
{
    (void)state;
    have_mesh(0, "w1", "n1", "prod");
    is_refused(
        0, "MC304",
        "west has other names already: cluster id w1, wanted west-cluster; network n1, wanted "
        "west-network; mesh id prod, wanted mesh",
        NAMES_STAY("--cluster-name west=w1 --network west=n1 --mesh-id prod"));
}

/* With these flags the cluster is what is meant. */
static void the_flags_of_the_hint_are_enough(void **state)
{
    (void)state;
    have_mesh(0, "w1", "n1", "prod");
    have_mesh(1, "east-cluster", "east-network", "prod");
    mesh_set(&mesh->members[0].cluster, "w1");
    mesh_set(&mesh->members[0].network, "n1");
    mesh_set(&mesh->id, "prod");
    is_fine();
}

static void an_istiod_without_cluster_id_is_kubernetes(void **state)
{
    (void)state;
    have_mesh(0, NULL, NULL, NULL);
    is_refused(0, "MC304",
               "west has other names already: cluster id Kubernetes, wanted west-cluster",
               NAMES_STAY("--cluster-name west=Kubernetes"));
}

/* One of another namespace is another mesh's. */
static void istiods_elsewhere_do_not_count(void **state)
{
    (void)state;
    have_istiod(0, "istio-other", "somebody");
    is_fine();
    assert_null(facts_istiod_of(facts[0], mesh->istio_namespace));
}

/* ---- asking facts ---------------------------------------------------------------------------- */

static void the_first_istiod_of_a_namespace(void **state)
{
    (void)state;
    have_istiod(0, "a", "1");
    have_istiod(0, "b", "2");
    have_istiod(0, "b", "3");
    assert_ptr_equal(facts_istiod_of(facts[0], "b"), &facts[0]->istiods[1]);
    assert_ptr_equal(facts_istiod_of(facts[0], "a"), &facts[0]->istiods[0]);
    assert_null(facts_istiod_of(facts[0], "c"));
    assert_null(facts_istiod_of(facts[1], "a"));
}

static void namespaces_are_found_by_name(void **state)
{
    (void)state;
    facts[0]->namespaces = json_pack("[{s:{s:s}}, {s:{s:s}}]", "metadata", "name", "default",
                                     "metadata", "name", "istio-system");
    assert_ptr_equal(facts_namespace(facts[0], "istio-system"),
                     json_array_get(facts[0]->namespaces, 1));
    assert_null(facts_namespace(facts[0], "istio"));
    assert_null(facts_namespace(facts[1], "default"));
}

/* istiod knows a cluster by the key in the Secret, whatever the Secret is called. */
static void links_are_found_by_their_key(void **state)
{
    (void)state;
    facts[0]->links = json_pack("[{s:{s:s}, s:{s:s}}, {s:{s:s}}, {s:{s:s}, s:{s:s, s:s}}]",
                                "metadata", "name", "istio-remote-secret-east-cluster", "data",
                                "north-cluster", "a", "metadata", "name", "empty", "metadata",
                                "name", "two", "data", "x", "b", "east-cluster", "c");
    assert_ptr_equal(facts_link(facts[0], "east-cluster"), json_array_get(facts[0]->links, 2));
    assert_ptr_equal(facts_link(facts[0], "north-cluster"), json_array_get(facts[0]->links, 0));
    assert_null(facts_link(facts[0], "west-cluster"));
    assert_null(facts_link(facts[1], "east-cluster"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(bare_clusters_are_fine),
        CASE(a_mesh_of_these_names_is_fine),
        CASE(absent_clusters_are_passed_over),
        CASE(two_names_for_one_cluster),
        CASE(a_third_name_for_the_first_cluster),
        CASE(swapped_kubeconfigs_show_by_cluster_id),
        CASE(swapped_kubeconfigs_show_by_network),
        CASE(a_shared_network_names_no_cluster),
        CASE(istiods_word_counts_before_the_label),
        CASE(another_label_without_istiod),
        CASE(another_cluster_id),
        CASE(another_network),
        CASE(another_mesh),
        CASE(a_single_other_word_is_no_other_cluster),
        CASE(all_differences_are_named_at_once),
        CASE(the_flags_of_the_hint_are_enough),
        CASE(an_istiod_without_cluster_id_is_kubernetes),
        CASE(istiods_elsewhere_do_not_count),
        CASE(the_first_istiod_of_a_namespace),
        CASE(namespaces_are_found_by_name),
        CASE(links_are_found_by_their_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
