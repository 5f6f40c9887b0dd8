/* NO_PROXY by the rules written down in golang.org/x/net/http/httpproxy (Config.NoProxy). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "meshctl/base/mem.h"
#include "noproxy.h"

static void rules(void **state)
{
    (void)state;
    static const struct {
        const char *list, *host, *port;
        bool covered;
    } cases[] = {
        {NULL, "example.com", "443", false},
        {"", "example.com", "443", false},
        {"", "localhost", "443", true},
        {"", "127.0.0.1", "6443", true},
        {"", "127.9.9.9", "6443", true},
        {"", "::1", "6443", true},
        {"", "128.0.0.1", "6443", false},
        {"*", "example.com", "443", true},
        {"a.b, *", "example.com", "443", true},
        {"example.com", "example.com", "443", true},
        {"example.com", "EXAMPLE.com", "443", true},
        {"example.com", "www.example.com", "443", true},
        {"example.com", "badexample.com", "443", false},
        {".example.com", "example.com", "443", false},
        {".example.com", "www.example.com", "443", true},
        {"*.example.com", "www.example.com", "443", true},
        {"*.example.com", "example.com", "443", false},
        {"example.com:8443", "example.com", "8443", true},
        {"example.com:8443", "example.com", "443", false},
        {"other, example.com ,more", "example.com", "443", true},
        {"10.0.0.0/8", "10.200.3.4", "6443", true},
        {"10.0.0.0/8", "11.0.0.1", "6443", false},
        {"10.0.0.0/8", "10.example.com", "6443", false},
        {"192.168.4.0/22", "192.168.7.255", "443", true},
        {"192.168.4.0/22", "192.168.8.0", "443", false},
        {"0.0.0.0/0", "8.8.8.8", "443", true},
        {"0.0.0.0/0", "2001:db8::1", "443", false},
        {"2001:db8::/32", "2001:db8:1::5", "443", true},
        {"2001:db8::/32", "2001:db9::5", "443", false},
        {"10.0.0.0/33", "10.0.0.1", "443", false},
        {"10.0.0.0/", "10.0.0.1", "443", false},
        {"10.0.0.0/x", "10.0.0.1", "443", false},
        {"1.2.3.4", "1.2.3.4", "443", true},
        {"1.2.3.4:443", "1.2.3.4", "443", true},
        {"1.2.3.4:80", "1.2.3.4", "443", false},
        {"[2001:db8::1]:443", "2001:db8::1", "443", true},
        {"[2001:db8::1]:80", "2001:db8::1", "443", false},
        {"2001:db8::1", "2001:db8::1", "443", true},
        {"[", "2001:db8::1", "443", false},
        {".", "example.com", "443", false},
        {":443", "example.com", "443", false},
        {"*.", "example.com", "443", false},
        {"3.4", "1.2.3.4", "443", false},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++)
        if (noproxy_covers(cases[i].list, cases[i].host, cases[i].port) != cases[i].covered)
            fail_msg("NO_PROXY=%s for %s:%s", cases[i].list, cases[i].host, cases[i].port);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rules)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
