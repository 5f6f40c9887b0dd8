/* fromYaml of the text that it read before, or will read: parsed once, yet each call gives a value
 * of its own. */
#include "support.h"

#include "func_yaml_ahead.h"
#include "meshctl/base/buf.h"
#include "meshctl/tmpl/tmpl.h"
#include "meshctl/value/tmap.h"
#include "tmpl_call.h"

static int setup(void **state)
{
    struct call *c = call_begin(state);
    c->set = open_set(c->a, 3);
    return 0;
}

static int teardown(void **state)
{
    close_set(((struct call *)*state)->set);
    call_end(state);
    return 0;
}

/* {a: {x: 1}, b: [..., TAIL]}, larger than the memo's least. */
static void write_document(struct buf *out, const char *tail)
{
    buf_appends(out, "a:\n  x: 1\nb:\n");
    while (out->len < YAML_AHEAD_LEAST)
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

/* Each way of looking at a copy, and of changing it, before anything else was done with it. */
static void copies_are_whole_and_apart(void **state)
{
    struct call *c = *state;
    struct tval original = tval_map(c->a), inner = tval_map(c->a);
    for (int i = 0; i < 20; i++) {
        char key[] = {(char)('a' + i), '\0'};
        tmap_set(c->a, inner.map, key, 1, tval_int(i));
    }
    struct tval list = tval_list(c->a, 2);
    list.list->items[0] = inner;
    list.list->items[1] = tval_cstring(c->a, "x");
    tmap_set(c->a, original.map, "inner", 5, inner);
    tmap_set(c->a, original.map, "list", 4, list);
    for (int way = 0; way < 5; way++) {
        struct tval copy = tval_copy(c->a, original);
        assert_int_equal(tmap_count(copy.map), 2);
        assert_string_equal(tmap_keys(c->a, copy.map)[1].data, "list");
        struct tval view = tmap_view(c->a, copy.map, "chartutil.Values");
        struct tval part = member(way % 2 ? view : copy, "inner");
        switch (way) {
        case 0:
            tmap_delete(part.map, "c", 1);
            break;
        case 1:
            for (int i = 0; i < 30; i++) {
                AUTO_FREE char *key = mem_printf("new-%d", i);
                tmap_set(c->a, part.map, key, strlen(key), tval_int(i));
            }
            assert_int_equal(tmap_count(member(copy, "inner").map), 50);
            assert_int_equal(member(part, "t").i, 19);
            assert_int_equal(member(part, "new-29").i, 29);
            break;
        case 2:
            tmap_get(part.map, "a", 1)->i = 77;
            break;
        case 3:
            member(copy, "list").list->items[0] = tval_nil();
            tmap_set(c->a, view.map, "list", 4, tval_nil());
            assert_int_equal(member(copy, "list").kind, TVAL_NIL);
            break;
        case 4:
            tmap_set(c->a, tmap_items(c->a, copy.map)[1].value.list->items[0].map, "a", 1,
                     tval_int(78));
            assert_int_equal(member(member(copy, "list").list->items[0], "a").i, 78);
            /* In the original they are one. */
            assert_int_equal(member(part, "a").i, 0);
            break;
        }
        assert_int_equal(tmap_count(original.map), 2);
        assert_int_equal(tmap_count(inner.map), 20);
        for (int i = 0; i < 20; i++) {
            char key[] = {(char)('a' + i), '\0'};
            assert_int_equal(member(inner, key).i, i);
        }
        assert_ptr_equal(list.list->items[0].map, inner.map);
    }
}

/* ---- in advance --------------------------------------------------------------------------- */

/* What a template makes of a list of documents, with a worker or without. */
static char *ranged_dup(struct arena *a, struct worker *worker, const char *text, struct tval list)
{
    const struct helm_engine_options options = {.helm_major = 4, .worker = worker};
    struct tmpl_set *set = helm_engine_set(helm_engine_new(a, &options));
    struct error *err = NULL;
    struct buf out = BUF_INIT;
    tmpl_parse_ahead(set, "t", text, strlen(text));
    if (tmpl_add(set, "t", text, strlen(text), &err) < 0)
        fail_msg("%s", err->message);
    if (tmpl_execute(set, "t", list, &out, &err) < 0)
        buf_appendf(&out, "ERROR %s", err->message);
    error_free(err);
    close_set(set);
    return buf_detach(&out, NULL);
}

static const char *const bodies[] = {
    "{{range .}}{{$m := fromYaml .}}{{index (fromYaml .) \"b\" | len}} {{toYaml $m}}\n{{end}}",
    "{{range .}}{{$m := fromYaml .}}{{$_ := set $m \"b\" (list 1)}}{{toYaml $m}}|{{(fromYaml .) "
    "| toYaml}}{{end}}",
    "{{range $i, $d := .}}{{with fromYaml $d}}{{.a | toYaml}}{{end}}{{if eq $i 7}}{{break}}{{end}}"
    "{{end}}",
    "{{range $i, $d := .}}{{(fromYaml $d).a | toYaml}}{{if eq $i 5}}{{fail \"no more\"}}{{end}}"
    "{{end}}",
    /* Reads so much else that what was read in advance is thrown away. */
    "{{range $d := .}}{{(fromYaml $d).a | toYaml}}{{range until 20}}"
    "{{printf \"%sk%d: 1\\n\" (index $ 0) . | fromYaml | len}}{{end}}{{end}}",
    "{{range .}}{{range $}}{{(fromYaml .) | toYaml | len}},{{end}}{{(fromYamlArray .) | toJson}}"
    "{{end}}",
};

static void worker_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(bodies) * 8; i++) {
        AUTO_ARENA *a = arena_new();
        struct tval list = tval_list(a, 12);
        for (size_t k = 0; k < list.list->count; k++) {
            AUTO_BUF text = BUF_INIT;
            AUTO_FREE char *tail = mem_printf("tail %zu", k);
            if (k == 4)
                buf_appends(&text, "a: 1");
            else
                write_document(&text, k % 5 == 3 ? "[" : tail);
            list.list->items[k] = tval_string(a, buf_str(&text), text.len);
        }
        list.list->items[9] = list.list->items[8];
        MC_CLEANUP(worker_cleanup) struct worker *worker = worker_new();
        const char *body = bodies[i % MC_ARRAY_LEN(bodies)];
        AUTO_FREE char *with = ranged_dup(a, worker, body, list);
        AUTO_FREE char *without = ranged_dup(a, NULL, body, list);
        assert_string_equal(with, without);
        assert_non_null(strstr(with, i % MC_ARRAY_LEN(bodies) == 5 ? "," : "1"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_are_independent, setup, teardown),
        cmocka_unit_test_setup_teardown(texts_of_one_length_differ, setup, teardown),
        cmocka_unit_test_setup_teardown(an_error_is_told_each_time_and_forgets_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(copies_are_whole_and_apart, setup, teardown),
        cmocka_unit_test(worker_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
