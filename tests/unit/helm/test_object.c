#include "golden.h"

#include "support.h"

/* Objects with fields and methods, as Helm's .Files, .Capabilities and .Chart are. The texts are
 * those that Go gives for a type of the same shape:
 *
 *   type things struct { Name string }
 *   func (t *things) Echo(s string) string
 *   func (t *things) Count(s ...string) int
 *   func (t *things) Fail() (string, error) */

static int things_member(struct arena *a, const struct tobject *self, const char *name,
                         const struct tval *args, size_t argc, struct tval *ret, struct error **err)
{
    if (strcmp(name, "Name") == 0) {
        *ret = tval_cstring(a, self->data);
    } else if (strcmp(name, "Echo") == 0) {
        *ret = args[0];
    } else if (strcmp(name, "Count") == 0) {
        *ret = tval_int((int64_t)argc);
    } else if (strcmp(name, "Fail") == 0) {
        return error_set(err, ERROR_INPUT, "no luck");
    } else if (strcmp(name, "Nothing") == 0) {
        *ret = tval_nil();
    } else {
        return 0;
    }
    return 1;
}

static const struct tobject_method things_methods[] = {
    {"Echo", "s"}, {"Count", "s*"}, {"Fail", ""}, {"Nothing", ""}, {NULL, NULL}};
static const struct tobject_type things = {
    .go_type = "*main.things", .methods = things_methods, .member = things_member};
static const struct tobject_type loose = {.go_type = "main.loose", .member = things_member};

/* A named list, as .Capabilities.APIVersions. */
static struct tval versions_value(struct arena *a, const struct tobject *self)
{
    (void)a;
    return (struct tval){.kind = TVAL_LIST, .list = self->data};
}
static const struct tobject_type versions = {
    .go_type = "main.versions", .member = things_member, .as_value = versions_value};

static struct tval context(struct arena *a)
{
    struct tval dot = tval_map(a);
    tmap_set(a, dot.map, "T", 1, tval_object(a, &things, (void *)(uintptr_t) "the name"));
    tmap_set(a, dot.map, "L", 1, tval_object(a, &loose, (void *)(uintptr_t) "loose name"));
    struct tval list = tval_list(a, 2);
    list.list->elem = "string";
    list.list->items[0] = tval_cstring(a, "v1");
    list.list->items[1] = tval_cstring(a, "apps/v1");
    tmap_set(a, dot.map, "V", 1, tval_object(a, &versions, list.list));
    tmap_set(a, dot.map, "E", 1, tval_object(a, &versions, tval_list(a, 0).list));
    tmap_set(a, dot.map, "i", 1, tval_int64(3));
    tmap_set(a, dot.map, "s", 1, tval_cstring(a, "str"));
    struct tval labels = tval_map(a);
    tmap_set_type(labels.map, "map[string]string");
    tmap_set(a, labels.map, "k", 1, tval_cstring(a, "v"));
    tmap_set(a, dot.map, "labels", 6, labels);
    return dot;
}

struct row {
    const char *text;
    const char *want; /* output, or the error's text behind `template: t:1:` */
};

static void check_row(const struct row *row)
{
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF out = BUF_INIT;
    struct tmpl_set *set = open_set(a, 3);
    assert_int_equal(tmpl_add(set, "t", row->text, strlen(row->text), &err), 0);
    const char *got = buf_str(&out);
    if (tmpl_execute(set, "t", context(a), &out, &err) < 0)
        got = err->message + strlen("template: t:1:");
    else
        got = buf_str(&out);
    if (strcmp(got, row->want) != 0) {
        print_error("%s\n want %s\n got  %s\n", row->text, row->want, got);
        fail();
    }
    close_set(set);
}

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_row(&rows[i]);
}

static void fields_and_methods(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"{{.T.Name}}", "the name"},
        {"{{(.T).Name}}{{with .T}}{{.Name}}{{end}}{{$t := .T}}{{$t.Name}}",
         "the namethe namethe name"},
        {"{{.T.Echo \"x\"}}{{\"y\" | .T.Echo}}{{.T.Echo .s}}", "xystr"},
        {"{{.T.Count}}{{.T.Count \"a\" \"b\"}}{{\"a\" | .T.Count .s .s}}", "023"},
        {"{{.L.Name}}{{.L.Echo \"x\"}}{{.L.Count 1 2}}", "loose namex2"},
        {"{{if .T}}y{{end}}{{if .V}}y{{end}}{{if .E}}y{{else}}n{{end}}", "yyn"},
        {"{{.T.Nothing}}", "<no value>"},
    };
    check_rows(rows, MC_ARRAY_LEN(rows));
}

static void member_errors_are_those_of_go(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"{{.T.Gone}}",
         "4: executing \"t\" at <.T.Gone>: can't evaluate field Gone in type interface {}"},
        {"{{with .T}}{{.Gone}}{{end}}",
         "13: executing \"t\" at <.Gone>: can't evaluate field Gone in type *main.things"},
        {"{{.T.Name 1}}",
         "4: executing \"t\" at <.T.Name>: Name has arguments but cannot be invoked as function"},
        {"{{1 | .T.Name}}",
         "8: executing \"t\" at <.T.Name>: Name has arguments but cannot be invoked as function"},
        {"{{.T.Echo}}",
         "4: executing \"t\" at <.T.Echo>: wrong number of args for Echo: want 1 got 0"},
        {"{{.T.Echo 1}}", "10: executing \"t\" at <1>: expected string; found 1"},
        {"{{.T.Echo .i}}",
         "10: executing \"t\" at <.i>: wrong type for value; expected string; got int64"},
        {"{{.i | .T.Echo}}",
         "9: executing \"t\" at <.T.Echo>: wrong type for value; expected string; got int64"},
        {"{{.T.Echo \"a\" \"b\"}}",
         "4: executing \"t\" at <.T.Echo>: wrong number of args for Echo: want 1 got 2"},
        {"{{.T.Fail}}", "4: executing \"t\" at <.T.Fail>: error calling Fail: no luck"},
        {"{{upper .T.Fail}}", "10: executing \"t\" at <.T.Fail>: error calling Fail: no luck"},
        {"{{.T.Fail.x}}", "4: executing \"t\" at <.T.Fail.x>: error calling Fail: no luck"},
        {"{{.L.Fail 1}}", "4: executing \"t\" at <.L.Fail>: error calling Fail: no luck"},
        {"{{.T.Name.x}}",
         "4: executing \"t\" at <.T.Name.x>: can't evaluate field x in type string"},
        {"{{upper .T}}",
         "8: executing \"t\" at <.T>: wrong type for value; expected string; got *main.things"},
        {"{{keys .T}}", "7: executing \"t\" at <.T>: wrong type for value; expected "
                        "map[string]interface {}; got *main.things"},
    };
    check_rows(rows, MC_ARRAY_LEN(rows));
}

static void named_lists_are_lists(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"{{range .V}}<{{.}}>{{end}}{{len .V}}{{index .V 1}}", "<v1><apps/v1>2apps/v1"},
        {"{{range .E}}x{{else}}none{{end}}", "none"},
        {"{{range $i, $v := .V}}{{$i}}{{$v}}{{end}}", "0v11apps/v1"},
        {"{{index .V 5}}", "2: executing \"t\" at <index .V 5>: error calling index: index out of "
                           "range: 5"},
    };
    check_rows(rows, MC_ARRAY_LEN(rows));
}

/* A map with a concrete element type has its zero value for a missing key, and no interface. */
static void string_maps(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"[{{.labels.k}}{{.labels.gone}}]", "[v]"},
        {"{{.labels.k.x}}",
         "9: executing \"t\" at <.labels.k.x>: can't evaluate field x in type string"},
        {"{{range .labels}}{{.x}}{{end}}",
         "19: executing \"t\" at <.x>: can't evaluate field x in type string"},
        {"{{keys .labels}}", "7: executing \"t\" at <.labels>: wrong type for value; expected "
                             "map[string]interface {}; got map[string]string"},
    };
    check_rows(rows, MC_ARRAY_LEN(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_methods),
        cmocka_unit_test(member_errors_are_those_of_go),
        cmocka_unit_test(named_lists_are_lists),
        cmocka_unit_test(string_maps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
