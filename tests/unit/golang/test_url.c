/* URLs as net/url of Go 1.26 reads, resolves and writes them; the expected texts are its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meshctl/golang/url.h"

static struct gourl parsed(struct arena *a, const char *text)
{
    struct gourl url;
    AUTO_ERROR struct error *err = NULL;
    if (gourl_parse(a, (struct text_span){text, strlen(text)}, &url, &err) < 0)
        fail_msg("%s", err->message);
    return url;
}

static void references_are_resolved(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"http://u:p@h/a/b/c?q#f", "", "http://u:p@h/a/b/c?q#f"},
        {"http://u:p@h/a/b/c?q#f", "d", "http://u:p@h/a/b/d"},
        {"http://u:p@h/a/b/c?q#f", "../d", "http://u:p@h/a/d"},
        {"http://u:p@h/a/b/c?q#f", "../../../d", "http://u:p@h/d"},
        {"http://u:p@h/a/b/c?q#f", "./", "http://u:p@h/a/b/"},
        {"http://u:p@h/a/b/c?q#f", "..", "http://u:p@h/a/"},
        {"http://u:p@h/a/b/c?q#f", "/x/./y/../z", "http://u:p@h/x/z"},
        {"http://u:p@h/a/b/c?q#f", "//g/h/..", "http://g/"},
        {"http://u:p@h/a/b/c?q#f", "?z", "http://u:p@h/a/b/c?z"},
        {"http://u:p@h/a/b/c?q#f", "?", "http://u:p@h/a/b/c?"},
        {"http://u:p@h/a/b/c?q#f", "#s", "http://u:p@h/a/b/c?q#s"},
        {"http://u:p@h/a/b/c?q#f", "http:g", "http:g"},
        {"http://u:p@h/a/b/c?q#f", "b:c", "b:c"},
        {"http://u:p@h/a/b/c?q#f", "./b:c", "http://u:p@h/a/b/b:c"},
        {"http://u:p@h/a/b/c?q#f", "x%2fy", "http://u:p@h/a/b/x%2fy"},
        {"http://u:p@h/a/b/c?q#f", "x y", "http://u:p@h/a/b/x%20y"},
        {"http://u:p@h/a/b/c?q#f", "*", "http://u:p@h/a/b/*"},
        {"http://u:p@h/a/b/c?q#f", "%7e", "http://u:p@h/a/b/%7e"},
        {"file:///values.schema.json", "d", "file:///d"},
        {"file:///values.schema.json", "../d", "file:///d"},
        {"file:///values.schema.json", "?z", "file:///values.schema.json?z"},
        {"file:///values.schema.json", "#s", "file:///values.schema.json#s"},
        {"file:///values.schema.json", "x%2fy", "file:///x%2fy"},
        {"urn:x:y", "", "urn:x:y"},
        {"urn:x:y", "d", "urn:///d"},
        {"urn:x:y", "//g/h/..", "urn://g/"},
        {"urn:x:y", "?z", "urn:x:y?z"},
        {"urn:x:y", "#s", "urn:x:y#s"},
        {"file:/a/b", "d", "file:///a/d"},
        {"file:/a/b", "../../../d", "file:///d"},
        {"file:/a/b", "./b:c", "file:///a/b:c"},
        {"file:/a/b", "*", "file:///a/*"},
        {"a/b", "d", "/a/d"},
        {"a/b", "../../../d", "/d"},
        {"a/b", "./b:c", "/a/b:c"},
        {"a/b", "*", "/a/*"},
        {"http://h", "", "http://h"},
        {"http://h", "d", "http://h/d"},
        {"http://h", "../d", "http://h/d"},
        {"http://h/a%2fb/c", "", "http://h/a%2fb/c"},
        {"http://h/a%2fb/c", "d", "http://h/a%2fb/d"},
        {"http://h/a%2fb/c", "x%2fy", "http://h/a%2fb/x%2fy"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_ARENA *a = arena_new();
        AUTO_BUF out = BUF_INIT;
        struct gourl base = parsed(a, rows[i][0]), ref = parsed(a, rows[i][1]), url;
        gourl_resolve(a, &base, &ref, &url);
        gourl_write(&out, &url);
        assert_string_equal(buf_str(&out), rows[i][2]);
    }
}

/* What is escaped well stays as it was written; what is not is escaped as Go does. */
static void urls_are_written_as_read(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"http://h/a%2fb/%7e(c)*[d]", "http://h/a%2fb/%7e(c)*[d]"},
        {"http://h/a b\"%2F", "http://h/a%20b%22/"},
        {"http://h?", "http://h?"},
        {"http://h/a#x%2fy(z)", "http://h/a#x%2fy(z)"},
        {"file:/a", "file:/a"},
        {"file:///a", "file:///a"},
        {"HTTP://U:p%40@H:80", "http://U:p%40@H:80"},
        {"urn:a b?c", "urn:a b?c"},
        {"*", "*"},
        {"http://[fe80::1%25en%200]:8/", "http://[fe80::1%25en%200]:8/"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_ARENA *a = arena_new();
        AUTO_BUF out = BUF_INIT;
        struct gourl url = parsed(a, rows[i][0]);
        gourl_write(&out, &url);
        assert_string_equal(buf_str(&out), rows[i][1]);
    }
}

static void broken_urls_are_refused(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {":a", "parse \":a\": missing protocol scheme"},
        {"a:b/c\n", "parse \"a:b/c\\n\": net/url: invalid control character in URL"},
        {"1:b", "parse \"1:b\": first path segment in URL cannot contain colon"},
        {"http://h:x", "parse \"http://h:x\": invalid port \":x\" after host"},
        {"/%zz", "parse \"/%zz\": invalid URL escape \"%zz\""},
        {"/a#%2", "parse \"/a#%2\": invalid URL escape \"%2\""},
        {"http://[::1", "parse \"http://[::1\": missing ']' in host"},
        {"http://h%41", "parse \"http://h%41\": invalid URL escape \"%41\""},
        {"http://a b@h", "parse \"http://a b@h\": net/url: invalid userinfo"},
        {"http://a b", "parse \"http://a b\": invalid character \" \" in host name"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_ARENA *a = arena_new();
        AUTO_ERROR struct error *err = NULL;
        struct gourl url;
        struct text_span text = {rows[i][0], strlen(rows[i][0])};
        assert_int_equal(gourl_parse(a, text, &url, &err), -1);
        assert_string_equal(err->message, rows[i][1]);
    }
}

static void parts_are_escaped(void **state)
{
    (void)state;
    static const char text[] = "aZ0-_.~ /?&=%+\"'$,;:@#(*)[]\xc3\xa4";
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF path = BUF_INIT, query = BUF_INIT;
    struct text_span back;
    gourl_path_escape(&path, text, strlen(text));
    gourl_query_escape(&query, text, strlen(text));
    assert_string_equal(buf_str(&path),
                        "aZ0-_.~%20%2F%3F&=%25+%22%27$%2C%3B:@%23%28%2A%29%5B%5D%C3%A4");
    assert_string_equal(buf_str(&query),
                        "aZ0-_.~+%2F%3F%26%3D%25%2B%22%27%24%2C%3B%3A%40%23%28%2A%29%5B%5D%C3%A4");
    assert_int_equal(
        gourl_path_unescape(a, (struct text_span){buf_str(&path), path.len}, &back, &err), 0);
    assert_int_equal(back.len, strlen(text));
    assert_memory_equal(back.data, text, back.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_are_resolved),
        cmocka_unit_test(urls_are_written_as_read),
        cmocka_unit_test(broken_urls_are_refused),
        cmocka_unit_test(parts_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
