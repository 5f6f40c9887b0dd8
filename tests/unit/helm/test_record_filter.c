/* Values of a record's JSON are replaced on the way, and nothing else of it is touched. */
#include "charts.h"

#include "record_filter.h"

static const char *replace(void *ctx, const char *parent, const char *key)
{
    (void)ctx;
    if (strcmp(parent, "chart") == 0)
        return strcmp(key, "metadata") == 0 ? NULL : "null";
    return !parent[0] && strcmp(key, "info") == 0 ? "{\"status\":\"new\"}" : NULL;
}

static const struct {
    const char *text, *want;
} rows[] = {
    {"{}", "{}"},
    {"", ""},
    {"{\"name\":\"a\",\"info\":{\"status\":\"old\"},\"version\":1}",
     "{\"name\":\"a\",\"info\":{\"status\":\"new\"},\"version\":1}"},
    {"{\"info\":\"last\"}", "{\"info\":{\"status\":\"new\"}}"},
    {" { \"info\" : [1, {\"a\": [2]}] , \"b\" : 2 }",
     " { \"info\" :{\"status\":\"new\"}, \"b\" : 2 }"},
    /* brackets, quotes and keys in strings are text */
    {"{\"manifest\":\"a: {\\\"info\\\":1,}]\\\\\",\"info\":0}",
     "{\"manifest\":\"a: {\\\"info\\\":1,}]\\\\\",\"info\":{\"status\":\"new\"}}"},
    {"{\"chart\":{\"lock\":null,\"metadata\":{\"name\":\"c\",\"files\":[1]},\"files\":[{\"data\":"
     "\"}]\"}"
     "],\"values\":{\"a\":{}}},\"b\":{\"files\":2}}",
     "{\"chart\":{\"lock\":null,\"metadata\":{\"name\":\"c\",\"files\":[1]},\"files\":null,"
     "\"values\":null},\"b\":{\"files\":2}}"},
    /* a member of that name elsewhere is another one */
    {"{\"config\":{\"info\":1,\"chart\":{\"files\":2}},\"hooks\":[{\"info\":3}]}",
     "{\"config\":{\"info\":1,\"chart\":{\"files\":2}},\"hooks\":[{\"info\":3}]}"},
    {"{\"chart\":[\"files\",{\"files\":1}],\"information\":4}",
     "{\"chart\":[\"files\",{\"files\":1}],\"information\":4}"},
    {"{\"a-key-that-is-longer-than-any\":1,\"info\":2}",
     "{\"a-key-that-is-longer-than-any\":1,\"info\":{\"status\":\"new\"}}"},
    /* what is no JSON ends somehow */
    {"}}]{\"info\":1", "}}]{\"info\":{\"status\":\"new\"}"},
    {"[\"info\":1]", "[\"info\":1]"},
};

static void check(size_t row, size_t step)
{
    AUTO_BUF out = BUF_INIT;
    struct record_filter f = {.out = &out, .replace = replace};
    size_t len = strlen(rows[row].text);
    for (size_t i = 0; i < len; i += step)
        record_filter_feed(&f, rows[row].text + i, len - i < step ? len - i : step);
    assert_string_equal(buf_str(&out), rows[row].want);
}

static void values_are_replaced(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++)
        for (size_t step = 1; step < 8; step++)
            check(i, step);
}

/* What is no JSON is left to whoever reads it; nothing is written where no key is. */
static void other_texts_do_no_harm(void **state)
{
    (void)state;
    static const char *const texts[] = {"{\"a\";[],]manifest\":{}}", "{\"a\":1,}\"b\":2}",
                                        "]]]\"a\"", "{,[[[[,\"a\":]]]],\"b\""};
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++) {
        AUTO_BUF out = BUF_INIT;
        struct record_filter f = {.out = &out, .replace = replace};
        record_filter_feed(&f, texts[i], strlen(texts[i]));
        assert_true(out.len > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_are_replaced),
                                       cmocka_unit_test(other_texts_do_no_harm)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
