/* Upper, lower, title and the other cases of words. */
#include "case.h"

#include "meshctl/base/text.h"
#include "meshctl/golang/unicode.h"
#include "util.h"

/* Every rune through `map`. Bad bytes become U+FFFD, as strings.Map makes them. */
static int map_runes(struct tcall *call, struct tval_string s, uint32_t (*map)(uint32_t),
                     struct tval *ret, struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    for (size_t at = 0; at < s.len && !out.overflow;) {
        uint32_t rune;
        at += text_rune(s.data + at, s.len - at, &rune);
        text_append_rune(&out, map(rune));
    }
    return result_buf(call, &out, ret, err);
}

int func_upper(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
               struct error **err)
{
    (void)argc;
    return map_runes(call, args[0].s, trune_to_upper, ret, err);
}

int func_lower(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
               struct error **err)
{
    (void)argc;
    return map_runes(call, args[0].s, trune_to_lower, ret, err);
}

/* Go strings.go isSeparator. */
static bool is_separator(uint32_t rune)
{
    if (rune < 0x80)
        return !trune_is(rune, TRUNE_LETTER | TRUNE_DIGIT) && rune != '_';
    return !trune_is(rune, TRUNE_LETTER | TRUNE_DIGIT) && trune_is_space(rune);
}

/* strings.Title: the first letter of each word. */
int func_title(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
               struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    const struct tval_string s = args[0].s;
    uint32_t before = ' ';
    (void)argc;
    for (size_t at = 0; at < s.len && !out.overflow;) {
        uint32_t rune;
        at += text_rune(s.data + at, s.len - at, &rune);
        text_append_rune(&out, is_separator(before) ? trune_to_title(rune) : rune);
        before = rune;
    }
    return result_buf(call, &out, ret, err);
}

/* goutils Uncapitalize: the first character of each word, words parted by white space. */
int func_untitle(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                 struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    const struct tval_string s = args[0].s;
    bool first = true;
    (void)argc;
    for (size_t at = 0; at < s.len && !out.overflow;) {
        uint32_t rune;
        at += text_rune(s.data + at, s.len - at, &rune);
        bool space = trune_is_space(rune);
        text_append_rune(&out, first && !space ? trune_to_lower(rune) : rune);
        first = space;
    }
    return result_buf(call, &out, ret, err);
}

/* goutils SwapCase: a lower letter behind white space gets title case. Go's test for title letters
 * finds those that are letters of neither case and have a lower form. */
int func_swapcase(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                  struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    const struct tval_string s = args[0].s;
    bool after_space = true;
    (void)argc;
    for (size_t at = 0; at < s.len && !out.overflow;) {
        uint32_t rune;
        at += text_rune(s.data + at, s.len - at, &rune);
        if (trune_is(rune, TRUNE_LOWER)) {
            text_append_rune(&out, after_space ? trune_to_title(rune) : trune_to_upper(rune));
            after_space = false;
        } else if (trune_is(rune, TRUNE_LETTER) && trune_to_lower(rune) != rune) {
            text_append_rune(&out, trune_to_lower(rune));
            after_space = false;
        } else {
            text_append_rune(&out, rune);
            after_space = !trune_is(rune, TRUNE_UPPER) && trune_is_space(rune);
        }
    }
    return result_buf(call, &out, ret, err);
}

static bool is_connector(uint32_t rune)
{
    return rune == '-' || rune == '_' || trune_is_space(rune);
}

/* xstrings ToPascalCase: words joined, each with a capital; a run of capitals after the first
 * letter of a word is lowered; connectors at the ends, and all but one of several, stay. */
int func_camelcase(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                   struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    const struct tval_string s = args[0].s;
    bool capitals = false; /* the word began with a capital and had nothing else so far */
    bool held = false;     /* a word has begun: `before` is read but not written */
    uint32_t before = 0;
    (void)argc;
    for (size_t at = 0; at < s.len && !out.overflow;) {
        uint32_t rune;
        at += text_rune(s.data + at, s.len - at, &rune);
        if (!held && is_connector(rune)) {
            text_append_rune(&out, rune);
            before = rune;
            continue;
        }
        if (!held) {
            capitals = trune_is(rune, TRUNE_UPPER);
            before = trune_to_upper(rune);
            held = true;
            continue;
        }
        if (is_connector(before) && !is_connector(rune)) {
            capitals = trune_is(rune, TRUNE_UPPER);
            before = trune_to_upper(rune);
            continue;
        }
        if (!is_connector(before) && capitals) {
            capitals = trune_is(rune, TRUNE_UPPER);
            rune = capitals ? trune_to_lower(rune) : rune;
        }
        text_append_rune(&out, before);
        before = rune;
    }
    /* A text of connectors alone gets its last one twice. */
    if (s.len > 0)
        text_append_rune(&out, before);
    return result_buf(call, &out, ret, err);
}

/* ---- snake and kebab case: xstrings camelCaseToLowerCase ---- */

enum word_kind {
    WORD_NONE,
    WORD_NUMBER,
    WORD_UPPER, /* begins with a capital */
    WORD_ALPHABET,
    WORD_CONNECTOR,
    WORD_PUNCT,
    WORD_OTHER,
};

struct word {
    enum word_kind kind;
    const char *data;
    size_t len;
};

struct words {
    struct word word; /* the current one */
    const char *rest;
    size_t left;
    char connector;
    struct buf *out;
};

/* xstrings count.go isAlphabet: letters but the common CJK ones. */
static bool is_alphabet(uint32_t rune)
{
    if (!trune_is(rune, TRUNE_LETTER))
        return false;
    return !(rune >= 0x4e00 && rune <= 0x9fcc) && !(rune >= 0x3400 && rune <= 0x4d85) &&
           !(rune >= 0x20000 && rune <= 0x2b81d);
}

static bool is_lower_alphabet(uint32_t rune)
{
    return is_alphabet(rune) && !trune_is(rune, TRUNE_UPPER);
}

static bool is_upper(uint32_t rune)
{
    return trune_is(rune, TRUNE_UPPER);
}

static bool is_punct(uint32_t rune)
{
    return trune_is(rune, TRUNE_PUNCT);
}

static bool is_number(uint32_t rune)
{
    return trune_is(rune, TRUNE_NUMBER);
}

static bool is_other(uint32_t rune)
{
    return !is_connector(rune) && !is_alphabet(rune) && !is_number(rune) && !is_punct(rune);
}

/* The next good rune from `at`; bad bytes before it are swallowed, and at the end of the text the
 * rune before stands for them. 0 when nothing is left. */
static size_t next_rune(const struct words *w, size_t at, uint32_t *rune)
{
    size_t size = 0;
    while (at + size < w->left) {
        uint32_t found;
        size += text_rune(w->rest + at + size, w->left - at - size, &found);
        if (found != 0xfffd) {
            *rune = found;
            break;
        }
    }
    return size;
}

static size_t run_of(const struct words *w, size_t at, uint32_t rune, bool (*belongs)(uint32_t))
{
    size_t size;
    while ((size = next_rune(w, at, &rune)) > 0 && belongs(rune))
        at += size;
    return at;
}

/* Behind a capital: more capitals ("HTTP", of "HTTPStatus" without the S), or the lower letters. */
static size_t upper_word(const struct words *w, size_t at, uint32_t rune)
{
    size_t last;
    size_t size = next_rune(w, at, &rune);
    if (size == 0)
        return at;
    if (!is_upper(rune))
        return is_alphabet(rune) ? run_of(w, at + size, rune, is_lower_alphabet) : at;
    for (last = size, at += size; (size = next_rune(w, at, &rune)) > 0 && is_upper(rune);
         at += size)
        last = size;
    return size > 0 && is_alphabet(rune) ? at - last : at;
}

static void next_word(struct words *w)
{
    static const struct {
        enum word_kind kind;
        bool (*first)(uint32_t);
        bool (*more)(uint32_t);
    } kinds[] = {
        {WORD_CONNECTOR, is_connector, is_connector},
        {WORD_PUNCT, is_punct, is_punct},
        {WORD_UPPER, is_upper, NULL},
        {WORD_ALPHABET, is_alphabet, is_lower_alphabet},
        {WORD_NUMBER, is_number, is_number},
    };
    uint32_t rune = 0xfffd;
    size_t at = next_rune(w, 0, &rune);
    w->word = (struct word){.kind = rune == 0xfffd ? WORD_NONE : WORD_OTHER, .data = w->rest};
    for (size_t i = 0; rune != 0xfffd && i < MC_ARRAY_LEN(kinds); i++) {
        if (!kinds[i].first(rune))
            continue;
        w->word.kind = kinds[i].kind;
        at = kinds[i].more ? run_of(w, at, rune, kinds[i].more) : upper_word(w, at, rune);
        break;
    }
    if (w->word.kind == WORD_OTHER)
        at = run_of(w, at, rune, is_other);
    w->word.len = at;
    w->rest += at;
    w->left -= at;
}

static void put_word(struct words *w, struct word word)
{
    if (word.kind != WORD_UPPER && word.kind != WORD_CONNECTOR) {
        buf_append(w->out, word.data, word.len);
        return;
    }
    for (size_t at = 0; at < word.len && !w->out->overflow;) {
        uint32_t rune;
        at += text_rune(word.data + at, word.len - at, &rune);
        text_append_rune(w->out, is_connector(rune) ? (uint32_t)w->connector
                                 : is_upper(rune)   ? trune_to_lower(rune)
                                                    : rune);
    }
}

static bool joins(const struct words *w, bool even_none)
{
    enum word_kind kind = w->word.kind;
    return kind != WORD_CONNECTOR && kind != WORD_PUNCT && (even_none || kind != WORD_NONE);
}

/* What belongs to a number stays with it: "20x" of "HTTP20xOK". */
static void put_number_tail(struct words *w)
{
    while (w->word.kind == WORD_ALPHABET || w->word.kind == WORD_NUMBER) {
        put_word(w, w->word);
        next_word(w);
    }
    if (joins(w, false))
        buf_appendc(w->out, w->connector);
}

/* Between a word of letters and what follows it. */
static void put_boundary(struct words *w)
{
    if (w->word.kind != WORD_NUMBER) {
        if (joins(w, true))
            buf_appendc(w->out, w->connector);
        return;
    }
    if (w->left == 0)
        return;
    struct word number = w->word;
    next_word(w);
    if (w->word.kind != WORD_ALPHABET) {
        /* The number is a part of the word before: "Bld4Floor". */
        put_word(w, number);
        if (joins(w, true))
            buf_appendc(w->out, w->connector);
        return;
    }
    buf_appendc(w->out, w->connector);
    put_word(w, number);
    put_number_tail(w);
}

static int lower_words(struct tcall *call, struct tval_string s, char connector, struct tval *ret,
                       struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    struct words w = {.rest = s.data, .left = s.len, .connector = connector, .out = &out};
    if (s.len > 0)
        next_word(&w);
    while (w.left > 0 && !out.overflow) {
        struct word before = w.word;
        if (before.kind != WORD_CONNECTOR)
            put_word(&w, before);
        next_word(&w);
        if (before.kind == WORD_NUMBER)
            put_number_tail(&w);
        else if (before.kind == WORD_CONNECTOR)
            put_word(&w, before);
        else if (before.kind != WORD_PUNCT)
            put_boundary(&w);
    }
    put_word(&w, w.word);
    return result_buf(call, &out, ret, err);
}

int func_snakecase(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                   struct error **err)
{
    (void)argc;
    return lower_words(call, args[0].s, '_', ret, err);
}

int func_kebabcase(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                   struct error **err)
{
    (void)argc;
    return lower_words(call, args[0].s, '-', ret, err);
}
