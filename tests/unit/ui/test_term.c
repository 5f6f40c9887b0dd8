#include "support.h"

#define CHECK "\342\234\223"

static struct term term_on_pty(enum term_color_mode mode, bool ascii)
{
    struct stream s;
    struct term t;
    open_pty(&s, 80, 24);
    term_init(&t, s.write_fd, mode, ascii);
    close_stream(&s);
    return t;
}

static void terminal_has_colour_and_symbols(void **state)
{
    (void)state;
    plain_environment();
    struct term t = term_on_pty(TERM_COLOR_AUTO, false);
    assert_true(t.is_tty);
    assert_true(t.color);
    assert_true(t.unicode);
    assert_string_equal(term_symbol(&t, TERM_OK), CHECK);
}

static void no_color_switches_colour_off(void **state)
{
    (void)state;
    plain_environment();
    setenv("NO_COLOR", "1", 1);
    struct term t = term_on_pty(TERM_COLOR_AUTO, false);
    assert_true(t.is_tty); /* it still redraws in place */
    assert_false(t.color);
    /* What was asked for by name wins; empty counts as not set (no-color.org). */
    assert_true(term_on_pty(TERM_COLOR_ALWAYS, false).color);
    setenv("NO_COLOR", "", 1);
    assert_true(term_on_pty(TERM_COLOR_AUTO, false).color);
    assert_false(term_on_pty(TERM_COLOR_NEVER, false).color);
}

static void dumb_terminal_is_no_terminal(void **state)
{
    (void)state;
    plain_environment();
    setenv("TERM", "dumb", 1);
    struct term t = term_on_pty(TERM_COLOR_AUTO, false);
    assert_false(t.is_tty);
    assert_false(t.color);
    unsetenv("TERM");
    assert_false(term_on_pty(TERM_COLOR_AUTO, false).is_tty);
}

static void symbols_follow_locale_and_ascii(void **state)
{
    (void)state;
    static const enum term_symbol all[] = {TERM_OK,   TERM_FAIL, TERM_WARN,
                                           TERM_BUSY, TERM_SKIP, TERM_IDLE};
    plain_environment();
    struct term ascii = term_on_pty(TERM_COLOR_AUTO, true);
    assert_false(ascii.unicode);
    assert_true(ascii.color);
    assert_non_null(setlocale(LC_CTYPE, "C"));
    struct term c_locale = term_on_pty(TERM_COLOR_AUTO, false);
    assert_false(c_locale.unicode);
    for (size_t i = 0; i < MC_ARRAY_LEN(all); i++)
        for (const char *p = term_symbol(&c_locale, all[i]); *p; p++)
            assert_true(*p > ' ' && *p < 0x7f);
    assert_string_equal(term_symbol(&ascii, TERM_OK), "ok");
}

static void pipe_has_neither(void **state)
{
    (void)state;
    plain_environment();
    struct stream s;
    open_pipe(&s);
    assert_false(s.term.is_tty);
    assert_false(s.term.color);
    assert_int_equal(term_width(&s.term), 80);
    assert_int_equal(term_height(&s.term), 24);
    term_init(&s.term, s.write_fd, TERM_COLOR_ALWAYS, false);
    assert_true(s.term.color);
    close_stream(&s);
}

static void size_is_the_terminals(void **state)
{
    (void)state;
    plain_environment();
    struct stream s;
    open_pty(&s, 132, 43);
    assert_int_equal(term_width(&s.term), 132);
    assert_int_equal(term_height(&s.term), 43);
    struct winsize size = {.ws_col = 70, .ws_row = 10};
    ioctl(s.write_fd, TIOCSWINSZ, &size);
    assert_int_equal(term_width(&s.term), 70); /* asked each time: windows change */
    assert_int_equal(term_height(&s.term), 10);
    size = (struct winsize){0}; /* a serial line says nothing */
    ioctl(s.write_fd, TIOCSWINSZ, &size);
    assert_int_equal(term_width(&s.term), 80);
    assert_int_equal(term_height(&s.term), 24);
    close_stream(&s);
}

static void styles_end_where_the_text_ends(void **state)
{
    (void)state;
    static const struct {
        enum term_style style;
        const char *wanted;
    } rows[] = {
        {TERM_PLAIN, "x"},
        {TERM_BOLD, "\033[1mx\033[0m"},
        {TERM_DIM, "\033[2mx\033[0m"},
        {TERM_RED, "\033[31mx\033[0m"},
        {TERM_GREEN, "\033[32mx\033[0m"},
        {TERM_YELLOW, "\033[33mx\033[0m"},
    };
    struct term with = {.color = true}, without = {.color = false};
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_BUF a = BUF_INIT, b = BUF_INIT;
        term_append(&with, &a, rows[i].style, "x");
        assert_string_equal(buf_str(&a), rows[i].wanted);
        term_append(&without, &b, rows[i].style, "x");
        assert_string_equal(buf_str(&b), "x");
    }
}

/* What comes through to the other end of a terminal or a pipe. */
static void comes_through(int (*write_text)(const struct term *, const struct buf *), bool terminal,
                          enum term_color_mode mode, const char *text, const char *wanted)
{
    AUTO_BUF out = BUF_INIT;
    struct stream s;
    char got[256] = "";
    plain_environment();
    if (terminal)
        open_pty(&s, 80, 24);
    else
        open_pipe(&s);
    term_init(&s.term, s.write_fd, mode, false);
    buf_appends(&out, text);
    assert_int_equal(write_text(&s.term, &out), 0);
    assert_true(read(s.read_fd, got, sizeof(got) - 1) > 0);
    assert_string_equal(got, wanted);
    close_stream(&s);
}

static void only_our_own_sequences_reach_a_terminal(void **state)
{
    (void)state;
    static const char text[] =
        "\033[31mred\033[0m\033[35m \033[2J\033[3A\r \342\200\256 \033]0;t\a";
    comes_through(term_write, true, TERM_COLOR_AUTO, text,
                  "\033[31mred\033[0m\\u001b[35m \\u001b[2J\\u001b[3A\\u000d \\u202e "
                  "\\u001b]0;t\\u0007");
    comes_through(term_write, true, TERM_COLOR_NEVER, "\033[31mred", "\\u001b[31mred");
    comes_through(term_write, false, TERM_COLOR_AUTO, "\033[31mred", "\\u001b[31mred");
    comes_through(term_draw, true, TERM_COLOR_AUTO, text,
                  "\033[31mred\033[0m\\u001b[35m \033[2J\033[3A\r \\u202e \\u001b]0;t\\u0007");
    comes_through(term_draw, true, TERM_COLOR_AUTO, "\033[A\033[3\033[3B\033[2K\033",
                  "\\u001b[A\\u001b[3\\u001b[3B\\u001b[2K\\u001b");
    comes_through(term_write_data, true, TERM_COLOR_AUTO, "a: \342\200\256\033[2J",
                  "a: \\u202e\\u001b[2J");
    comes_through(term_write_data, false, TERM_COLOR_AUTO, text, text);
}

static void writes_all_or_says_so(void **state)
{
    (void)state;
    AUTO_BUF text = BUF_INIT;
    struct stream s;
    plain_environment();
    open_pipe(&s);
    buf_append(&text, "a\0b", 3);
    assert_int_equal(term_write_data(&s.term, &text), 0);
    char got[8];
    assert_int_equal(read(s.read_fd, got, sizeof(got)), 3);
    assert_memory_equal(got, "a\0b", 3);
    buf_clear(&text);
    assert_int_equal(term_write(&s.term, &text), 0); /* nothing to write */

    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full >= 0);
    struct term disk = {.fd = full};
    buf_appends(&text, "data");
    assert_int_equal(term_write(&disk, &text), -1);
    close(full);
    struct term closed = {.fd = full};
    assert_int_equal(term_write(&closed, &text), -1);
    close_stream(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminal_has_colour_and_symbols),
        cmocka_unit_test(no_color_switches_colour_off),
        cmocka_unit_test(dumb_terminal_is_no_terminal),
        cmocka_unit_test(symbols_follow_locale_and_ascii),
        cmocka_unit_test(pipe_has_neither),
        cmocka_unit_test(size_is_the_terminals),
        cmocka_unit_test(styles_end_where_the_text_ends),
        cmocka_unit_test(only_our_own_sequences_reach_a_terminal),
        cmocka_unit_test(writes_all_or_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
