/* Golden files of this room: one JSON object a line, the first of them says which program made the
 * others. They are read with jansson itself, not with what is tested. */
#ifndef TEST_DATA_SUPPORT_H
#define TEST_DATA_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/strlist.h"
#include "meshctl/data/yaml.h"

#define AUTO_ERR AUTO_ERROR struct error

static inline json_t *parse_line(const char *line)
{
    json_error_t problem;
    json_t *row = json_loads(line, JSON_ALLOW_NUL, &problem);
    if (!row)
        fail_msg("golden line: %s: %.80s", problem.text, line);
    return row;
}

/* Calls `check` for every row but the first and fails when fewer than `least` were there. */
static inline void for_each_row(const char *name, size_t least, void (*check)(const json_t *row))
{
    AUTO_FREE char *path = mem_printf("%s/golden/%s", TEST_DATA_DIR, name);
    AUTO_ERR *err = NULL;
    AUTO_BUF text = BUF_INIT;
    AUTO_STRLIST lines = STRLIST_INIT;
    if (fs_read(path, 8 << 20, &text, &err) < 0)
        fail_msg("%s", err->message);
    strlist_split(&lines, buf_str(&text), '\n');
    size_t rows = 0;
    for (size_t i = 1; i < lines.count; i++) {
        if (!*lines.items[i])
            continue;
        json_auto_t *row = parse_line(lines.items[i]);
        check(row);
        rows++;
    }
    assert_true(rows >= least);
}

static inline const char *field(const json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

static inline size_t field_len(const json_t *row, const char *name)
{
    return json_string_length(json_object_get(row, name));
}

/* Reads JSON that must be right; yours to free. */
static inline json_t *json_of(const char *text)
{
    AUTO_ERR *err = NULL;
    json_t *value = NULL;
    if (json_read(text, strlen(text), "test", &value, &err) < 0)
        fail_msg("%s: %s", text, err->message);
    return value;
}

static inline json_t *yaml_of(const char *text, unsigned flags)
{
    AUTO_ERR *err = NULL;
    json_t *value = NULL;
    if (yaml_read(text, strlen(text), "test", flags, &value, &err) < 0)
        fail_msg("%s: %s", text, err->message);
    return value;
}

static inline void assert_json(const json_t *value, const char *expected)
{
    AUTO_FREE char *text = json_write_dup(value, 0);
    assert_string_equal(text, expected);
}

#endif
