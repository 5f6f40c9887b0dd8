/* Plain scalars: null, bools, numbers, times, and all else a string. */
#include "yaml_resolve.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "meshctl/base/mem.h"
#include "meshctl/golang/strconv.h"

/* Numbers of up to this length are looked at without an allocation. */
#define YAML_USUAL_NUMBER 64

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

#define LONGEST_WORD 5
#define MOST_WORDS 12 /* of one length */

/* By length; those of each end with a NULL. */
static const struct {
    const char *text;
    struct yaml_scalar value;
} words[LONGEST_WORD + 1][MOST_WORDS + 1] = {
    [0] = {{"", {.kind = YAML_KIND_NULL}}},
    [1] = {{"~", {.kind = YAML_KIND_NULL}},
           {"y", {.kind = YAML_KIND_BOOL, .boolean = true}},
           {"Y", {.kind = YAML_KIND_BOOL, .boolean = true}},
           {"n", {.kind = YAML_KIND_BOOL}},
           {"N", {.kind = YAML_KIND_BOOL}}},
    [2] = {{"on", {.kind = YAML_KIND_BOOL, .boolean = true}},
           {"On", {.kind = YAML_KIND_BOOL, .boolean = true}},
           {"ON", {.kind = YAML_KIND_BOOL, .boolean = true}},
           {"no", {.kind = YAML_KIND_BOOL}},
           {"No", {.kind = YAML_KIND_BOOL}},
           {"NO", {.kind = YAML_KIND_BOOL}}},
    [3] = {{"yes", {.kind = YAML_KIND_BOOL, .boolean = true}},
           {"Yes", {.kind = YAML_KIND_BOOL, .boolean = true}},
           {"YES", {.kind = YAML_KIND_BOOL, .boolean = true}},
           {"off", {.kind = YAML_KIND_BOOL}},
           {"Off", {.kind = YAML_KIND_BOOL}},
           {"OFF", {.kind = YAML_KIND_BOOL}}},
    [4] = {{"null", {.kind = YAML_KIND_NULL}},
           {"Null", {.kind = YAML_KIND_NULL}},
           {"NULL", {.kind = YAML_KIND_NULL}},
           {"true", {.kind = YAML_KIND_BOOL, .boolean = true}},
           {"True", {.kind = YAML_KIND_BOOL, .boolean = true}},
           {"TRUE", {.kind = YAML_KIND_BOOL, .boolean = true}},
           {".nan", {.kind = YAML_KIND_FLOAT, .real = NAN}},
           {".NaN", {.kind = YAML_KIND_FLOAT, .real = NAN}},
           {".NAN", {.kind = YAML_KIND_FLOAT, .real = NAN}},
           {".inf", {.kind = YAML_KIND_FLOAT, .real = INFINITY}},
           {".Inf", {.kind = YAML_KIND_FLOAT, .real = INFINITY}},
           {".INF", {.kind = YAML_KIND_FLOAT, .real = INFINITY}}},
    [5] = {{"false", {.kind = YAML_KIND_BOOL}},
           {"False", {.kind = YAML_KIND_BOOL}},
           {"FALSE", {.kind = YAML_KIND_BOOL}},
           {"+.inf", {.kind = YAML_KIND_FLOAT, .real = INFINITY}},
           {"+.Inf", {.kind = YAML_KIND_FLOAT, .real = INFINITY}},
           {"+.INF", {.kind = YAML_KIND_FLOAT, .real = INFINITY}},
           {"-.inf", {.kind = YAML_KIND_FLOAT, .real = -INFINITY}},
           {"-.Inf", {.kind = YAML_KIND_FLOAT, .real = -INFINITY}},
           {"-.INF", {.kind = YAML_KIND_FLOAT, .real = -INFINITY}}},
};

static bool find_word(const char *text, size_t len, struct yaml_scalar *ret_scalar)
{
    for (size_t i = 0; len <= LONGEST_WORD && words[len][i].text; i++) {
        if (*text == *words[len][i].text && memcmp(text, words[len][i].text, len) == 0) {
            *ret_scalar = words[len][i].value;
            return true;
        }
    }
    return false;
}

/* strconv.ParseInt and then ParseUint, as go-yaml has it. */
static bool parse_integer(const char *text, size_t len, int base, struct yaml_scalar *ret_scalar)
{
    int64_t integer;
    uint64_t magnitude;
    if (goint_parse(text, len, base, &integer) == GONUM_OK) {
        *ret_scalar = (struct yaml_scalar){.kind = YAML_KIND_INT, .integer = integer};
        return true;
    }
    if (gouint_parse(text, len, base, &magnitude) != GONUM_OK)
        return false;
    *ret_scalar = (struct yaml_scalar){.kind = YAML_KIND_UINT, .real = (double)magnitude};
    return true;
}

static size_t skip_digits(const char *text, size_t i)
{
    while (is_digit(text[i]))
        i++;
    return i;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool is_float_syntax(const char *text)
{
    size_t i = *text == '+' || *text == '-', start = i;
    i = skip_digits(text, i);
    bool whole = i > start;
    if (text[i] == '.') {
        start = ++i;
        i = skip_digits(text, i);
        if (!whole && i == start)
            return false;
    } else if (!whole) {
        return false;
    }
    if (text[i] == 'e' || text[i] == 'E') {
        i++;
        i += text[i] == '+' || text[i] == '-';
        start = i;
        i = skip_digits(text, i);
        if (i == start)
            return false;
    }
    return text[i] == '\0';
}

static bool parse_float(const char *text, size_t len, struct yaml_scalar *ret_scalar)
{
    double value;
    if (gofloat_parse(text, len, &value) != GONUM_OK)
        return false;
    *ret_scalar = (struct yaml_scalar){.kind = YAML_KIND_FLOAT, .real = value};
    return true;
}

static size_t copy_without_underscores(const char *text, size_t len, char *plain)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        if (text[i] != '_')
            plain[count++] = text[i];
    plain[count] = '\0';
    return count;
}

/* `plain` is the text without underscores. */
static struct yaml_scalar resolve_plain_number(const char *plain, size_t len)
{
    struct yaml_scalar scalar = {.kind = YAML_KIND_STRING};
    if (parse_integer(plain, len, 0, &scalar) ||
        (is_float_syntax(plain) && parse_float(plain, len, &scalar)))
        return scalar;
    /* go-yaml takes "0b-11", as its own branch for binary numbers lets a sign follow the prefix. */
    if (strncmp(plain, "0b", 2) == 0)
        (void)parse_integer(plain + 2, len - 2, 2, &scalar);
    return scalar;
}

static struct yaml_scalar resolve_number(const char *text, size_t len)
{
    if (strspn(text, "0123456789abcdefABCDEFxXoO_+-.:TtZ ,") != len)
        return (struct yaml_scalar){.kind = YAML_KIND_STRING};
    if (yaml_is_timestamp(text, len))
        return (struct yaml_scalar){.kind = YAML_KIND_TIMESTAMP};
    struct yaml_scalar scalar = {.kind = YAML_KIND_STRING};
    if (text[0] == '.') {
        (void)parse_float(text, len, &scalar);
        return scalar;
    }
    if (!memchr(text, '_', len))
        return resolve_plain_number(text, len);
    char usual[YAML_USUAL_NUMBER];
    AUTO_FREE char *longer = len < sizeof(usual) ? NULL : mem_alloc(len + 1);
    char *plain = longer ? longer : usual;
    return resolve_plain_number(plain, copy_without_underscores(text, len, plain));
}

/* What a text may be by its first byte, beside a string; most are that. */
enum {
    START_WORD = 1 << 0,
    START_NUMBER = 1 << 1,
    START_EITHER = START_WORD | START_NUMBER,
};
static const unsigned char starts[UCHAR_MAX + 1] = {
    ['\0'] = START_WORD,  ['~'] = START_WORD,   ['y'] = START_WORD,   ['Y'] = START_WORD,
    ['n'] = START_WORD,   ['N'] = START_WORD,   ['t'] = START_WORD,   ['T'] = START_WORD,
    ['f'] = START_WORD,   ['F'] = START_WORD,   ['o'] = START_WORD,   ['O'] = START_WORD,
    ['.'] = START_EITHER, ['+'] = START_EITHER, ['-'] = START_EITHER, ['0'] = START_NUMBER,
    ['1'] = START_NUMBER, ['2'] = START_NUMBER, ['3'] = START_NUMBER, ['4'] = START_NUMBER,
    ['5'] = START_NUMBER, ['6'] = START_NUMBER, ['7'] = START_NUMBER, ['8'] = START_NUMBER,
    ['9'] = START_NUMBER,
};

struct yaml_scalar yaml_resolve(const char *text, size_t len)
{
    struct yaml_scalar scalar = {.kind = YAML_KIND_STRING};
    unsigned start = starts[(unsigned char)text[0]];
    if ((start & START_WORD) && find_word(text, len, &scalar))
        return scalar;
    return start & START_NUMBER ? resolve_number(text, len) : scalar;
}

bool yaml_is_base60(const char *text, size_t len)
{
    size_t i = text[0] == '+' || text[0] == '-', groups = 0;
    if (!is_digit(text[i]) || strlen(text) != len)
        return false;
    while (is_digit(text[i]) || text[i] == '_')
        i++;
    for (; text[i] == ':'; groups++) {
        if (!is_digit(text[++i]))
            return false;
        i += text[i] <= '5' && is_digit(text[i + 1]) ? 2 : 1;
    }
    if (text[i] == '.')
        for (i++; is_digit(text[i]) || text[i] == '_';)
            i++;
    return groups && i == len;
}

bool yaml_is_v3_octal(const char *text, size_t len)
{
    struct yaml_scalar scalar;
    if (len < 3 || len >= YAML_USUAL_NUMBER || memcmp(text, "0o", 2) != 0 || strlen(text) != len)
        return false;
    char plain[YAML_USUAL_NUMBER];
    return parse_integer(plain, copy_without_underscores(text + 2, len - 2, plain), 8, &scalar);
}

const char *yaml_kind_tag(enum yaml_kind kind)
{
    static const char *const tags[] = {
        [YAML_KIND_STRING] = "!!str",
        [YAML_KIND_NULL] = "!!null",
        [YAML_KIND_BOOL] = "!!bool",
        [YAML_KIND_INT] = "!!int",
        [YAML_KIND_UINT] = "!!int",
        [YAML_KIND_FLOAT] = "!!float",
        [YAML_KIND_TIMESTAMP] = "!!timestamp",
    };
    return tags[kind];
}
