/* How long the CA's certificates have to go. */
#include "ends.h"

#include "support.h"

#define DAY ((time_t)24 * 60 * 60)
#define NOW ((time_t)2000000000)

struct life {
    int since, left; /* days */
};

static struct ca_root root_of(const char *fingerprint, struct life life)
{
    struct ca_root root = {.not_before = NOW - life.since * DAY,
                           .not_after = NOW + life.left * DAY};
    strcpy(root.fingerprint, fingerprint);
    return root;
}

static void soon_is_a_warning(void **state)
{
    (void)state;
    static const struct {
        struct life old_root, root, signer;
        enum ca_form form;
        const char *level, *found; /* NULL: nothing is said */
    } rows[] = {
        {{0, 0}, {10, 3640}, {10, 700}, CA_FORM_ISTIO, "ok", "intermediate 700, root 3640"},
        {{0, 0},
         {10, 3640},
         {340, 25},
         CA_FORM_ISTIO,
         "warning",
         "intermediate 5678efab ends in 25 days"},
        {{0, 0}, {3640, 10}, {340, 10}, CA_FORM_ISTIO, "warning", "root 1234abcd ends in 10 days"},
        {{0, 0}, {10, 3640}, {340, 30}, CA_FORM_ISTIO, "ok", "intermediate 30, root 3640"},
        /* A rotation: the former root may end. */
        {{3640, 10}, {10, 3640}, {10, 700}, CA_FORM_ISTIO, "ok", "intermediate 700, root 3640"},
        /* A short life is somebody's will. */
        {{0, 0}, {10, 3640}, {5, 25}, CA_FORM_ISTIO, "ok", "intermediate 25, root 3640"},
        /* Those are renewed without anybody. */
        {{0, 0}, {10, 3640}, {340, 25}, CA_FORM_TLS, NULL, NULL},
        {{0, 0}, {3640, 10}, {340, 10}, CA_FORM_OWN, NULL, NULL},
        {{0, 0}, {3640, 10}, {340, 10}, CA_FORM_OUTSIDE, NULL, NULL},
        /* It has ended: another finding. */
        {{0, 0}, {10, 3640}, {340, -1}, CA_FORM_ISTIO, NULL, NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct two t;
        two_init(&t);
        struct ca_root roots[2] = {root_of("1234abcdef", rows[i].root),
                                   root_of("0000", rows[i].old_root)};
        t.west.ca = (struct ca_found){
            .form = rows[i].form,
            .roots = {.items = roots, .count = rows[i].old_root.since ? 2 : 1},
            .signer_fingerprint = (char[]){"5678efab00"},
            .signer_not_before = NOW - rows[i].signer.since * DAY,
            .signer_not_after = NOW + rows[i].signer.left * DAY,
        };
        ends_check(&t.probe, NOW);
        assert_int_equal(json_array_size(t.probe.findings), rows[i].level ? 1 : 0);
        if (rows[i].level) {
            const json_t *row = json_array_get(t.probe.findings, 0);
            assert_string_equal(json_dig_str(row, "level", NULL), rows[i].level);
            assert_string_equal(json_dig_str(row, "found", NULL), rows[i].found);
        }
        two_release(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(soon_is_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
