/* Of logs and answers, what may be passed on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>

#include "meshctl/data/json.h"
#include "meshctl/kube/diff.h"

static void becomes(const char *text, const char *wanted)
{
    AUTO_BUF out = BUF_INIT;
    kube_mask_lines(&out, text, strlen(text));
    assert_string_equal(buf_str(&out), wanted);
}

static void lines_without_secrets_stay(void **state)
{
    (void)state;
    becomes("", "");
    becomes("one", "one");
    becomes("one\n\ntwo\n", "one\n\ntwo\n");
    becomes("info\ttoken accepted of east-cluster\n", "info\ttoken accepted of east-cluster\n");
}

static void lines_with_secrets_go_whole(void **state)
{
    (void)state;
    becomes("a\nAuthorization: Bearer abc\nb", "a\n***\nb");
    becomes("token=abcdef\n", "***\n");
    becomes("x https://u:p@host/ y\nb\n", "***\nb\n");
}

/* The lines between carry no mark of their own. */
static void a_private_key_goes_with_all_its_lines(void **state)
{
    (void)state;
    becomes("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nAAAA\n-----END RSA PRIVATE KEY-----\nb\n",
            "a\n***\n***\n***\n***\nb\n");
    becomes("-----BEGIN PRIVATE KEY-----\ncut off\nbefore its end", "***\n***\n***");
    becomes("-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n");
    /* Two files put together, the first without a newline at its end. */
    becomes("-----END CERTIFICATE----------BEGIN PRIVATE KEY-----\nMIIE\n"
            "-----END PRIVATE KEY----------BEGIN CERTIFICATE-----\nMIIE\n",
            "***\n***\n***\nMIIE\n");
}

/* base64 of a PEM text, in one line or wrapped. */
static void an_encoded_key_goes_with_all_its_lines(void **state)
{
    (void)state;
    becomes("k: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUUKx\nb: c\n", "***\nb: c\n");
    becomes("LS0tLS1CRUdJTiLS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t\n  Q01JSUU=\r\nb c\n",
            "***\n***\nb c\n");
    becomes("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUU=\nQQ==\n",
            "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUU=\nQQ==\n");
}

static void words_that_are_no_secrets_are_whole(void **state)
{
    (void)state;
    becomes("token: true\npassword: null # none\n", "token: true\npassword: null # none\n");
    becomes("token: trueish\npassword: null0\n", "***\n***\n");
}

static void a_value_is_looked_at_behind_its_nul(void **state)
{
    (void)state;
    static const char text[] = "a\0Bearer abc";
    json_auto_t *value = json_pack("[o]", json_stringn(text, sizeof(text) - 1));
    json_auto_t *masked = kube_masked_value(value);
    assert_string_equal(json_dig_str(masked, "0", NULL), KUBE_MASK);
}

static void bytes_that_are_no_text_end_a_line_only(void **state)
{
    (void)state;
    static const char text[] = "a\0token=abc\nb\n";
    AUTO_BUF out = BUF_INIT;
    kube_mask_lines(&out, text, sizeof(text) - 1);
    assert_null(memmem(out.data, out.len, "token=abc", 9));
    assert_non_null(memmem(out.data, out.len, "b\n", 2));
}

static void answers_are_masked_by_their_names(void **state)
{
    (void)state;
    json_auto_t *answer =
        json_pack("[{s:s, s:{s:s, s:i}}]", "id", "west", "inner", "password", "abc", "port", 1);
    json_auto_t *masked = kube_masked_value(answer);
    assert_string_equal(json_dig_str(masked, "0", "inner", "password", NULL), "***");
    assert_string_equal(json_dig_str(masked, "0", "id", NULL), "west");
    assert_int_equal(json_dig_int(masked, 0, "0", "inner", "port", NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_without_secrets_stay),
        cmocka_unit_test(lines_with_secrets_go_whole),
        cmocka_unit_test(a_private_key_goes_with_all_its_lines),
        cmocka_unit_test(an_encoded_key_goes_with_all_its_lines),
        cmocka_unit_test(words_that_are_no_secrets_are_whole),
        cmocka_unit_test(a_value_is_looked_at_behind_its_nul),
        cmocka_unit_test(bytes_that_are_no_text_end_a_line_only),
        cmocka_unit_test(answers_are_masked_by_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
