/* Characters, escapes and classes of a pattern (regexp/syntax parse.go). */
#define PCRE2_CODE_UNIT_WIDTH 8

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/unicode.h"
#include "regex_syntax.h"

int syntax_peek(const struct syntax *x, size_t ahead)
{
    return x->at + ahead < x->len ? (unsigned char)x->text[x->at + ahead] : -1;
}

uint32_t syntax_rune(struct syntax *x)
{
    uint32_t rune = 0;
    x->at += text_rune(x->text + x->at, x->len - x->at, &rune);
    return rune;
}

int syntax_error(const struct syntax *x, const char *what, size_t from, size_t to)
{
    return error_set(x->err, ERROR_INPUT, "error parsing regexp: %s: `%.*s`", what,
                     (int)(to - from), x->text + from);
}

void syntax_literal(struct syntax *x, uint32_t rune)
{
    if (rune < 0x80 && trune_is(rune, TRUNE_LETTER | TRUNE_DIGIT))
        buf_appendc(x->out, (char)rune);
    else
        buf_appendf(x->out, "\\x{%x}", (unsigned)rune);
}

/* ---- escapes of one rune ---- */

static int octal_digit(const struct syntax *x)
{
    int c = syntax_peek(x, 0);
    return c >= '0' && c <= '7' ? c - '0' : -1;
}

/* Behind "\x": two digits, or any number of them in braces. False leaves `at` where Go stopped. */
static bool read_hex(struct syntax *x, uint32_t *ret_rune)
{
    uint32_t value = 0;
    int digits = 0;
    if (syntax_peek(x, 0) != '{') {
        int high = x->at < x->len ? text_hex_digit((int)syntax_rune(x)) : -2;
        int low = high != -2 && x->at < x->len ? text_hex_digit((int)syntax_rune(x)) : -1;
        *ret_rune = (uint32_t)(high * 16 + low);
        return high >= 0 && low >= 0;
    }
    for (x->at++; x->at < x->len; digits++) {
        uint32_t rune = syntax_rune(x);
        int digit = rune < 0x80 ? text_hex_digit((int)rune) : -1;
        if (rune == '}') {
            *ret_rune = value;
            return digits > 0;
        }
        if (digit < 0 || (value = value * 16 + (uint32_t)digit) > 0x10ffff)
            return false;
    }
    return false;
}

static bool read_octal(struct syntax *x, uint32_t first, uint32_t *ret_rune)
{
    *ret_rune = first - '0';
    /* One digit but 0 alone would be a back reference. */
    if (first != '0' && octal_digit(x) < 0)
        return false;
    for (int i = 1; i < 3 && octal_digit(x) >= 0; i++)
        *ret_rune = *ret_rune * 8 + (uint32_t)octal_digit(x), x->at++;
    return true;
}

int syntax_escape(struct syntax *x, uint32_t *ret_rune)
{
    static const char letters[] = "afnrtv";
    static const char values[] = "\a\f\n\r\t\v";
    size_t start = x->at++;
    if (x->at == x->len)
        return syntax_error(x, "trailing backslash at end of expression", x->at, x->at);
    uint32_t rune = syntax_rune(x);
    const char *letter = rune > 0 && rune < 0x80 ? strchr(letters, (int)rune) : NULL;
    if (letter) {
        *ret_rune = (unsigned char)values[letter - letters];
        return 0;
    }
    if (rune < 0x80 && !trune_is(rune, TRUNE_LETTER | TRUNE_DIGIT)) {
        *ret_rune = rune;
        return 0;
    }
    if (rune >= '0' && rune <= '7' && read_octal(x, rune, ret_rune))
        return 0;
    if (rune == 'x' && read_hex(x, ret_rune))
        return 0;
    return syntax_error(x, "invalid escape sequence", start, x->at);
}

/* ---- escapes of many ---- */

/* Go's \s has no vertical tab, unlike PCRE2's; the rest is ASCII in both. */
static const struct {
    char letter;
    const char *inside; /* of brackets */
} perl_classes[] = {
    {'d', "0-9"},
    {'D', "\\x{0}-\\x{2f}\\x{3a}-\\x{10ffff}"},
    {'s', "\\x{9}\\x{a}\\x{c}\\x{d}\\x{20}"},
    {'S', "\\x{0}-\\x{8}\\x{b}\\x{e}-\\x{1f}\\x{21}-\\x{10ffff}"},
    {'w', "0-9A-Za-z_"},
    {'W', "\\x{0}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{5e}\\x{60}\\x{7b}-\\x{10ffff}"},
};

static bool compiles(const char *pattern)
{
    int code;
    PCRE2_SIZE where;
    pcre2_code *re =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &where, NULL);
    pcre2_code_free(re);
    return re != NULL;
}

/* unicode.CategoryAliases, their names as canonical_name makes them. */
static const struct {
    const char *name, *category;
} categories[] = {
    {"Casedletter", "LC"},
    {"Closepunctuation", "Pe"},
    {"Combiningmark", "M"},
    {"Connectorpunctuation", "Pc"},
    {"Control", "Cc"},
    {"Currencysymbol", "Sc"},
    {"Dashpunctuation", "Pd"},
    {"Decimalnumber", "Nd"},
    {"Enclosingmark", "Me"},
    {"Finalpunctuation", "Pf"},
    {"Format", "Cf"},
    {"Initialpunctuation", "Pi"},
    {"Letter", "L"},
    {"Letternumber", "Nl"},
    {"Lineseparator", "Zl"},
    {"Lowercaseletter", "Ll"},
    {"Mark", "M"},
    {"Mathsymbol", "Sm"},
    {"Modifierletter", "Lm"},
    {"Modifiersymbol", "Sk"},
    {"Nonspacingmark", "Mn"},
    {"Number", "N"},
    {"Openpunctuation", "Ps"},
    {"Other", "C"},
    {"Otherletter", "Lo"},
    {"Othernumber", "No"},
    {"Otherpunctuation", "Po"},
    {"Othersymbol", "So"},
    {"Paragraphseparator", "Zp"},
    {"Privateuse", "Co"},
    {"Punctuation", "P"},
    {"Separator", "Z"},
    {"Spaceseparator", "Zs"},
    {"Spacingmark", "Mc"},
    {"Surrogate", "Cs"},
    {"Symbol", "S"},
    {"Titlecaseletter", "Lt"},
    {"Unassigned", "Cn"},
    {"Uppercaseletter", "Lu"},
    {"Cntrl", "Cc"},
    {"Digit", "Nd"},
    {"Punct", "P"},
};

#define PROPERTY_MAX_NAME 40

/* regexp/syntax canonicalName. False when it is longer than any name, or has other characters. */
static bool canonical_name(const char *name, size_t len, char ret_name[static PROPERTY_MAX_NAME])
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        char c = name[i];
        if (c == ' ' || c == '_' || c == '-')
            continue;
        if (n == PROPERTY_MAX_NAME - 1)
            return false;
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
            return false;
        ret_name[n] = (char)(n ? c | 0x20 : c & ~0x20);
        n++;
    }
    ret_name[n] = '\0';
    return n > 0;
}

/* PCRE2 knows scripts by their four letters of ISO 15924 too, Go by their names alone, and not even
 * by those that are several words: canonicalName joins them, the table of scripts does not. */
static bool is_script(const char *name)
{
    static const char *const short_names[] = {"Ahom", "Cham", "Han",  "Kawi", "Lao",
                                              "Lisu", "Miao", "Modi", "Mro",  "Newa",
                                              "Nko",  "Thai", "Toto", "Vai",  "Yi"};
    static const char *const joined[] = {"Anatolianhieroglyphs",
                                         "Bassavah",
                                         "Canadianaboriginal",
                                         "Caucasianalbanian",
                                         "Cyprominoan",
                                         "Divesakuru",
                                         "Egyptianhieroglyphs",
                                         "Gunjalagondi",
                                         "Hanifirohingya",
                                         "Imperialaramaic",
                                         "Inscriptionalpahlavi",
                                         "Inscriptionalparthian",
                                         "Kayahli",
                                         "Khitansmallscript",
                                         "Lineara",
                                         "Linearb",
                                         "Masaramgondi",
                                         "Meeteimayek",
                                         "Mendekikakui",
                                         "Meroiticcursive",
                                         "Meroitichieroglyphs",
                                         "Nagmundari",
                                         "Newtailue",
                                         "Nyiakengpuachuehmong",
                                         "Olchiki",
                                         "Oldhungarian",
                                         "Olditalic",
                                         "Oldnortharabian",
                                         "Oldpermic",
                                         "Oldpersian",
                                         "Oldsogdian",
                                         "Oldsoutharabian",
                                         "Oldturkic",
                                         "Olduyghur",
                                         "Pahawhhmong",
                                         "Paucinhau",
                                         "Phagspa",
                                         "Psalterpahlavi",
                                         "Signwriting",
                                         "Sorasompeng",
                                         "Sylotinagri",
                                         "Taile",
                                         "Taitham",
                                         "Taiviet",
                                         "Warangciti",
                                         "Zanabazarsquare"};
    for (size_t i = 0; i < MC_ARRAY_LEN(short_names); i++)
        if (strcmp(short_names[i], name) == 0)
            return true;
    for (size_t i = 0; i < MC_ARRAY_LEN(joined); i++)
        if (strcmp(joined[i], name) == 0)
            return false;
    return strlen(name) > 4;
}

/* A general category or a script. PCRE2 would take a script's name for its extensions. */
static bool property_text(const char *name, size_t len, bool negated, struct buf *out)
{
    char sign = negated ? 'P' : 'p', canonical[PROPERTY_MAX_NAME];
    if (!canonical_name(name, len, canonical))
        return false;
    const char *category =
        strlen(canonical) <= 2 && strcmp(canonical, "Yi") != 0 ? canonical : NULL;
    for (size_t i = 0; !category && i < MC_ARRAY_LEN(categories); i++)
        if (strcmp(categories[i].name, canonical) == 0)
            category = categories[i].category;
    if (strcmp(canonical, "Any") == 0 || strcmp(canonical, "Ascii") == 0)
        buf_appendf(out, "\\%c{%s}", sign, canonical);
    else if (strcmp(canonical, "Assigned") == 0)
        buf_appendf(out, "\\%c{Cn}", negated ? 'p' : 'P');
    else if (category && strcasecmp(category, "LC") == 0)
        buf_appendf(out, "\\%c{L&}", sign);
    else if (category)
        buf_appendf(out, "\\%c{%s}", sign, category);
    else if (!is_script(canonical))
        return false;
    else
        buf_appendf(out, "\\%c{sc:%s}", sign, canonical);
    return compiles(buf_str(out));
}

static int write_property(struct syntax *x)
{
    AUTO_BUF text = BUF_INIT_MAX(256);
    size_t start = x->at;
    bool negated = syntax_peek(x, 1) == 'P';
    size_t from = start + 2;
    size_t to;
    x->at = from;
    if (syntax_peek(x, 0) != '{') {
        if (x->at < x->len)
            syntax_rune(x);
        to = x->at;
    } else {
        const char *end = memchr(x->text + from, '}', x->len - from);
        if (!end)
            return syntax_error(x, "invalid character class range", start, x->len);
        from++;
        to = (size_t)(end - x->text);
        x->at = to + 1;
    }
    if (from < to && x->text[from] == '^') {
        negated = !negated;
        from++;
    }
    if (!property_text(x->text + from, to - from, negated, &text) || text.overflow)
        return syntax_error(x, "invalid character class range", start, x->at);
    buf_append(x->out, text.data, text.len);
    return 1;
}

int syntax_class_escape(struct syntax *x, bool in_class)
{
    int letter = syntax_peek(x, 1);
    if (letter == 'p' || letter == 'P')
        return write_property(x);
    for (size_t i = 0; i < MC_ARRAY_LEN(perl_classes); i++) {
        if (letter != perl_classes[i].letter)
            continue;
        buf_appendf(x->out, in_class ? "%s" : "[%s]", perl_classes[i].inside);
        x->at += 2;
        return 1;
    }
    return 0;
}

/* ---- brackets ---- */

static const char *const posix_classes[] = {"alnum", "alpha", "ascii", "blank", "cntrl",
                                            "digit", "graph", "lower", "print", "punct",
                                            "space", "upper", "word",  "xdigit"};

/* At "[:": 1 when it is a named class, 0 when it is not closed and so stands for itself. */
static int write_posix(struct syntax *x)
{
    const char *start = x->text + x->at;
    const char *end = memmem(start + 2, x->len - x->at - 2, ":]", 2);
    if (!end)
        return 0;
    const char *name = start + 2 + (start[2] == '^' ? 1 : 0);
    size_t len = name <= end ? (size_t)(end - name) : 0;
    for (size_t i = 0; i < MC_ARRAY_LEN(posix_classes); i++) {
        if (strlen(posix_classes[i]) != len || memcmp(posix_classes[i], name, len) != 0)
            continue;
        buf_append(x->out, start, (size_t)(end - start) + 2);
        x->at += (size_t)(end - start) + 2;
        return 1;
    }
    return syntax_error(x, "invalid character class range", x->at, (size_t)(end - x->text) + 2);
}

static int class_rune(struct syntax *x, size_t class_start, uint32_t *ret_rune)
{
    if (x->at >= x->len)
        return syntax_error(x, "missing closing ]", class_start, x->len);
    if (syntax_peek(x, 0) == '\\')
        return syntax_escape(x, ret_rune);
    *ret_rune = syntax_rune(x);
    return 0;
}

static int write_range(struct syntax *x, size_t class_start)
{
    size_t start = x->at;
    uint32_t low;
    uint32_t high;
    if (class_rune(x, class_start, &low) < 0)
        return -1;
    high = low;
    if (syntax_peek(x, 0) == '-' && syntax_peek(x, 1) != -1 && syntax_peek(x, 1) != ']') {
        x->at++;
        if (class_rune(x, class_start, &high) < 0)
            return -1;
        if (high < low)
            return syntax_error(x, "invalid character class range", start, x->at);
    }
    syntax_literal(x, low);
    if (high > low) {
        buf_appendc(x->out, '-');
        syntax_literal(x, high);
    }
    return 0;
}

int syntax_class(struct syntax *x)
{
    size_t start = x->at++;
    buf_appendc(x->out, '[');
    if (syntax_peek(x, 0) == '^') {
        buf_appendc(x->out, '^');
        x->at++;
    }
    for (bool first = true; first || syntax_peek(x, 0) != ']'; first = false) {
        int done = 0;
        if (syntax_peek(x, 0) == '[' && syntax_peek(x, 1) == ':' && syntax_peek(x, 2) != -1)
            done = write_posix(x);
        else if (syntax_peek(x, 0) == '\\')
            done = syntax_class_escape(x, true);
        if (done < 0)
            return -1;
        if (done == 0 && write_range(x, start) < 0)
            return -1;
    }
    x->at++;
    buf_appendc(x->out, ']');
    return 0;
}
