/* strconv, encoding/json's floats and time.Parse against what Go itself said: golden/golang/make.go. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/strlist.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/strconv.h"
#include "meshctl/golang/time.h"

#define LEAST_CASES 3000

struct input {
    const char *argument; /* behind the function's name */
    const char *data;
    size_t len;
};

static double float_of(const struct input *in)
{
    uint64_t bits = strtoull(in->data, NULL, 16);
    double f;
    memcpy(&f, &bits, sizeof(f));
    return f;
}

static void append_bits(struct buf *out, double f)
{
    uint64_t bits;
    memcpy(&bits, &f, sizeof(bits));
    buf_appendf(out, "%" PRIx64, bits);
}

static void append_problem(struct buf *out, const char *func, const struct input *in,
                           enum gonum what)
{
    if (!what)
        return;
    buf_appendc(out, ' ');
    gonum_append_error(out, func, in->data, in->len, what);
}

static void do_quote(const struct input *in, struct buf *out)
{
    goquote_append(out, in->data, in->len);
}

static void do_ascii(const struct input *in, struct buf *out)
{
    goquote_append_as(out, in->data, in->len, '"', true);
}

static void do_backquote(const struct input *in, struct buf *out)
{
    buf_appends(out, goquote_can_backquote(in->data, in->len) ? "true" : "false");
}

static void parse_int(const char *func, const struct input *in, struct buf *out)
{
    int64_t i = -1;
    enum gonum what = goint_parse(in->data, in->len, atoi(in->argument), &i);
    buf_appendf(out, "%" PRId64, i);
    append_problem(out, func, in, what);
}

static void do_int(const struct input *in, struct buf *out)
{
    parse_int("ParseInt", in, out);
}

static void do_atoi(const struct input *in, struct buf *out)
{
    parse_int("Atoi", in, out);
}

static void do_uint(const struct input *in, struct buf *out)
{
    uint64_t u = 1;
    enum gonum what = gouint_parse(in->data, in->len, atoi(in->argument), &u);
    buf_appendf(out, "%" PRIu64, u);
    append_problem(out, "ParseUint", in, what);
}

static void do_float(const struct input *in, struct buf *out)
{
    double f = -1;
    enum gonum what = gofloat_parse(in->data, in->len, &f);
    if (f != f)
        buf_appends(out, "nan");
    else
        append_bits(out, f);
    append_problem(out, "ParseFloat", in, what);
}

static void do_bool(const struct input *in, struct buf *out)
{
    bool b;
    buf_appends(out, !gobool_parse(in->data, &b) ? "none" : b ? "true" : "false");
}

static void do_format(const struct input *in, struct buf *out)
{
    double f = float_of(in);
    gofloat_append(out, f, in->argument[0], atoi(in->argument + 2));
    if (strcmp(in->argument, "g -1") != 0)
        return;
    char text[GOFLOAT_TEXT_SIZE];
    assert_int_equal(gofloat_format(f, text), out->len);
    assert_string_equal(text, buf_str(out));
}

static void do_format32(const struct input *in, struct buf *out)
{
    char text[GOFLOAT_TEXT_SIZE];
    buf_append(out, text, gofloat_format32((float)float_of(in), text));
}

static void do_json(const struct input *in, struct buf *out)
{
    char text[GOFLOAT_TEXT_SIZE];
    buf_append(out, text, gofloat_format_json(float_of(in), text));
}

static void do_time(const struct input *in, struct buf *out)
{
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    struct gotime t;
    if (gotime_parse(a, in->argument, strlen(in->argument), in->data, in->len, NULL, &t, &err) < 0)
        buf_appends(out, err->message);
    else
        buf_appendf(out, "%" PRId64 ".%09d", gotime_unix_sec(&t), (int)t.nsec);
}

static const struct {
    const char *name;
    void (*run)(const struct input *in, struct buf *out);
} functions[] = {
    {"quote", do_quote},       {"ascii", do_ascii},    {"backquote", do_backquote},
    {"ParseInt", do_int},      {"ParseUint", do_uint}, {"Atoi", do_atoi},
    {"ParseFloat", do_float},  {"bool", do_bool},      {"format", do_format},
    {"format32", do_format32}, {"json", do_json},      {"time", do_time},
};

static void unhex(const char *hex, struct buf *out)
{
    for (; hex[0] && hex[1]; hex += 2) {
        const char pair[] = {hex[0], hex[1], '\0'};
        buf_appendc(out, (char)strtoul(pair, NULL, 16));
    }
}

static void check(const char *line)
{
    AUTO_STRLIST fields = STRLIST_INIT;
    AUTO_BUF data = BUF_INIT, got = BUF_INIT;
    strlist_split(&fields, line, '\t');
    assert_int_equal(fields.count, 3);
    unhex(fields.items[1], &data);
    size_t name_len = strcspn(fields.items[0], " ");
    const char *argument = fields.items[0] + name_len;
    struct input in = {
        .argument = argument + (*argument != '\0'), .data = buf_str(&data), .len = data.len};
    for (size_t i = 0; i < MC_ARRAY_LEN(functions); i++) {
        if (strlen(functions[i].name) != name_len ||
            memcmp(functions[i].name, fields.items[0], name_len) != 0)
            continue;
        functions[i].run(&in, &got);
        if (strcmp(buf_str(&got), fields.items[2]) != 0)
            fail_msg("%s %s: %s, not %s", fields.items[0], fields.items[1], buf_str(&got),
                     fields.items[2]);
        return;
    }
    fail_msg("no function %s", fields.items[0]);
}

static void all_is_as_in_go(void **state)
{
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF text = BUF_INIT;
    AUTO_STRLIST lines = STRLIST_INIT;
    size_t count = 0;
    (void)state;
    if (fs_read(TEST_DATA_DIR "/golden/golang/cases.txt", 8 << 20, &text, &err) < 0)
        fail_msg("%s", err->message);
    strlist_split(&lines, buf_str(&text), '\n');
    for (; count < lines.count && *lines.items[count]; count++)
        check(lines.items[count]);
    assert_true(count >= LEAST_CASES);
}

static void integers_are_exact(void **state)
{
    long long i = 0;
    (void)state;
    assert_true(gofloat_is_integer(-0x1p63, &i) && i == INT64_MIN);
    assert_true(gofloat_is_integer(9007199254740992.0, &i) && i == 9007199254740992);
    assert_false(gofloat_is_integer(0x1p63, &i));
    assert_false(gofloat_is_integer(0.5, &i));
    assert_false(gofloat_is_integer(strtod("nan", NULL), &i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_as_in_go),
        cmocka_unit_test(integers_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
