/* How far the clusters' versions may be apart. */
#include "versions.h"

#include "support.h"

/* A cluster's istiods, with those versions; NULL: an image without a tag. */
static void add(struct facts *f, struct facts_istiod *rows, const char *version)
{
    rows[f->istiods_count++] = (struct facts_istiod){.namespace_ = mem_strdup("istio-system"),
                                                     .version = mem_strdup_opt(version)};
    f->istiods = rows;
}

static void clear(struct facts *f)
{
    for (size_t i = 0; i < f->istiods_count; i++) {
        free(f->istiods[i].namespace_);
        free(f->istiods[i].version);
    }
}

static void skew_is_a_warning(void **state)
{
    (void)state;
    static const struct {
        const char *west, *canary, *east, *level;
    } rows[] = {
        {"1.31.0", NULL, "1.31.2", "ok"},
        {"1.31.0", NULL, "1.30.0-distroless", "ok"},
        {"1.30.0", NULL, "1.31.0", "ok"},
        {"1.31.0", NULL, "1.29.5", "warning"},
        {"1.29.5", NULL, "1.31.0", "warning"},
        {"1.31.0", NULL, "2.31.0", "warning"},
        /* On the way: one of the two is near. */
        {"1.29.0", "1.30.0", "1.31.0", "ok"},
        /* Nobody knows which Istio that is. */
        {"1.31.0", NULL, "latest", "ok"},
        {"1.31.0", NULL, "1.20-alpha.0123", "ok"},
        {"1.31.0", NULL, NULL, "ok"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct two t;
        struct facts_istiod west[2], east[1];
        two_init(&t);
        add(&t.west, west, rows[i].west);
        if (rows[i].canary)
            add(&t.west, west, rows[i].canary);
        add(&t.east, east, rows[i].east);
        versions_check(&t.probe);
        assert_int_equal(json_array_size(t.probe.findings), 1);
        assert_string_equal(json_dig_str(t.probe.findings, "0", "level", NULL), rows[i].level);
        clear(&t.west);
        clear(&t.east);
        two_release(&t);
    }
}

static void what_is_not_known_is_not_said(void **state)
{
    (void)state;
    struct two t;
    struct facts_istiod west[1];
    two_init(&t);
    versions_check(&t.probe);
    assert_int_equal(json_array_size(t.probe.findings), 0);
    add(&t.west, west, "1.31.0");
    t.facts[1] = NULL;
    versions_check(&t.probe);
    assert_string_equal(json_dig_str(t.probe.findings, "0", "level", NULL), "ok");
    clear(&t.west);
    two_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(skew_is_a_warning),
        cmocka_unit_test(what_is_not_known_is_not_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
