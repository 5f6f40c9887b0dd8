/* The picture as letters and for Graphviz, of the documents in golden/graph: what was once looked at
 * and found right stays so. With MESHCTL_WRITE_GOLDEN what comes out is written, to be looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <locale.h>
#include <string.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/strlist.h"
#include "meshctl/base/text.h"
#include "meshctl/report/picture.h"
#include "must.h"

#define FOLDER TEST_DATA_DIR "/golden/graph/"
#define MAX_FILE ((size_t)1 << 20)

static const char *const names[] = {"one",   "two",   "two-services", "three",
                                    "eight", "forty", "quiet",        "hostile"};

static const struct term utf8 = {.fd = -1, .unicode = true};
static const struct term ascii = {.fd = -1, .ascii = true};

static json_t *document(const char *name)
{
    AUTO_FREE char *path = mem_printf(FOLDER "%s.json", name);
    AUTO_BUF text = BUF_INIT;
    struct error *err = NULL;
    json_t *value = NULL;
    must(fs_read(path, MAX_FILE, &text, &err), &err);
    must(json_read(buf_str(&text), text.len, path, &value, &err), &err);
    return value;
}

static void compare(const char *file, const struct buf *got)
{
    AUTO_FREE char *path = mem_printf(FOLDER "%s", file);
    AUTO_BUF wanted = BUF_INIT;
    struct error *err = NULL;
    if (getenv("MESHCTL_WRITE_GOLDEN")) {
        must(fs_write(path, got->data, got->len, 0644, &err), &err);
        return;
    }
    must(fs_read(path, MAX_FILE, &wanted, &err), &err);
    if (strcmp(buf_str(got), buf_str(&wanted)) != 0)
        fail_msg("%s:\n%s\nis wanted, and this came:\n%s", path, buf_str(&wanted), buf_str(got));
}

static void letters_at_four_widths(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int width;
        const struct term *term;
    } cases[] = {
        {"two", 60, &utf8},      {"two", 80, &utf8},          {"two", 100, &ascii},
        {"two", 160, &utf8},     {"two-services", 80, &utf8}, {"two-services", 100, &utf8},
        {"three", 60, &ascii},   {"three", 100, &utf8},       {"three", 160, &utf8},
        {"eight", 160, &utf8},   {"one", 80, &utf8},          {"hostile", 80, &utf8},
        {"hostile", 60, &ascii},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        json_auto_t *doc = document(cases[i].name);
        AUTO_BUF out = BUF_INIT;
        AUTO_FREE char *file = mem_printf("%s.%d.%s", cases[i].name, cases[i].width,
                                          cases[i].term->ascii ? "ascii" : "txt");
        report_picture_ascii(cases[i].term, cases[i].width, doc, &out);
        compare(file, &out);
    }
}

/* Of every document, at every width: no line is wider, and with --ascii only ASCII of ours. */
static void no_line_is_wider(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++) {
        json_auto_t *doc = document(names[i]);
        for (int width = 60; width <= 160; width += 7) {
            AUTO_BUF out = BUF_INIT;
            AUTO_STRLIST lines = STRLIST_INIT;
            report_picture_ascii(&utf8, width, doc, &out);
            strlist_split(&lines, buf_str(&out), '\n');
            for (size_t k = 0; k < lines.count; k++)
                if (text_width(lines.items[k]) > (size_t)width &&
                    !text_has_prefix(lines.items[k], "not all: "))
                    fail_msg("%s: %s is wider than %d", names[i], lines.items[k], width);
        }
    }
}

static void signs_are_ascii_where_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++) {
        json_auto_t *doc = document(names[i]);
        AUTO_BUF out = BUF_INIT;
        if (strcmp(names[i], "hostile") == 0) /* has names of its own outside of ASCII */
            continue;
        report_picture_ascii(&ascii, 100, doc, &out);
        assert_int_equal(text_plain_len(buf_str(&out), out.len), out.len);
    }
}

static void for_graphviz(void **state)
{
    (void)state;
    static const char *const drawn[] = {"two", "two-services", "three", "hostile"};
    for (size_t i = 0; i < MC_ARRAY_LEN(drawn); i++) {
        json_auto_t *doc = document(drawn[i]);
        AUTO_BUF out = BUF_INIT;
        AUTO_FREE char *file = mem_printf("%s.dot", drawn[i]);
        report_picture_dot(doc, &out);
        compare(file, &out);
    }
}

/* Whatever the document holds: an answer of another version, or none. */
static void nothing_known_is_drawn_as_such(void **state)
{
    (void)state;
    static const char *const documents[] = {
        "{}",
        "[]",
        "null",
        "{\"clusters\": null, \"links\": 3, \"services\": {}, \"calls\": [1, null, \"x\", {}]}",
        "{\"clusters\": [1, {}, {\"name\": 5, \"gateways\": [3, {}], \"istiods\": \"x\"}],"
        " \"links\": [{}, {\"from\": \"\", \"to\": \"\"}], \"services\": [{}, 1],"
        " \"calls\": [{\"from\": {}, \"to\": {}}], \"truncated\": [1]}",
        "{\"clusters\": [{\"name\": \"a\"}, {\"name\": \"b\"}], \"links\": [{\"from\": \"a\", "
        "\"to\": "
        "\"b\", \"requestsPerSecond\": -1, \"latencyMs\": {\"p50\": 1e400}}]}",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(documents); i++) {
        struct error *err = NULL;
        json_t *doc = NULL;
        AUTO_BUF out = BUF_INIT;
        if (json_read(documents[i], strlen(documents[i]), "test", &doc, &err) < 0) {
            error_clear(&err);
            continue;
        }
        report_picture_ascii(&utf8, 80, doc, &out);
        report_picture_dot(doc, &out);
        report_picture_svg(doc, &out);
        report_picture_html(doc, 0, &out);
        assert_null(strstr(buf_str(&out), "nan"));
        json_decref(doc);
    }
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_at_four_widths),         cmocka_unit_test(no_line_is_wider),
        cmocka_unit_test(signs_are_ascii_where_asked),    cmocka_unit_test(for_graphviz),
        cmocka_unit_test(nothing_known_is_drawn_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
