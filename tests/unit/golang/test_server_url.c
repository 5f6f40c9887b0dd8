/* Which texts are addresses of servers, which of them are the machine's own, and what is shown of URLs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meshctl/golang/server_url.h"

static void addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host;
        unsigned port;
        bool is_https, has_user;
    } rows[] = {
        {"https://example.com", "example.com", 443, true, false},
        {"HTTPS://Example.com:6443/k8s/clusters/c-1", "Example.com", 6443, true, false},
        {"http://10.0.0.1", "10.0.0.1", 80, false, false},
        {"https://[2001:db8::1]:6443/", "2001:db8::1", 6443, true, false},
        {"https://[::ffff:127.0.0.1]", "::ffff:127.0.0.1", 443, true, false},
        {"https://a_b.example.com./", "a_b.example.com.", 443, true, false},
        {"https://user:secret@example.com", "example.com", 443, true, true},
        {"https://user@example.com", "example.com", 443, true, true},
        {"https://1a.example", "1a.example", 443, true, false},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_SERVER_URL url = {0};
        const char *wrong = server_url_parse(rows[i].text, &url);
        if (wrong)
            fail_msg("%s: %s", rows[i].text, wrong);
        assert_string_equal(url.host, rows[i].host);
        assert_int_equal(url.port, rows[i].port);
        assert_int_equal(url.is_https, rows[i].is_https);
        assert_int_equal(url.has_user, rows[i].has_user);
    }
}

static void no_addresses(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "https",
        "https:",
        "https:/",
        "https://",
        "https:///",
        "https:///version",
        "https://:6443",
        "https://?x",
        "https://#x",
        "https://user:secret@",
        "https://user:secret@/x",
        "//example.com",
        "example.com",
        "example.com:6443",
        "ftp://example.com",
        "file:///etc/passwd",
        "https:example.com",
        "https://127.1",
        "https://0x7f.1",
        "https://0177.0.0.1",
        "https://2130706433",
        "https://0x7f000001",
        "https://1.2.3.4.5",
        "https://1.2.3.256",
        "https://example.1",
        "https://example.0x1",
        "https://[::1",
        "https://::1",
        "https://[127.0.0.1]",
        "https://[::1]x",
        "https://[fe80::1%25eth0]",
        "https://example.com:",
        "https://example.com:0",
        "https://example.com:65536",
        "https://example.com:99999999999999999999",
        "https://example.com:x",
        "https://example.com:-1",
        "https://example.com?x=y",
        "https://example.com?",
        "https://example.com#x",
        "https://exa mple.com",
        "https://example.com/\n",
        "https://example.com\\@evil.example",
        "https://ex%61mple.com%00",
        "https://-a.example",
        "https://a..example",
        "https://.",
        "https://b\303\274cher.example",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_SERVER_URL url = {0};
        if (!server_url_parse(rows[i], &url))
            fail_msg("%s is taken, with host %s", rows[i], url.host);
        assert_null(url.host);
    }
}

static void own_hosts(void **state)
{
    (void)state;
    static const char *const yes[] = {
        "127.0.0.1", "127.1",      "0x7f.1",      "2130706433", "0177.0.0.1",       "127.0.0.1.",
        "0.0.0.0",   "0",          "::1",         "::",         "::ffff:127.0.0.1", "::ffff:7f00:1",
        "localhost", "LocalHost.", "a.localhost", "::1%lo",     "0:0:0:0:0:0:0:1",
    };
    static const char *const no[] = {
        "10.0.0.1",    "128.1", "::2", "::ffff:10.0.0.1", "localhost.example", "notlocalhost",
        "127.example", "",      ".",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(yes); i++)
        if (!host_is_own(yes[i]))
            fail_msg("%s is own", yes[i]);
    for (size_t i = 0; i < MC_ARRAY_LEN(no); i++)
        if (host_is_own(no[i]))
            fail_msg("%s is not own", no[i]);
    assert_false(host_is_own(NULL));
}

static void what_is_shown(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"https://example.com/a?b#c", "https://example.com/a"},
        {"https://user:secret@example.com/a", "https://example.com/a"},
        {"https://user:se@cret@example.com", "https://example.com"},
        {"https://user:sec/ret@example.com/a", "https://example.com/a"},
        {"charts@2/a", "charts@2/a"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_FREE char *shown = url_public_dup(rows[i][0]);
        assert_string_equal(shown, rows[i][1]);
    }
    assert_true(url_has_user("https://user:secret@example.com/a?b"));
    assert_true(url_has_user("https://user:se cret@example.com/a?b"));
    assert_false(url_has_user("https://example.com/a@b?c@d"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(no_addresses),
        cmocka_unit_test(own_hosts),
        cmocka_unit_test(what_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
