#include "meshctl/ui/progress.h"
#include "support.h"

static const struct term plain = {.unicode = true};

static void shows(const struct error *e, const char *wanted)
{
    AUTO_BUF out = BUF_INIT;
    ui_append_error(&plain, &out, "meshctl", e);
    assert_string_equal(buf_str(&out), wanted);
}

static void message_alone(void **state)
{
    (void)state;
    struct error e = {.kind = ERROR_USAGE, .message = (char[]){"up takes no argument \"x\""}};
    shows(&e, "  \342\234\227 up takes no argument \"x\"\n");
}

static void all_fields_are_aligned(void **state)
{
    (void)state;
    struct error e = {
        .message = (char[]){"west: Service istio-eastwest has no address"},
        .id = (char[]){"MC502"},
        .where = (char[]){"west/Service/istio-ingress/istio-eastwest"},
        .hint = (char[]){"see the Service's events"},
    };
    shows(&e, "  \342\234\227 MC502 west: Service istio-eastwest has no address\n"
              "    where    west/Service/istio-ingress/istio-eastwest\n"
              "    fix      see the Service's events\n"
              "    explain  meshctl explain MC502\n");
}

static void lines_are_indented(void **state)
{
    (void)state;
    struct error e = {.message = (char[]){"first\nsecond\nthird"},
                      .hint = (char[]){"do this\nthen that"}};
    shows(&e, "  \342\234\227 first\n"
              "    second\n"
              "    third\n"
              "    fix      do this\n"
              "             then that\n");
}

/* A message of findings names its first id itself. */
static void id_is_not_said_twice(void **state)
{
    (void)state;
    struct error e = {.message = (char[]){"MC501 no Gateway\nMC701 east never answered"},
                      .id = (char[]){"MC501"}};
    shows(&e, "  \342\234\227 MC501 no Gateway\n"
              "    MC701 east never answered\n"
              "    explain  meshctl explain MC501\n");
}

/* Where the text comes from a server, the layout stays whole. */
static void odd_texts_keep_the_layout(void **state)
{
    (void)state;
    struct error empty = {.message = (char[]){""}, .hint = (char[]){"try again"}};
    shows(&empty, "  \342\234\227 \n    fix      try again\n");
    struct error ends_with_newline = {.message = (char[]){"admission webhook denied\n"},
                                      .hint = (char[]){"x\n"}};
    shows(&ends_with_newline, "  \342\234\227 admission webhook denied\n    fix      x\n");
    struct error escapes = {.message = (char[]){"a\033]0;title\007b\233"},
                            .where = (char[]){"\033[31m"}};
    shows(&escapes, "  \342\234\227 a\\u001b]0;title\\u0007b\\x9b\n    where    \\u001b[31m\n");
}

static void symbols_program_and_colour_follow(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    const struct term colour = {.color = true};
    struct error e = {.message = (char[]){"no"}, .id = (char[]){"MC101"}, .hint = (char[]){"x"}};
    ui_append_error(&colour, &out, "kubectl istio-mesh", &e);
    assert_string_equal(buf_str(&out),
                        "  \033[31mXX\033[0m MC101 no\n"
                        "    \033[2mfix\033[0m      x\n"
                        "    \033[2mexplain\033[0m  kubectl istio-mesh explain MC101\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_alone),
        cmocka_unit_test(all_fields_are_aligned),
        cmocka_unit_test(lines_are_indented),
        cmocka_unit_test(id_is_not_said_twice),
        cmocka_unit_test(odd_texts_keep_the_layout),
        cmocka_unit_test(symbols_program_and_colour_follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
