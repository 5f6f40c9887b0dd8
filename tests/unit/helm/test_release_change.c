/* A release's life, step by step as both Helms write it down, and what is refused. */
#include "release_support.h"

#include "meshctl/helm/release_change.h"

/* ---- the life of a release ------------------------------------------------------------------- */

struct life {
    json_t *secrets;
    int clock;
};

static void check_state(const struct life *l, const json_t *golden, const char *step)
{
    json_auto_t *have = json_array();
    MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(l->secrets);
    const char *first = h->items[h->count - 1].record->first_deployed;
    for (size_t i = h->count; i-- > 0;) {
        const struct release *r = h->items[i].record;
        const char *team = json_dig_str(r->labels, "team", NULL);
        json_array_append_new(
            have, json_pack("{s:b, s:s, s:b, s:s, s:s, s:i}", "deleted", r->deleted != NULL,
                            "description", r->description, "first",
                            strcmp(r->first_deployed, first) == 0, "labels", team ? team : "",
                            "status", release_status_name(r->status), "version", r->version));
    }
    AUTO_FREE char *a = json_write_dup(have, 0);
    AUTO_FREE char *b = json_write_dup(json_object_get(golden, step), 0);
    if (strcmp(a, b) != 0)
        fail_msg("%s\nhave %s\nwant %s", step, a, b);
}

static struct release *begin(struct life *l)
{
    MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(l->secrets);
    struct release *r = make_record("r", ++l->clock, RELEASE_UNKNOWN);
    release_follow(r, h);
    r->holder = mem_strdup("me@here");
    store(l->secrets, r);
    return r;
}

static void succeed(struct life *l, struct release *r)
{
    MC_CLEANUP(release_history_cleanup) struct release_history *before = NULL;
    json_auto_t *older = json_array();
    const json_t *secret;
    size_t i;
    json_array_foreach(l->secrets, i, secret)
        if (i + 1 < json_array_size(l->secrets))
            json_array_append(older, (json_t *)secret);
    before = history_of(older);
    for (i = 0; i < before->count; i++) {
        if (!release_history_is_superseded(before, &before->items[i]))
            continue;
        release_superseded(before->items[i].record);
        store(l->secrets, before->items[i].record);
    }
    release_deployed(r);
    store(l->secrets, r);
    assert_null(r->holder);
}

static void install_or_upgrade(struct life *l)
{
    MC_CLEANUP(release_cleanup) struct release *r = begin(l);
    succeed(l, r);
}

static void fail_upgrade(struct life *l, const char *why)
{
    MC_CLEANUP(release_cleanup) struct release *r = begin(l);
    if (why)
        release_failed(r, why);
    else
        release_interrupted(r);
    assert_null(r->holder);
    store(l->secrets, r);
}

/* A rollback is Helm's to begin; what is left of it is ours to go on from. */
static void fail_rollback(struct life *l)
{
    MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(l->secrets);
    MC_CLEANUP(release_cleanup) struct release *r = begin(l);
    release_superseded(h->items[0].record);
    store(l->secrets, h->items[0].record);
    r->status = RELEASE_PENDING_ROLLBACK;
    release_failed(r, "no");
    store(l->secrets, r);
}

static void uninstall(struct life *l)
{
    MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(l->secrets);
    struct release *r = h->items[0].record;
    release_uninstalling(r, "me@here");
    assert_string_equal(r->description, "Deletion in progress (or silently failed)");
    assert_int_equal(r->status, RELEASE_UNINSTALLING);
    release_uninstalled(r);
    store(l->secrets, r);
}

static void a_life_as_helm_writes_it(void **state)
{
    (void)state;
    for (int major = 3; major <= 4; major++) {
        json_auto_t *golden = golden_actions(major);
        const json_t *flow = json_object_get(golden, "flow");
        struct life l = {.secrets = json_array()};
        MC_CLEANUP(release_cleanup) struct release *first = begin(&l);
        first->labels = parse("{\"team\": \"mesh\"}");
        succeed(&l, first);
        check_state(&l, flow, "1 install");
        fail_upgrade(&l, "no \"room\"");
        check_state(&l, flow, "2 upgrade fails");
        install_or_upgrade(&l);
        check_state(&l, flow, "3 upgrade");
        fail_rollback(&l);
        check_state(&l, flow, "4 rollback fails");
        install_or_upgrade(&l);
        check_state(&l, flow, "5 upgrade");
        uninstall(&l);
        check_state(&l, flow, "6 uninstall keeps history");
        install_or_upgrade(&l);
        check_state(&l, flow, "7 install replaces");
        fail_upgrade(&l, NULL);
        check_state(&l, flow, "8 upgrade cancelled");
        json_decref(l.secrets);
    }
}

static void a_failed_install_is_replaced(void **state)
{
    (void)state;
    json_auto_t *golden = golden_actions(4);
    const json_t *flow = json_object_get(golden, "failed_install");
    struct life l = {.secrets = json_array()};
    fail_upgrade(&l, "failed post-install: job failed");
    check_state(&l, flow, "1 install fails");
    install_or_upgrade(&l);
    check_state(&l, flow, "2 install replaces");
    json_decref(l.secrets);
}

static void what_helm_4_adds_is_kept(void **state)
{
    (void)state;
    struct error *err = NULL;
    MC_CLEANUP(release_cleanup) struct release *r = make_record("r", 3, RELEASE_DEPLOYED);
    MC_CLEANUP(release_cleanup) struct release *again = NULL;
    r->rollback_revision = 1;
    release_superseded(r);
    json_auto_t *secret = secret_of(r);
    OK(release_from_secret(secret, &again, &err));
    assert_int_equal(again->rollback_revision, 1);
    assert_int_equal(again->status, RELEASE_SUPERSEDED);
}

static void reasons_are_cut_and_cleaned(void **state)
{
    (void)state;
    MC_CLEANUP(release_cleanup) struct release *r = make_record("r", 1, RELEASE_PENDING_INSTALL);
    AUTO_BUF why = BUF_INIT;
    buf_appends(&why, "\033[31m");
    buf_pad(&why, 'x', 3 * RELEASE_MAX_REASON);
    release_failed(r, buf_str(&why));
    assert_true(strlen(r->description) < RELEASE_MAX_REASON + 64);
    assert_null(strchr(r->description, '\033'));
}

/* ---- refusals -------------------------------------------------------------------------------- */

static struct release_history *history_with(const char *statuses, const char *holder,
                                            const char *metadata)
{
    json_auto_t *secrets = make_secrets(statuses);
    MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(secrets);
    if (!h->count)
        return TAKE(h);
    struct release *r = h->items[0].record;
    r->holder = mem_strdup_opt(holder);
    free(TAKE(r->packed));
    r->manifest = json_string("");
    if (metadata)
        json_object_set_new(r->chart, "metadata", parse(metadata));
    store(secrets, r);
    return history_of(secrets);
}

static void a_pending_record_is_a_lock(void **state)
{
    (void)state;
    static const struct {
        const char *statuses, *holder;
        enum release_lock want;
    } cases[] = {
        {"", NULL, RELEASE_LOCK_FREE},        {"d", "me@here", RELEASE_LOCK_FREE},
        {"df", "me@here", RELEASE_LOCK_FREE}, {"dp", "me@here", RELEASE_LOCK_OURS},
        {"i", "me@here", RELEASE_LOCK_OURS},  {"dp", NULL, RELEASE_LOCK_THEIRS},
        {"i", NULL, RELEASE_LOCK_THEIRS},     {"dn", NULL, RELEASE_LOCK_FREE},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        const char *holder, *since;
        MC_CLEANUP(release_history_cleanup)
        struct release_history *h = history_with(cases[i].statuses, cases[i].holder, NULL);
        assert_int_equal(release_lock_of(h, &holder, &since), cases[i].want);
        assert_string_equal(holder, cases[i].holder ? cases[i].holder : "");
    }
}

static void somebody_elses_lock_is_refused(void **state)
{
    (void)state;
    struct error *err = NULL;
    MC_CLEANUP(release_history_cleanup)
    struct release_history *upgrade = history_with("dp", NULL, NULL);
    MC_CLEANUP(release_history_cleanup)
    struct release_history *install = history_with("i", NULL, NULL);
    MC_CLEANUP(release_history_cleanup)
    struct release_history *ours = history_with("dp", "me@here", NULL);
    assert_int_equal(release_check_lock(upgrade, &err), -1);
    assert_int_equal(err->kind, ERROR_CONFLICT);
    assert_string_equal(err->message,
                        "another operation (install/upgrade/rollback) is in progress: revision 2 "
                        "of release r is pending-upgrade since 2026-01-01T00:00:02Z");
    assert_non_null(strstr(err->hint, "helm rollback r 1 --namespace ns"));
    error_clear(&err);
    assert_int_equal(release_check_lock(install, &err), -1);
    assert_non_null(strstr(err->hint, "helm uninstall r --namespace ns"));
    error_clear(&err);
    OK(release_check_lock(ours, &err));
}

/* Helm's PUT has no annotations, its upgrade copies labels only. */
static void the_holder_is_not_inherited(void **state)
{
    (void)state;
    MC_CLEANUP(release_cleanup) struct release *r = make_record("r", 1, RELEASE_PENDING_INSTALL);
    r->holder = mem_strdup("me@here");
    json_auto_t *secret = secret_of(r);
    assert_string_equal(json_dig_str(secret, "metadata", "annotations", "meshctl.io/holder", NULL),
                        "me@here");
    assert_null(json_dig(secret, "metadata", "labels", "meshctl.io/holder", NULL));
}

static void another_chart_is_refused(void **state)
{
    (void)state;
    struct error *err = NULL;
    static const char shop[] = "{\"name\": \"shop\", \"version\": \"3.1.0\"}";
    MC_CLEANUP(release_history_cleanup)
    struct release_history *deployed = history_with("sd", NULL, shop);
    MC_CLEANUP(release_history_cleanup)
    struct release_history *gone = history_with("su", NULL, shop);
    MC_CLEANUP(release_history_cleanup) struct release_history *none = history_with("", NULL, shop);
    FAILS(release_check_chart(deployed, "gateway", &err),
          "release r in namespace ns is of chart shop 3.1.0, not of chart gateway; its objects "
          "would be deleted");
    OK(release_check_chart(deployed, "shop", &err));
    OK(release_check_chart(gone, "gateway", &err));
    OK(release_check_chart(none, "gateway", &err));
}

static void a_downgrade_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *statuses, *have, *wanted;
        int want;
    } cases[] = {
        {"d", "1.30.0", "1.29.9", -1},     {"d", "1.30.0", "1.30.0", 0},
        {"d", "1.9.0", "1.10.0", 0},       {"d", "1.30.0", "1.30.0-rc.1", -1},
        {"d", "1.30.0-rc.1", "1.30.0", 0}, {"d", "odd", "1.0.0", 0},
        {"df", "9.0.0", "1.2.0", 0}, /* the deployed one counts: 1.2.0 */
        {"df", "9.0.0", "1.1.0", -1},      {"f", "9.0.0", "1.2.0", -1},
        {"u", "9.0.0", "1.2.0", 0},        {"", "9.0.0", "1.2.0", 0},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct error *err = NULL;
        AUTO_FREE char *metadata =
            mem_printf("{\"name\": \"c\", \"version\": \"%s\"}", cases[i].have);
        MC_CLEANUP(release_history_cleanup)
        struct release_history *h = history_with(cases[i].statuses, NULL, metadata);
        int rc = release_check_downgrade(h, cases[i].wanted, &err);
        if (rc != cases[i].want)
            fail_msg("%s %s -> %s: %d", cases[i].statuses, cases[i].have, cases[i].wanted, rc);
        if (rc < 0)
            assert_int_equal(err->kind, ERROR_REFUSED);
        error_free(err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_life_as_helm_writes_it),
        cmocka_unit_test(a_failed_install_is_replaced),
        cmocka_unit_test(what_helm_4_adds_is_kept),
        cmocka_unit_test(reasons_are_cut_and_cleaned),
        cmocka_unit_test(a_pending_record_is_a_lock),
        cmocka_unit_test(somebody_elses_lock_is_refused),
        cmocka_unit_test(the_holder_is_not_inherited),
        cmocka_unit_test(another_chart_is_refused),
        cmocka_unit_test(a_downgrade_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
