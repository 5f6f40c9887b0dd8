/* Which revision is newest, deployed, followed, alive, wanted and too much. */
#include "release_support.h"

static void revisions_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *statuses;
        int newest, deployed, base;
        const char *live; /* versions, joined */
    } cases[] = {
        {"", 0, 0, 0, ""},        {"d", 1, 1, 1, "1"},
        {"sssd", 4, 4, 4, "4"},   {"sdff", 4, 2, 2, "432"},
        {"sdfp", 4, 2, 2, "432"}, {"dsd", 3, 3, 3, "3"}, /* two deployed: the later */
        {"sfdfd", 5, 5, 5, "5"}, /* what failed before the deployed one is done with */
        {"i", 1, 0, 0, "1"},      {"ff", 2, 0, 0, "21"},
        {"ssp", 3, 0, 2, "32"}, /* cut between superseding and the end */
        {"ssf", 3, 0, 2, "32"}, /* a rollback that failed */
        {"ssu", 3, 0, 0, ""},     {"ssuf", 4, 0, 0, "4"},
        {"susf", 4, 0, 3, "43"},  {"sn", 2, 0, 1, "21"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        json_auto_t *secrets = make_secrets(cases[i].statuses);
        json_auto_t *listed = metadata_only(secrets);
        MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(listed);
        AUTO_BUF live = BUF_INIT;
        for (size_t k = 0; k < h->count; k++)
            if (release_history_is_live(h, &h->items[k]))
                buf_appendf(&live, "%d", h->items[k].version);
        assert_int_equal(version_of(release_history_newest(h)), cases[i].newest);
        assert_int_equal(version_of(release_history_deployed(h)), cases[i].deployed);
        assert_int_equal(version_of(release_history_base(h)), cases[i].base);
        if (strcmp(buf_str(&live), cases[i].live) != 0)
            fail_msg("%s: live %s, want %s", cases[i].statuses, buf_str(&live), cases[i].live);
        assert_int_equal(release_history_next(h), cases[i].newest + 1);
    }
}

static void versions_are_numbers(void **state)
{
    (void)state;
    json_auto_t *secrets = make_secrets("ssssssssssd");
    MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(secrets);
    assert_int_equal(version_of(release_history_newest(h)), 11);
    assert_int_equal(h->items[1].version, 10);
    assert_int_equal(h->items[9].version, 2);
}

static void only_the_bodies_that_matter_are_asked_for(void **state)
{
    (void)state;
    json_auto_t *secrets = make_secrets("ssdssdfp");
    json_auto_t *listed = metadata_only(secrets);
    MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(listed);
    AUTO_STRLIST names = STRLIST_INIT;
    release_history_missing(h, &names);
    AUTO_FREE char *joined = strlist_join_dup(&names, " ");
    assert_string_equal(joined, "sh.helm.release.v1.r.v8 sh.helm.release.v1.r.v7 "
                                "sh.helm.release.v1.r.v6 sh.helm.release.v1.r.v3");
    for (int version = 8; version >= 3; version--)
        release_history_add(h, json_array_get(secrets, (size_t)version - 1));
    release_history_missing(h, &names);
    assert_int_equal(names.count, 0);
    assert_int_equal(release_history_deployed(h)->record->version, 6);
    MC_CLEANUP(release_history_cleanup) struct release_history *whole = history_of(secrets);
    release_history_missing(whole, &names);
    assert_int_equal(names.count, 0);
}

static void a_gone_secret_is_forgotten(void **state)
{
    (void)state;
    json_auto_t *secrets = make_secrets("sdf");
    json_auto_t *listed = metadata_only(secrets);
    MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(listed);
    release_history_forget(h, "sh.helm.release.v1.r.v2");
    release_history_forget(h, "sh.helm.release.v1.r.v9");
    assert_int_equal(h->count, 2);
    assert_int_equal(version_of(release_history_newest(h)), 3);
    assert_int_equal(version_of(release_history_base(h)), 1);
}

static void damage(json_t *secrets, int version)
{
    json_put(json_array_get(secrets, (size_t)version - 1), json_string("e30="), "data", "release",
             NULL);
}

/* Helm's Deployed passes over what it cannot read, and takes the deployed one before. */
static void a_damaged_record_is_named_and_passed_over(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *secrets = make_secrets("sddf");
    json_auto_t *listed = metadata_only(secrets);
    damage(secrets, 3);
    MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(listed);
    AUTO_STRLIST names = STRLIST_INIT, warnings = STRLIST_INIT;
    for (int round = 0; release_history_missing(h, &names), names.count; round++) {
        assert_true(round < 3);
        for (size_t i = 0; i < names.count; i++)
            release_history_add(
                h,
                json_array_get(secrets, (size_t)names.items[i][strlen(names.items[i]) - 1] - '1'));
    }
    assert_int_equal(version_of(release_history_deployed(h)), 2);
    OK(release_history_check(h, &warnings, &err));
    assert_int_equal(warnings.count, 1);
    assert_string_equal(warnings.items[0],
                        "revision 3 of release r is passed over: Secret sh.helm.release.v1.r.v3: "
                        "the record is no base64 text");
}

static void a_damaged_newest_one_is_an_error(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *secrets = make_secrets("sd");
    json_t *other = json_array_get(secrets, 1);
    MC_CLEANUP(release_cleanup) struct release *foreign = make_record("x", 2, RELEASE_DEPLOYED);
    json_auto_t *foreign_secret = secret_of(foreign);
    json_put(other, json_incref(json_dig(foreign_secret, "data", "release", NULL)), "data",
             "release", NULL);
    MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(secrets);
    AUTO_STRLIST warnings = STRLIST_INIT;
    FAILS(release_history_check(h, &warnings, &err),
          "the newest record of release r cannot be read: Secret sh.helm.release.v1.r.v2 holds "
          "revision 2 of release x");
}

static void odd_secrets_are_no_revisions(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *secrets = make_secrets("ddd");
    json_put(json_array_get(secrets, 0), json_string("7"), "metadata", "labels", "version", NULL);
    json_put(json_array_get(secrets, 1), json_string("me"), "metadata", "labels", "owner", NULL);
    MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(secrets);
    AUTO_STRLIST warnings = STRLIST_INIT;
    assert_int_equal(h->count, 1);
    OK(release_history_check(h, &warnings, &err));
    assert_int_equal(warnings.count, 1);
    assert_string_equal(warnings.items[0], "Secret sh.helm.release.v1.r.v1 has the labels of "
                                           "release r but is no record of it");
}

static void counts_have_an_end(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct release_history *none = NULL;
    json_auto_t *many = json_array();
    for (int i = 0; i <= RELEASE_MAX_REVISIONS; i++)
        json_array_append_new(many, json_pack("{s:{s:{s:s, s:s}}}", "metadata", "labels", "owner",
                                              "helm", "name", "r"));
    FAILS(release_history_new(many, "r", &none, &err), "release r has more than 4096 records");
    char failed[RELEASE_MAX_UNFINISHED + 7] = "";
    memset(failed, 'f', sizeof(failed) - 1);
    json_auto_t *secrets = make_secrets(failed);
    json_auto_t *listed = metadata_only(secrets);
    MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(listed);
    AUTO_STRLIST names = STRLIST_INIT, warnings = STRLIST_INIT;
    release_history_missing(h, &names);
    assert_int_equal(names.count, RELEASE_MAX_UNFINISHED);
    for (size_t i = 6; i < sizeof(failed) - 1; i++)
        release_history_add(h, json_array_get(secrets, i));
    release_history_missing(h, &names);
    assert_int_equal(names.count, 0);
    OK(release_history_check(h, &warnings, &err));
    assert_int_equal(warnings.count, 6);
}

static void excess_is_helms(void **state)
{
    (void)state;
    for (int major = 3; major <= 4; major++) {
        json_auto_t *golden = golden_actions(major);
        const json_t *cases = json_object_get(golden, "prune"), *row;
        size_t i;
        assert_true(json_array_size(cases) > 8);
        json_array_foreach(cases, i, row) {
            json_auto_t *secrets = make_secrets(json_dig_str(row, "statuses", NULL));
            json_auto_t *gone = json_array();
            MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(secrets);
            const struct release_revision *excess[16];
            size_t count =
                release_history_excess(h, (int)json_dig_int(row, 0, "limit", NULL), excess);
            for (size_t k = 0; k < count; k++)
                json_array_append_new(gone, json_integer(excess[k]->version));
            AUTO_FREE char *want = json_write_dup(json_object_get(row, "gone"), 0);
            AUTO_FREE char *have = json_write_dup(gone, 0);
            if (strcmp(want, have) != 0)
                fail_msg("%s: %s, want %s", json_dig_str(row, "statuses", NULL), have, want);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(revisions_are_told_apart),
        cmocka_unit_test(versions_are_numbers),
        cmocka_unit_test(only_the_bodies_that_matter_are_asked_for),
        cmocka_unit_test(a_gone_secret_is_forgotten),
        cmocka_unit_test(a_damaged_record_is_named_and_passed_over),
        cmocka_unit_test(a_damaged_newest_one_is_an_error),
        cmocka_unit_test(odd_secrets_are_no_revisions),
        cmocka_unit_test(counts_have_an_end),
        cmocka_unit_test(excess_is_helms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
