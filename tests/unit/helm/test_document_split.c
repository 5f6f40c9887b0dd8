/* Documents out of a text, and the order in which kinds are installed. Expected values are those of
 * Helm's own tests. */
#include "charts.h"

#include "document_split.h"
#include "manifest_sort.h"

struct split_row {
    const char *text;
    int major;
    const char *documents[4];
};

/* pkg/releaseutil/manifest_test.go (3.22) and pkg/release/v1/util/manifest_test.go (4.3), and what
 * follows from their separators. */
static void documents_are_split(void **state)
{
    (void)state;
    static const struct split_row rows[] = {
        {"\n\n---\napiVersion: v1\nkind: Pod\n", 3, {"apiVersion: v1\nkind: Pod"}},
        {"\n\n---\napiVersion: v1\nkind: Pod\n", 4, {"apiVersion: v1\nkind: Pod\n"}},
        {"a: 1\n---\nb: 2", 3, {"a: 1", "b: 2"}},
        {"a: 1\n---\nb: 2", 4, {"a: 1\n", "b: 2"}},
        {"---apiVersion: v1\n---\nx: 1\n", 3, {"apiVersion: v1", "x: 1"}},
        {"---apiVersion: v1\n---\nx: 1\n", 4, {"apiVersion: v1\n", "x: 1\n"}},
        {"---\n---\na: 1", 3, {"---\na: 1"}},
        {"---\n---\na: 1", 4, {"a: 1"}},
        {"a: |\n  ---\n  b\n--- \nc: 1", 3, {"a: |\n  ---\n  b", "c: 1"}},
        {"a: |+\n  x\n\n\n---\nb: 1", 3, {"a: |+\n  x", "b: 1"}},
        {"a: |+\n  x\n\n\n---\nb: 1", 4, {"a: |+\n  x\n\n\n", "b: 1"}},
        {"--- # comment\na: 1", 3, {"# comment\na: 1"}},
        {"a: b---c\n", 4, {"a: b---c\n"}},
        {"----\na: 1", 4, {"-\na: 1"}},
        {"\r\n---\r\na: 1\r\n---\r\nb: 2", 3, {"a: 1", "b: 2"}},
        {"   \n\t", 3, {NULL}},
        {"---\n\n---\n", 4, {NULL}},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct split_texts have = {0};
        split_manifests(rows[i].text, strlen(rows[i].text), rows[i].major, &have);
        size_t count = 0;
        for (; count < 4 && rows[i].documents[count]; count++) {
            const char *want = rows[i].documents[count];
            if (count >= have.count)
                fail_msg("row %zu: too few", i);
            assert_int_equal(have.items[count].len, strlen(want));
            assert_memory_equal(have.items[count].s, want, strlen(want));
        }
        assert_int_equal(have.count, count);
        split_texts_release(&have);
    }
}

/* kind_sorter_test.go: the whole list backwards comes out in install order. */
static void kinds_are_sorted(void **state)
{
    (void)state;
    static const char *const kinds[] = {"ValidatingWebhookConfiguration",
                                        "Telemetry",
                                        "MutatingWebhookConfiguration",
                                        "",
                                        "Deployment",
                                        "APIService",
                                        "ConfigMap",
                                        "Namespace",
                                        "Deployment",
                                        "PriorityClass"};
    static const size_t helm3[] = {9, 7, 6, 4, 8, 5, 3, 2, 1, 0};
    static const size_t helm4[] = {9, 7, 6, 4, 8, 5, 2, 0, 3, 1};
    size_t order[MC_ARRAY_LEN(kinds)];
    sort_kinds(kinds, MC_ARRAY_LEN(kinds), 3, order);
    assert_memory_equal(order, helm3, sizeof(order));
    sort_kinds(kinds, MC_ARRAY_LEN(kinds), 4, order);
    assert_memory_equal(order, helm4, sizeof(order));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_are_split),
        cmocka_unit_test(kinds_are_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
