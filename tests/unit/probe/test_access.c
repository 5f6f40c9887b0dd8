/* Clocks and versions of API servers. */
#include "access.h"

#include "support.h"

static void set_version(struct facts *f, const char *minor)
{
    f->version.git_version = (char *)(uintptr_t)minor; /* shown as it is */
    f->version.major = (char *)(uintptr_t) "1";
    f->version.minor = (char *)(uintptr_t)minor;
}

/* Rows of the id, as "LEVEL FOUND" joined by "; "; yours to free. */
static char *rows_dup(const struct two *t, const char *id)
{
    AUTO_STRLIST rows = STRLIST_INIT;
    size_t i;
    json_t *row;
    json_array_foreach(t->probe.findings, i, row)
        if (strcmp(json_dig_str(row, "id", NULL), id) == 0)
            strlist_addf(&rows, "%s %s", json_dig_str(row, "level", NULL),
                         json_dig_str(row, "found", NULL));
    return strlist_join_dup(&rows, "; ");
}

static void clocks(void **state)
{
    (void)state;
    static const struct {
        int64_t west, east; /* ahead; INT64_MIN: it does not say */
        size_t at;
        const char *rows;
        bool is_off;
    } rows[] = {
        {0, -1, 0, "ok within 10 seconds of this machine", false},
        {9, 0, 0, "ok within 10 seconds of this machine", false},
        {-12, 0, 0, "warning 12s behind this machine's clock", false},
        {119, 0, 0, "warning 1m59s ahead of this machine's clock", false},
        {120, 0, 0, "error 2m00s ahead of this machine's clock", true},
        {0, 3600, 0, "ok within 10 seconds of this machine", false},
        /* The one that is wrong says so, the other does not. */
        {3600, 0, 1, "ok within 10 seconds of this machine", false},
        /* Each a little, together too much. */
        {-70, 60, 1,
         "warning 1m00s ahead of this machine's clock; error 2m10s ahead of that of west", false},
        {INT64_MIN, 0, 0, "", false},
        {INT64_MIN, 0, 1, "ok within 10 seconds of this machine", false},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct two t;
        two_init(&t);
        t.west.version.has_clock = rows[i].west != INT64_MIN;
        t.west.version.ahead_s = t.west.version.has_clock ? rows[i].west : 0;
        t.east.version.has_clock = true;
        t.east.version.ahead_s = rows[i].east;
        t.probe.at = rows[i].at;
        access_check(&t.probe);
        AUTO_FREE char *found = rows_dup(&t, "MC107");
        assert_string_equal(found, rows[i].rows);
        assert_int_equal(access_clock_is_off(t.facts[rows[i].at]), rows[i].is_off);
        two_release(&t);
    }
}

static void versions(void **state)
{
    (void)state;
    static const struct {
        const char *istio, *kubernetes, *rows;
    } rows[] = {
        {"1.31.0", "34", "ok 34 with Istio 1.31.0"},
        {"1.31.0", "34+", "ok 34+ with Istio 1.31.0"},
        {"1.31.0", "37", "warning Kubernetes 37"},
        {"1.31.0", "31", "warning Kubernetes 31"},
        {"1.16.7", "22", "ok 22 with Istio 1.16.7"},
        {"1.16.7", "26", "warning Kubernetes 26"},
        /* Newer than what is known of. */
        {"1.32.0", "40", ""},
        {"2.0.0", "34", ""},
        {"latest", "34", ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct two t;
        two_init(&t);
        mesh_set(&t.mesh->istio_version, rows[i].istio);
        set_version(&t.west, rows[i].kubernetes);
        access_check(&t.probe);
        AUTO_FREE char *found = rows_dup(&t, "MC108");
        assert_string_equal(found, rows[i].rows);
        two_release(&t);
    }
}

/* What runs counts, not what would be installed. */
static void version_is_that_of_the_istiod(void **state)
{
    (void)state;
    struct two t;
    two_init(&t);
    struct facts_istiod istiod = {.namespace_ = (char *)(uintptr_t) "istio-system",
                                  .version = (char *)(uintptr_t) "1.24.1-distroless"};
    t.west.istiods = &istiod;
    t.west.istiods_count = 1;
    set_version(&t.west, "34");
    access_check(&t.probe);
    AUTO_FREE char *found = rows_dup(&t, "MC108");
    assert_string_equal(found, "warning Kubernetes 34");
    two_release(&t);
}

static void skew(void **state)
{
    (void)state;
    static const struct {
        const char *west, *east, *rows;
    } rows[] = {
        {"32", "36", ""},
        {"31", "36", "warning 36, in west 31"},
        {"36", "31", "warning 31, in west 36"},
        {"20", "22", "warning 22, in west 20"},
        {"40", "41", ""},
        {"", "34", ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct two t;
        two_init(&t);
        set_version(&t.west, rows[i].west);
        set_version(&t.east, rows[i].east);
        t.probe.at = 1;
        access_check(&t.probe);
        AUTO_FREE char *found = rows_dup(&t, "MC109");
        assert_string_equal(found, rows[i].rows);
        two_release(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks),
        cmocka_unit_test(versions),
        cmocka_unit_test(version_is_that_of_the_istiod),
        cmocka_unit_test(skew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
