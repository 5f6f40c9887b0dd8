/* Shared by the tests of charts, their sources, schemas and rendering. */
#ifndef TEST_CHARTS_H
#define TEST_CHARTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/strlist.h"
#include "meshctl/data/json.h"

#define GOLDEN TEST_DATA_DIR "/golden/chart"

/* Fails the test with the error's text. */
#define OK(call)                                                                                   \
    do {                                                                                           \
        if (call)                                                                                  \
            fail_msg("%s: %s", #call, err ? err->message : "no error set");                        \
    } while (0)

/* The call fails with exactly this message; the error is freed. */
#define FAILS(call, text)                                                                          \
    do {                                                                                           \
        assert_int_equal(call, -1);                                                                \
        assert_non_null(err);                                                                      \
        assert_string_equal(err->message, text);                                                   \
        error_clear(&err);                                                                         \
    } while (0)

static inline void read_golden(const char *name, struct buf *out)
{
    struct error *err = NULL;
    AUTO_FREE char *path = mem_printf("%s/%s", GOLDEN, name);
    OK(fs_read(path, (size_t)64 * 1024 * 1024, out, &err));
}

static inline json_t *parse(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    return value;
}

static inline void assert_json(const json_t *have, const char *want)
{
    json_auto_t *expected = parse(want);
    AUTO_FREE char *a = json_write_dup(have, 0);
    AUTO_FREE char *b = json_write_dup(expected, 0);
    assert_string_equal(a, b);
}

/* A folder that rm_dir removes again. */
static inline char *make_dir(void)
{
    char *path = mem_strdup("/tmp/meshctl-chart-XXXXXX");
    assert_non_null(mkdtemp(path));
    return path;
}

static inline void rm_dir(char *path)
{
    AUTO_FREE char *command = mem_printf("rm -rf -- '%s'", path);
    assert_int_equal(system(command), 0);
    free(path);
}

static inline void put_file(const char *dir, const char *name, const char *text)
{
    struct error *err = NULL;
    AUTO_FREE char *path = fs_join_dup(dir, name);
    AUTO_FREE char *folder = fs_dirname_dup(path);
    OK(fs_mkdirs(folder, 0755, &err));
    OK(fs_write(path, text, strlen(text), 0644, &err));
}

#endif
