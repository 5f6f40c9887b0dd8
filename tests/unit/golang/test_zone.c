/* Time zones: the TZ strings of TZif files, files that are none, names, local time. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/strlist.h"
#include "meshctl/golang/zone.h"

#define BLOCK "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4\0\0\0\0\0\0ABC"
#define HEADER "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

/* A TZif file of one type and no transition, with the TZ string at its end. */
static void make_file(struct buf *out, const char *rule)
{
    for (int i = 0; i < 2; i++) {
        buf_append(out, HEADER, sizeof(HEADER) - 1);
        buf_append(out, BLOCK, sizeof(BLOCK));
    }
    buf_appendf(out, "\n%s\n", rule);
}

static void check_rule(const char *line)
{
    AUTO_STRLIST columns = STRLIST_INIT;
    AUTO_BUF file = BUF_INIT;
    struct gozone_span span;
    strlist_split(&columns, line, '\t');
    assert_int_equal(columns.count, 5);
    make_file(&file, columns.items[0]);
    AUTO_ZONE *z = gozone_parse("T", file.data, file.len);
    assert_non_null(z);
    gozone_lookup(z, strtoll(columns.items[1], NULL, 10), &span);
    AUTO_FREE char *got =
        mem_printf("%s\t%s\t%s\t%lld\t%s", columns.items[0], columns.items[1], span.name,
                   (long long)span.offset, span.is_dst ? "summer" : "standard");
    assert_string_equal(got, line);
}

static void rules_are_those_of_go(void **state)
{
    AUTO_BUF text = BUF_INIT;
    AUTO_STRLIST lines = STRLIST_INIT;
    AUTO_ERROR struct error *err = NULL;
    size_t count = 0;
    (void)state;
    assert_int_equal(fs_read(TEST_DATA_DIR "/golden/tmpl/zone_rules.txt", 1 << 20, &text, &err), 0);
    strlist_split(&lines, buf_str(&text), '\n');
    for (size_t i = 0; i < lines.count; i++) {
        if (lines.items[i][0] == '#' || lines.items[i][0] == '\0')
            continue;
        check_rule(lines.items[i]);
        count++;
    }
    assert_true(count > 150);
}

/* Every file that is cut short is refused, until only the TZ string is missing. */
static void cut_files_are_no_zones(void **state)
{
    AUTO_BUF file = BUF_INIT;
    const size_t whole = 2 * (sizeof(HEADER) - 1 + sizeof(BLOCK));
    (void)state;
    make_file(&file, "EST5");
    for (size_t len = 0; len <= file.len; len++) {
        AUTO_FREE char *data = mem_alloc(len + 1);
        memcpy(data, file.data, len);
        AUTO_ZONE *z = gozone_parse("T", data, len);
        assert_int_equal(z != NULL, len >= whole);
    }
}

/* No byte of a header may lead outside of the file. */
static void wrong_files_do_no_harm(void **state)
{
    AUTO_BUF file = BUF_INIT;
    size_t zones = 0;
    (void)state;
    make_file(&file, "EST5EDT,M3.2.0,M11.1.0");
    for (size_t at = 0; at < file.len; at++) {
        for (int with = 0; with < 256; with += 51) {
            char before = file.data[at];
            struct gozone_span span;
            file.data[at] = (char)with;
            AUTO_ZONE *z = gozone_parse("T", file.data, file.len);
            if (z) {
                gozone_lookup(z, 1700000000, &span);
                gozone_lookup(z, INT64_MIN, &span);
                gozone_lookup(z, INT64_MAX, &span);
                zones++;
            }
            file.data[at] = before;
        }
    }
    assert_true(zones > 0 && zones < file.len * 6);
}

static void names_stay_inside_the_folder(void **state)
{
    static const char *const bad[] = {"/usr/share/zoneinfo/UTC",
                                      "\\UTC",
                                      "../zoneinfo/UTC",
                                      "a..b",
                                      "No/Such",
                                      "Europe",
                                      "zone.tab",
                                      "."};
    const struct gozone *z = NULL;
    AUTO_ERROR struct error *err = NULL;
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++) {
        assert_int_equal(gozone_load(bad[i], strlen(bad[i]), &z, &err), -1);
        error_clear(&err);
    }
    assert_int_equal(gozone_load("UTC\0x", 5, &z, &err), -1);
    error_clear(&err);
    assert_int_equal(gozone_load("", 0, &z, &err), 0);
    assert_null(z);
    assert_int_equal(gozone_load("UTC", 3, &z, &err), 0);
    assert_null(z);
    assert_int_equal(gozone_load("Local", 5, &z, &err), 0);
    assert_ptr_equal(z, gozone_local());
}

/* time/zoneinfo_unix.go initLocal. */
static void local_time_is_what_tz_names(void **state)
{
    static const struct {
        const char *tz;
        const char *name;
        int64_t offset; /* on 14 November 2023 */
    } rows[] = {
        {"", "UTC", 0},
        {"UTC", "UTC", 0},
        {":", "UTC", 0},
        {"No/Such", "UTC", 0},
        {"Europe", "UTC", 0},
        {"/no/such", "UTC", 0},
        {"Asia/Tokyo", "Asia/Tokyo", 9 * 3600},
        {":Asia/Tokyo", "Asia/Tokyo", 9 * 3600},
        {"/usr/share/zoneinfo/Asia/Tokyo", "/usr/share/zoneinfo/Asia/Tokyo", 9 * 3600},
    };
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct gozone_span span;
        AUTO_ZONE *z = gozone_local_of(rows[i].tz);
        gozone_lookup(z, 1700000000, &span);
        assert_string_equal(gozone_name(z), rows[i].name);
        assert_int_equal(span.offset, rows[i].offset);
    }
    AUTO_ZONE *z = gozone_local_of(NULL);
    assert_non_null(z);
}

static void *load_some(void *ctx)
{
    static const char *const names[] = {"Asia/Tokyo", "Europe/Paris", "Asia/Kolkata", "Etc/GMT+5"};
    (void)ctx;
    for (size_t i = 0; i < 200; i++) {
        const char *name = names[i % MC_ARRAY_LEN(names)];
        const struct gozone *z = NULL;
        struct error *err = NULL;
        struct gozone_span span;
        if (gozone_load(name, strlen(name), &z, &err) < 0) {
            error_free(err);
            return NULL;
        }
        gozone_lookup(z, 1700000000, &span);
        gozone_lookup(gozone_local(), 1700000000, &span);
    }
    return ctx;
}

static void threads_load_the_same_zones(void **state)
{
    pthread_t threads[4];
    int mark;
    void *done;
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, load_some, &mark), 0);
    for (size_t i = 0; i < MC_ARRAY_LEN(threads); i++) {
        assert_int_equal(pthread_join(threads[i], &done), 0);
        assert_ptr_equal(done, &mark);
    }
}

/* One file has many names; they do not fill the memory. Last, for it leaves no room. */
static void zones_have_a_limit(void **state)
{
    AUTO_BUF name = BUF_INIT;
    AUTO_ERROR struct error *err = NULL;
    size_t count = 0;
    (void)state;
    while (!err && count < 2 * (size_t)GOZONE_MAX_LOADED) {
        static const char *const files[] = {"UTC",       "GMT",       "Etc/GMT+1", "Etc/GMT+2",
                                            "Etc/GMT+3", "Etc/GMT+4", "Etc/GMT+5", "Etc/GMT+6",
                                            "Etc/GMT+7", "Etc/GMT+8", "Etc/GMT+9", "Etc/UTC"};
        const struct gozone *z;
        buf_clear(&name);
        for (size_t i = 0; i <= count / MC_ARRAY_LEN(files); i++)
            buf_appends(&name, "./");
        buf_appends(&name, files[count++ % MC_ARRAY_LEN(files)]);
        (void)!gozone_load(name.data, name.len, &z, &err);
    }
    assert_non_null(err);
    assert_string_equal(err->message, "more than 1024 time zones");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_those_of_go),
        cmocka_unit_test(cut_files_are_no_zones),
        cmocka_unit_test(wrong_files_do_no_harm),
        cmocka_unit_test(names_stay_inside_the_folder),
        cmocka_unit_test(local_time_is_what_tz_names),
        cmocka_unit_test(threads_load_the_same_zones),
        cmocka_unit_test(zones_have_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
