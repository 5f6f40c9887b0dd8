/* Documents read beside the rendering: order, errors, ends in the middle; and what need not be read
 * again since toYaml wrote it. */
#include "charts.h"

#include "documents.h"
#include "meshctl/base/buf.h"

static char *config_map_dup(const char *name, size_t lines)
{
    struct buf out = BUF_INIT;
    buf_appendf(&out, "kind: ConfigMap\nmetadata:\n  name: %s\ndata:\n", name);
    for (size_t i = 0; i < lines; i++)
        buf_appendf(&out, "  key-%zu: value\n", i);
    return buf_detach(&out, NULL);
}

static void add_take(struct documents *d, const char *path, char *text)
{
    documents_add_take(d, path, text, strlen(text));
}

static const char *name_of(const struct document *d)
{
    return json_dig_str(d->head, "metadata", "name", NULL);
}

/* Enough text that a second thread reads. */
static void documents_come_in_order(void **state)
{
    (void)state;
    static const struct documents_options options = {.helm_major = 4, .keep_objects = true};
    MC_CLEANUP(worker_cleanup) struct worker *w = worker_new();
    MC_CLEANUP(documents_cleanup) struct documents *d = documents_new(&options, w);
    for (int i = 59; i >= 0; i--) {
        AUTO_FREE char *path = mem_printf("c/templates/%02d.yaml", i);
        AUTO_FREE char *name = mem_printf("n%02d", i), *second = mem_printf("n%02db", i);
        AUTO_FREE char *one = config_map_dup(name, 40), *two = config_map_dup(second, 1);
        add_take(d, path, mem_printf("%s---\n%s", one, two));
    }
    add_take(d, "c/templates/_helpers.tpl", mem_strdup("no: [yaml"));
    add_take(d, "c/templates/blank.yaml", mem_strdup(" \n\t\n"));
    struct document **all;
    size_t count;
    struct error *err = NULL;
    OK(documents_finish(d, &all, &count, &err));
    assert_int_equal(count, 120);
    for (size_t i = 0; i < count; i++) {
        AUTO_FREE char *want = mem_printf("n%02zu%s", i / 2, i % 2 ? "b" : "");
        assert_string_equal(name_of(all[i]), want);
        assert_non_null(json_dig(all[i]->object, "data", "key-0", NULL));
    }
}

/* Whichever was read first, the one that Helm would meet first is told. */
static void first_error_by_path_is_told(void **state)
{
    (void)state;
    static const struct documents_options options = {.helm_major = 3};
    for (int round = 0; round < 20; round++) {
        MC_CLEANUP(worker_cleanup) struct worker *w = worker_new();
        MC_CLEANUP(documents_cleanup) struct documents *d = documents_new(&options, w);
        add_take(d, "c/templates/z.yaml", mem_strdup("a: [\n"));
        add_take(d, "c/templates/n.yaml", config_map_dup("n", 2000));
        add_take(d, "c/templates/b.yaml", mem_strdup("kind: A\n---\nmetadata: {name: [1]}\n"));
        documents_add_take(d, "c/templates/c.yaml", mem_strdup("a: \0 b"), 6);
        struct document **all;
        size_t count;
        struct error *err = NULL;
        FAILS(documents_finish(d, &all, &count, &err),
              "YAML parse error on c/templates/b.yaml: error unmarshaling JSON: while decoding "
              "JSON: json: cannot unmarshal array into Go "
              "struct field .metadata.name of type string");
    }
}

static void can_be_dropped_at_work(void **state)
{
    (void)state;
    static const struct documents_options options = {.helm_major = 4};
    for (size_t count = 0; count < 8; count++) {
        MC_CLEANUP(worker_cleanup) struct worker *w = worker_new();
        MC_CLEANUP(documents_cleanup) struct documents *d = documents_new(&options, w);
        for (size_t i = 0; i < count; i++)
            add_take(d, "c/templates/a.yaml", config_map_dup("a", 500));
    }
}

/* ---- what toYaml wrote ----------------------------------------------------------------------- */

static struct tval custom_kind(struct arena *a, const char *metadata)
{
    json_auto_t *j = json_object(), *m = json_loads(metadata, JSON_DECODE_ANY, NULL);
    assert_non_null(m);
    json_object_set_new(j, "kind", json_string("CustomResourceDefinition"));
    json_object_set(j, "metadata", m);
    return tval_from_json(a, j);
}

static struct tval_string long_text(struct arena *a, const char *middle)
{
    struct buf out = BUF_INIT;
    buf_appends(&out, "kind: CustomResourceDefinition\nmetadata:\n  name: a\nspec:\n");
    for (int i = 0; i < 100; i++)
        buf_appends(&out, "  a: some more words to make it longer\n");
    buf_appends(&out, middle);
    buf_appends(&out, "status: done");
    struct tval text = tval_string(a, buf_str(&out), out.len);
    buf_release(&out);
    return text.s;
}

static const json_t *find(const struct written *w, const char *document)
{
    return written_find(w, (struct split_text){document, strlen(document)});
}

static void written_text_is_known(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    MC_CLEANUP(written_release) struct written w = {0};
    struct tval_string text = long_text(a, "");
    written_add(&w, a, custom_kind(a, "{\"name\":\"a\",\"labels\":{\"x\":\"y\"}}"), text);
    const json_t *head = find(&w, text.data);
    assert_string_equal(json_dig_str(head, "kind", NULL), "CustomResourceDefinition");
    assert_string_equal(json_dig_str(head, "metadata", "name", NULL), "a");
    assert_ptr_equal(find(&w, arena_printf(a, "# one\n\n  # two\n%s\n\n", text.data)), head);
    /* Neither a part of it, nor more than it, nor what a reader may refuse. */
    assert_null(find(&w, text.data + 1));
    assert_null(find(&w, arena_printf(a, "%s\nmore: 1", text.data)));
    assert_null(find(&w, arena_printf(a, "more: 1\n%s", text.data)));
    assert_null(find(&w, arena_printf(a, "# \x01\n%s", text.data)));
    assert_null(find(NULL, text.data));
}

static void doubtful_text_is_read_again(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    MC_CLEANUP(written_release) struct written w = {0};
    AUTO_BUF deep = BUF_INIT;
    for (int i = 0; i < 400; i++)
        buf_appendc(&deep, ' ');
    buf_appends(&deep, "x: 1\n");
    const struct tval good = custom_kind(a, "{\"name\":\"a\"}");
    const struct {
        struct tval value;
        struct tval_string text;
    } rows[] = {
        {custom_kind(a, "{\"name\":1}"), long_text(a, "")},
        {custom_kind(a, "{\"annotations\":{\"helm.sh/hook\":\"test\\n\"}}"), long_text(a, "")},
        {good, long_text(a, "\xc3\xa9: 1\n")},
        {good, long_text(a, buf_str(&deep))},
        {good, {"kind: A", 7}},
        {tval_cstring(a, "text"), long_text(a, "")},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        written_add(&w, a, rows[i].value, rows[i].text);
        assert_null(find(&w, rows[i].text.data));
    }
    assert_int_equal(w.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_come_in_order),
        cmocka_unit_test(first_error_by_path_is_told),
        cmocka_unit_test(can_be_dropped_at_work),
        cmocka_unit_test(written_text_is_known),
        cmocka_unit_test(doubtful_text_is_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
