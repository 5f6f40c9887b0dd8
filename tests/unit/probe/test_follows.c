/* An error follows from a cause that has to do with it, and from no other. */
#include "meshctl/probe/follows.h"

#include "meshctl/base/strlist.h"
#include "scratch.h"

/* "MC601 west east error": id, cluster, peer ("-": none), level. */
static void add(json_t *findings, const char *text)
{
    AUTO_STRLIST words = STRLIST_INIT;
    strlist_split(&words, text, ' ');
    const char *peer = words.items[2];
    json_array_append_new(findings,
                          json_pack("{s:s, s:s, s:s*, s:s}", "id", words.items[0], "cluster",
                                    words.items[1], "peer", strcmp(peer, "-") == 0 ? NULL : peer,
                                    "level", words.items[3]));
}

static void a_cause_has_to_do_with_it(void **state)
{
    (void)state;
    static const struct {
        const char *cause, *row;
        bool follows;
    } rows[] = {
        /* What istiod was given for that very peer. */
        {"MC406 west east error", "MC601 west east error", true},
        {"MC406 west north error", "MC601 west east error", false},
        {"MC407 east west error", "MC601 west east error", false},
        {"MC407 west east warning", "MC601 west east error", false},
        {"MC411 west east error", "MC605 west east error", true},
        {"MC407 west east error", "MC602 west east error", true},
        /* What the peer itself lacks. */
        {"MC106 east - error", "MC601 west east error", true},
        {"MC106 north - error", "MC601 west east error", false},
        {"MC504 east - error", "MC602 west east error", true},
        {"MC504 west - error", "MC602 west east error", false},
        {"MC504 north - error", "MC602 west east error", false},
        /* Who signs is asked in the cluster alone. */
        {"MC205 west - error", "MC208 west - error", true},
        {"MC205 west - error", "MC603 west - error", true},
        {"MC208 west - error", "MC603 west - error", true},
        {"MC205 east - error", "MC208 west - error", false},
        {"MC310 west - error", "MC214 west - error", true},
        {"MC632 west - error", "MC501 west - error", true},
        {"MC632 west - error", "MC522 east west error", true},
        {"MC311 west - error", "MC521 west - error", true},
        {"MC504 west - error", "MC603 west - error", false},
        /* What a pod does not reach. */
        {"MC747 west east error", "MC742 west east error", true},
        {"MC747 east west error", "MC742 west east error", false},
        {"MC747 west north error", "MC732 west east error", false},
        {"MC747 west east error", "MC601 west east error", true},
        {"MC748 west east error", "MC743 west east error", true},
        {"MC748 west east warning", "MC743 west east error", false},
        /* Faults of the kind are no causes of each other, nor of others. */
        {"MC603 west - error", "MC603 west - error", false},
        {"MC601 west east error", "MC504 east - error", false},
        {"MC205 west - error", "MC603 west - ok", false},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        json_auto_t *findings = json_array();
        /* The order says nothing. */
        add(findings, rows[i].row);
        add(findings, rows[i].cause);
        follows_mark(findings);
        bool found = json_is_true(json_dig(findings, "0", "follows", NULL));
        if (found != rows[i].follows)
            fail_msg("%s beside %s: follows %d", rows[i].row, rows[i].cause, found);
        assert_null(json_dig(findings, "1", "follows", NULL));
    }
}

static void what_is_seen_in_their_words_may_follow(void **state)
{
    (void)state;
    assert_true(follows_may("MC208"));
    assert_true(follows_may("MC601"));
    /* Without istiod nothing else is as it should be: a cause, though of the sixth hundred. */
    assert_false(follows_may("MC604"));
    assert_false(follows_may("MC201"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cause_has_to_do_with_it),
        cmocka_unit_test(what_is_seen_in_their_words_may_follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
