/* What status shows: the screens of tests/golden/report/status.txt, each reviewed by eye.
 *
 *   # remark
 *   $ FILE COLUMNS [ascii] [color] [wide] [short]    COLUMNS 0: no terminal
 *   |text                                            a line that is shown
 */
#include "meshctl/report/status.h"

#include <locale.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "meshctl/base/strlist.h"
#include "meshctl/base/text.h"
#include "scratch.h"

#define GOLDEN TEST_DATA_DIR "/golden/report/"

static json_t *document(const char *name)
{
    AUTO_FREE char *path = mem_printf(GOLDEN "%s", name);
    AUTO_BUF text = BUF_INIT;
    struct error *err = NULL;
    json_t *value = NULL;
    must(fs_read(path, 1 << 20, &text, &err), &err);
    must(json_read(buf_str(&text), text.len, name, &value, &err), &err);
    return value;
}

struct screen {
    size_t line; /* of the golden file */
    char *words;
    struct strlist wanted;
};

static void screen_clear(struct screen *s)
{
    free(s->words);
    strlist_release(&s->wanted);
    *s = (struct screen){0};
}

static void draw(const struct strlist *words, struct buf *out)
{
    int columns = (int)strtol(words->items[1], NULL, 10), fd = -1, other = -1;
    json_auto_t *status = document(words->items[0]);
    if (columns) {
        struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = 40};
        assert_int_equal(openpty(&other, &fd, NULL, NULL, &size), 0);
    }
    struct term term = {.fd = fd,
                        .is_tty = columns != 0,
                        .color = strlist_has(words, "color"),
                        .ascii = strlist_has(words, "ascii"),
                        .unicode = !strlist_has(words, "ascii")};
    if (strlist_has(words, "short"))
        report_status_short(status, out);
    else
        report_status(&term, "meshctl check", status, strlist_has(words, "wide"), out);
    if (columns) {
        close(fd);
        close(other);
    }
}

/* Nothing is wider than the terminal, but for colours, which take no place. */
static void fits(const struct screen *s, const char *line, size_t columns)
{
    AUTO_BUF plain = BUF_INIT;
    for (const char *p = line; *p; p++) {
        if (*p == '\033')
            p += strcspn(p, "m");
        else
            buf_appendc(&plain, *p);
    }
    if (columns && text_width(buf_str(&plain)) > columns)
        fail_msg("status.txt:%zu: wider than %zu: %s", s->line, columns, line);
}

static void compare(const struct screen *s)
{
    AUTO_STRLIST words = STRLIST_INIT, lines = STRLIST_INIT;
    AUTO_BUF out = BUF_INIT;
    strlist_split(&words, s->words, ' ');
    draw(&words, &out);
    strlist_split(&lines, buf_str(&out), '\n');
    for (size_t i = 0; i + 1 < lines.count || i < s->wanted.count; i++) {
        const char *found = i + 1 < lines.count ? lines.items[i] : "(nothing)";
        const char *wanted = i < s->wanted.count ? s->wanted.items[i] : "(nothing)";
        if (strcmp(found, wanted) != 0)
            fail_msg("status.txt:%zu: %s, line %zu:\nfound  %s\nwanted %s\n%s", s->line, s->words,
                     i + 1, found, wanted, buf_str(&out));
        fits(s, found, strtoul(words.items[1], NULL, 10));
    }
}

static void screens_are_as_reviewed(void **state)
{
    (void)state;
    AUTO_BUF text = BUF_INIT;
    AUTO_STRLIST lines = STRLIST_INIT;
    struct screen s = {0};
    struct error *err = NULL;
    size_t screens = 0;
    must(fs_read(GOLDEN "status.txt", 1 << 20, &text, &err), &err);
    strlist_split(&lines, buf_str(&text), '\n');
    for (size_t i = 0; i < lines.count; i++) {
        const char *line = lines.items[i];
        bool is_last = i + 1 == lines.count;
        if (line[0] == '|')
            strlist_add(&s.wanted, line + 1);
        if ((line[0] == '$' || is_last) && s.words) {
            compare(&s);
            screen_clear(&s);
            screens++;
        }
        if (line[0] == '$') {
            s.line = i + 1;
            s.words = mem_strdup(line + 2);
        }
    }
    assert_in_range(screens, 15, 100);
}

/* A document of another version, or of a run that failed early. */
static void what_is_not_there_is_left_out(void **state)
{
    (void)state;
    static const struct term plain = {.fd = -1, .unicode = true};
    json_auto_t *empty = json_pack("{s:s, s:s}", "mesh", "m", "health", "error");
    AUTO_BUF out = BUF_INIT, line = BUF_INIT;
    report_status(&plain, "meshctl check", empty, false, &out);
    assert_non_null(strstr(buf_str(&out), "not healthy: 0 good\n"));
    report_status_short(empty, &line);
    assert_string_equal(buf_str(&line),
                        "m error clusters=0/0 links=0/0 requests=- errors=- error=0 warning=0\n");
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screens_are_as_reviewed),
        cmocka_unit_test(what_is_not_there_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
