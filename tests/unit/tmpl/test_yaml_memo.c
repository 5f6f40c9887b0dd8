/* fromYaml of the text that it read before: parsed once, yet each call gives a value of its own. */
#include "call.h"

#include "meshctl/base/buf.h"
#include "yaml_memo.h"

static int setup(void **state)
{
    return call_setup(state, NULL);
}

/* {a: {x: 1}, b: [..., TAIL]}, larger than the memo's least. */
static void write_document(struct buf *out, const char *tail)
{
    buf_appends(out, "a:\n  x: 1\nb:\n");
    while (out->len < YAML_MEMO_LEAST)
        buf_appends(out, "- some text that fills the document\n");
    buf_appendf(out, "- %s\n", tail);
}

static struct tval document(struct call *c, const char *tail)
{
    AUTO_BUF text = BUF_INIT;
    write_document(&text, tail);
    return tval_string(c->a, buf_str(&text), text.len);
}

static struct tval from_yaml(struct call *c, struct tval text)
{
    assert_int_equal(call(c, "fromYaml", &text, 1), 0);
    assert_int_equal(c->ret.kind, TVAL_MAP);
    return c->ret;
}

static struct tval member(struct tval map, const char *key)
{
    const struct tval *v = tmap_get(map.map, key, strlen(key));
    assert_non_null(v);
    return *v;
}

static const char *last_of(struct tval list)
{
    return list.list->items[list.list->count - 1].s.data;
}

static void assert_pristine(struct tval map, const char *tail)
{
    assert_int_equal(tmap_count(map.map), 2);
    assert_true(member(member(map, "a"), "x").f == 1);
    assert_int_equal(tmap_count(member(map, "a").map), 1);
    assert_string_equal(last_of(member(map, "b")), tail);
}

static void values_are_independent(void **state)
{
    struct call *c = *state;
    struct tval text = document(c, "end");
    struct tval first = from_yaml(c, text), second = from_yaml(c, text);
    assert_pristine(second, "end");
    tmap_set(c->a, member(first, "a").map, "y", 1, tval_int(2));
    tmap_set(c->a, member(first, "a").map, "x", 1, tval_int(3));
    struct tlist *list = member(first, "b").list;
    list->items[list->count - 1] = tval_cstring(c->a, "changed");
    tmap_delete(first.map, "b", 1);
    assert_pristine(second, "end");
    tmap_delete(second.map, "a", 1);
    assert_pristine(from_yaml(c, text), "end");
}

static void texts_of_one_length_differ(void **state)
{
    struct call *c = *state;
    struct tval one = document(c, "one"), two = document(c, "two");
    assert_int_equal(one.s.len, two.s.len);
    assert_pristine(from_yaml(c, one), "one");
    assert_pristine(from_yaml(c, two), "two");
    assert_pristine(from_yaml(c, one), "one");
}

static void an_error_is_told_each_time_and_forgets_nothing(void **state)
{
    struct call *c = *state;
    struct tval good = document(c, "end"), bad = document(c, "[");
    assert_pristine(from_yaml(c, good), "end");
    struct tval error = member(from_yaml(c, bad), "Error");
    assert_string_equal(member(from_yaml(c, bad), "Error").s.data, error.s.data);
    assert_pristine(from_yaml(c, good), "end");
    assert_int_equal(call(c, "fromYamlArray", &good, 1), 0);
    assert_non_null(strstr(last_of(c->ret), "cannot unmarshal object into Go value"));
}

static json_t *read_memo(struct yaml_memo *memo, const struct buf *text)
{
    struct error *err = NULL;
    json_t *value = NULL;
    assert_int_equal(yaml_memo_read(memo, buf_str(text), text->len, &value, &err), 0);
    return value;
}

static void only_large_texts_are_kept(void **state)
{
    struct yaml_memo memo = {0};
    AUTO_BUF large = BUF_INIT, small = BUF_INIT;
    (void)state;
    write_document(&large, "end");
    buf_appends(&small, "a: 1");
    json_auto_t *first = read_memo(&memo, &large);
    json_auto_t *other = read_memo(&memo, &small);
    json_auto_t *again = read_memo(&memo, &large);
    assert_ptr_not_equal(first, other);
    assert_ptr_equal(first, again);
    /* It keeps a copy: the caller's bytes may change under it. */
    large.data[large.len - 2] = '!';
    json_auto_t *changed = read_memo(&memo, &large);
    assert_ptr_not_equal(first, changed);
    yaml_memo_release(&memo);
    assert_null(memo.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_are_independent, setup, teardown),
        cmocka_unit_test_setup_teardown(texts_of_one_length_differ, setup, teardown),
        cmocka_unit_test_setup_teardown(an_error_is_told_each_time_and_forgets_nothing, setup,
                                        teardown),
        cmocka_unit_test(only_large_texts_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
