/* Reads tests/golden/tmpl/engine_*.test. A file is a list of sections; a line "%% KIND [NAME]
 * [(escaped)]" starts one, and its text goes up to the newline before the next. "(escaped)" texts
 * are JSON strings. `data` holds for the cases behind it, `file`s are further templates of one
 * case; what a case gives is its last section: tokens, tree, empty, output or error. */
#ifndef TEST_TMPL_GOLDEN_H
#define TEST_TMPL_GOLDEN_H

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
#include "meshctl/data/json.h"

#define GOLDEN_MAX_FILES 8

struct golden_text {
    char *data;
    size_t len;
};

struct golden_file {
    char name[64];
    struct golden_text text;
};

struct golden_case {
    const char *path;
    unsigned line;
    struct golden_text template;
    struct golden_text data;
    struct golden_file files[GOLDEN_MAX_FILES];
    size_t files_count;
    char kind[16]; /* of the expectation */
    struct golden_text expected;
};

typedef void (*golden_fn)(const struct golden_case *c);

struct golden_reader {
    const char *path;
    const char *at;
    unsigned line;
};

struct golden_section {
    char kind[16];
    char name[64];
    bool escaped;
    unsigned line;
    struct golden_text text;
};

static inline struct golden_text golden_text(const char *s, size_t len, bool escaped)
{
    if (!escaped)
        return (struct golden_text){.data = mem_strndup(s, len), .len = len};
    json_auto_t *j = json_loadb(s, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(j);
    return (struct golden_text){.data = mem_strndup(json_string_value(j), json_string_length(j)),
                                .len = json_string_length(j)};
}

/* The section at the reader, which stands at a "%% " line. */
static inline bool golden_section(struct golden_reader *r, struct golden_section *s)
{
    if (!text_has_prefix(r->at, "%% "))
        return false;
    const char *eol = strchr(r->at, '\n');
    assert_non_null(eol);
    AUTO_FREE char *head = mem_strndup(r->at + 3, (size_t)(eol - r->at) - 3);
    memset(s, 0, sizeof(*s));
    s->line = r->line;
    s->escaped = text_has_suffix(head, "(escaped)");
    AUTO_STRLIST words = STRLIST_INIT;
    strlist_split(&words, head, ' ');
    strncpy(s->kind, words.items[0], sizeof(s->kind) - 1);
    if (words.count > 1)
        strncpy(s->name, words.items[1], sizeof(s->name) - 1);
    const char *body = eol + 1;
    const char *end = strstr(body, "\n%% ");
    const char *next = end ? end + 1 : body + strlen(body);
    if (!end)
        end = next - 1;
    s->text = golden_text(body, (size_t)(end - body), s->escaped);
    for (const char *p = r->at; p < next; p++)
        r->line += *p == '\n';
    r->at = next;
    return true;
}

static inline void golden_clear(struct golden_case *c)
{
    free(c->template.data);
    free(c->expected.data);
    for (size_t i = 0; i < c->files_count; i++)
        free(c->files[i].text.data);
    struct golden_text data = c->data;
    const char *path = c->path;
    memset(c, 0, sizeof(*c));
    c->data = data;
    c->path = path;
}

static inline bool golden_is_result(const char *kind)
{
    return strcmp(kind, "tokens") == 0 || strcmp(kind, "tree") == 0 || strcmp(kind, "empty") == 0 ||
           strcmp(kind, "output") == 0 || strcmp(kind, "error") == 0;
}

/* Takes the section into the case; true when that completes it. */
static inline bool golden_take(struct golden_case *c, struct golden_section *s)
{
    if (strcmp(s->kind, "data") == 0) {
        free(c->data.data);
        c->data = s->text;
    } else if (strcmp(s->kind, "case") == 0) {
        golden_clear(c);
        c->template = s->text;
        c->line = s->line;
    } else if (strcmp(s->kind, "file") == 0) {
        assert_true(c->files_count < GOLDEN_MAX_FILES);
        memcpy(c->files[c->files_count].name, s->name, sizeof(s->name));
        c->files[c->files_count++].text = s->text;
    } else if (golden_is_result(s->kind)) {
        memcpy(c->kind, s->kind, sizeof(s->kind));
        c->expected = s->text;
        return true;
    } else {
        free(s->text.data);
    }
    return false;
}

/* Cases of the running file that went wrong; all are shown before the test fails. */
static size_t golden_failures;

/* Runs `fn` on every case of tests/golden/tmpl/NAME; there must be at least `least`. */
static inline void golden_run(const char *name, golden_fn fn, size_t least)
{
    AUTO_FREE char *path = mem_printf("%s/golden/tmpl/%s", TEST_DATA_DIR, name);
    AUTO_BUF text = BUF_INIT;
    AUTO_ERROR struct error *err = NULL;
    assert_int_equal(fs_read(path, 16 * 1024 * 1024, &text, &err), 0);
    struct golden_reader r = {.path = path, .at = buf_str(&text), .line = 1};
    while (!text_has_prefix(r.at, "%% ")) {
        r.at = strchr(r.at, '\n') + 1;
        r.line++;
    }
    struct golden_case c = {.path = path};
    struct golden_section s;
    golden_failures = 0;
    size_t count = 0;
    while (golden_section(&r, &s)) {
        if (!golden_take(&c, &s))
            continue;
        fn(&c);
        count++;
    }
    golden_clear(&c);
    free(c.data.data);
    assert_true(count >= least);
    assert_int_equal(golden_failures, 0);
}

/* Compares bytes and shows both texts with the case's place. */
static inline void golden_check(const struct golden_case *c, const char *kind, const char *text,
                                size_t len)
{
    if (strcmp(kind, c->kind) == 0 && len == c->expected.len &&
        memcmp(text, c->expected.data, len) == 0)
        return;
    print_error("%s:%u: %s\n--- want %s\n%s\n--- got %s\n%s\n", c->path, c->line, c->template.data,
                c->kind, c->expected.data, kind, text);
    golden_failures++;
}

#endif
