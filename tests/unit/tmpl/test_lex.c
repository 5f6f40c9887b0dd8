#include "golden.h"

#include "lex.h"
#include "meshctl/golang/strconv.h"

static const char *const type_names[] = {
    [TOKEN_ERROR] = "error",
    [TOKEN_BOOL] = "bool",
    [TOKEN_CHAR] = "char",
    [TOKEN_CHAR_CONSTANT] = "charconst",
    [TOKEN_COMPLEX] = "complex",
    [TOKEN_ASSIGN] = "assign",
    [TOKEN_DECLARE] = "declare",
    [TOKEN_EOF] = "eof",
    [TOKEN_FIELD] = "field",
    [TOKEN_IDENTIFIER] = "identifier",
    [TOKEN_LEFT_DELIM] = "left",
    [TOKEN_LEFT_PAREN] = "lparen",
    [TOKEN_NUMBER] = "number",
    [TOKEN_PIPE] = "pipe",
    [TOKEN_RAW_STRING] = "raw",
    [TOKEN_RIGHT_DELIM] = "right",
    [TOKEN_RIGHT_PAREN] = "rparen",
    [TOKEN_SPACE] = "space",
    [TOKEN_STRING] = "string",
    [TOKEN_TEXT] = "text",
    [TOKEN_VARIABLE] = "variable",
    [TOKEN_BLOCK] = "block",
    [TOKEN_BREAK] = "break",
    [TOKEN_CONTINUE] = "continue",
    [TOKEN_DOT] = "dot",
    [TOKEN_DEFINE] = "define",
    [TOKEN_ELSE] = "else",
    [TOKEN_END] = "end",
    [TOKEN_IF] = "if",
    [TOKEN_NIL] = "nil",
    [TOKEN_RANGE] = "range",
    [TOKEN_TEMPLATE] = "template",
    [TOKEN_WITH] = "with",
};

static void check_tokens(const struct golden_case *c)
{
    AUTO_ARENA *a = arena_new();
    AUTO_BUF out = BUF_INIT;
    struct lexer l;
    lexer_init(&l, a, c->template.data, c->template.len);
    for (;;) {
        struct token t;
        lexer_next(&l, &t);
        buf_appendf(&out, "%s%s %u:%zu ", out.len ? "\n" : "", type_names[t.type], t.line, t.pos);
        /* Go's token for the end carries that word. */
        if (t.type == TOKEN_EOF)
            buf_appends(&out, "\"\"");
        else
            goquote_append(&out, t.text, t.len);
        if (t.type == TOKEN_EOF || t.type == TOKEN_ERROR)
            break;
    }
    golden_check(c, "tokens", buf_str(&out), out.len);
}

static void tokens_are_those_of_go(void **state)
{
    (void)state;
    golden_run("engine_lex.test", check_tokens, 100);
}

/* After an error there is nothing but the end of the input, however often one asks. */
static void input_ends_with_an_error(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    struct lexer l;
    lexer_init(&l, a, "{{\x01 text", 8);
    static const enum token_type types[] = {TOKEN_LEFT_DELIM, TOKEN_ERROR, TOKEN_ERROR};
    struct token t;
    for (size_t i = 0; i < MC_ARRAY_LEN(types); i++) {
        lexer_next(&l, &t);
        assert_int_equal(t.type, types[i]);
    }
    assert_int_equal(t.len, strlen("unclosed action"));
}

static void tokens_are_described_short(void **state)
{
    (void)state;
    static const struct {
        struct token token;
        const char *text;
    } rows[] = {
        {{.type = TOKEN_EOF, .text = "", .len = 0}, "EOF"},
        {{.type = TOKEN_ERROR, .text = "no good", .len = 7}, "no good"},
        {{.type = TOKEN_END, .text = "end", .len = 3}, "<end>"},
        {{.type = TOKEN_DOT, .text = ".", .len = 1}, "<.>"},
        {{.type = TOKEN_CHAR, .text = ",", .len = 1}, "\",\""},
        {{.type = TOKEN_STRING, .text = "\"12345678\"", .len = 10}, "\"\\\"12345678\\\"\""},
        {{.type = TOKEN_TEXT, .text = "12345678901", .len = 11}, "\"1234567890\"..."},
        {{.type = TOKEN_TEXT,
          .text = "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9",
          .len = 12},
         "\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"..."},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_BUF out = BUF_INIT;
        token_describe(&out, &rows[i].token);
        assert_string_equal(buf_str(&out), rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_those_of_go),
        cmocka_unit_test(input_ends_with_an_error),
        cmocka_unit_test(tokens_are_described_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
