/* Writes a string plain, in quotes or as a block, folded where it may be. */
#include "yaml_text.h"

#include "meshctl/base/text.h"

static bool is_space_at(const char *text, size_t len, size_t i)
{
    return i < len && text[i] == ' ';
}

/* The length of what can be written at once: words, or else one rune. *ret_rune is the first. */
static size_t next_piece(const char *text, size_t len, size_t spaces_until, enum yaml_byte kind,
                         uint32_t *ret_rune)
{
    size_t n = yaml_skip_words(text, len, spaces_until, kind);
    if (n == 0)
        return text_rune(text, len, ret_rune);
    *ret_rune = (unsigned char)*text;
    return n;
}

/* A break of the text itself. libyaml writes a line feed as it writes its own line ends, any other
 * break as it is. */
static void write_text_break(struct yaml_emitter *e, const char *text, size_t n)
{
    if (*text == '\n') {
        yaml_emit_break(e);
        return;
    }
    yaml_emit_piece(e, text, n);
    e->column = 0;
}

static bool past_width(const struct yaml_emitter *e)
{
    return !e->is_v3 && e->column > YAML_EMIT_WIDTH;
}

/* How far from here on no space can become a fold. */
static size_t room(const struct yaml_emitter *e, bool may_fold)
{
    if (!may_fold || e->is_v3)
        return SIZE_MAX;
    return e->column < YAML_EMIT_WIDTH ? YAML_EMIT_WIDTH - e->column : 0;
}

/* Whether the line is broken at the space text[i] instead of writing it. */
static bool folds_at(const struct yaml_emitter *e, const char *text, size_t len, size_t i,
                     bool after_space)
{
    return !after_space && past_width(e) && !is_space_at(text, len, i + 1);
}

/* emitterc.go yaml_emitter_write_plain_scalar and ..._single_quoted_scalar: they differ in the
 * quote only, and in that quotes may not be next to a fold. */
static void write_flowing(struct yaml_emitter *e, const char *text, size_t len, bool quoted,
                          bool may_fold)
{
    enum yaml_byte kind = quoted ? YAML_BYTE_SINGLE : YAML_BYTE_PLAIN;
    bool spaces = false, breaks = false;
    for (size_t i = 0, n; i < len && !e->out->overflow; i += n) {
        uint32_t rune;
        n = next_piece(text + i, len - i, breaks ? 0 : room(e, may_fold), kind, &rune);
        bool inside = !quoted || (i > 0 && i + 1 < len);
        if (rune == ' ') {
            if (may_fold && inside && folds_at(e, text, len, i, spaces))
                yaml_emit_indent(e);
            else
                yaml_emit_char(e, ' ');
            spaces = true;
        } else if (yaml_is_break(rune)) {
            if (!breaks && rune == '\n')
                yaml_emit_break(e);
            write_text_break(e, text + i, n);
            e->indention = true;
            breaks = true;
        } else {
            if (breaks)
                yaml_emit_indent(e);
            if (quoted && rune == '\'')
                yaml_emit_char(e, '\'');
            yaml_emit_piece(e, text + i, n);
            e->indention = spaces = breaks = false;
        }
    }
}

static char short_escape(uint32_t rune)
{
    static const struct {
        uint32_t rune;
        char letter;
    } escapes[] = {
        {0x00, '0'},  {0x07, 'a'}, {0x08, 'b'}, {0x09, 't'},   {0x0A, 'n'},
        {0x0B, 'v'},  {0x0C, 'f'}, {0x0D, 'r'}, {0x1B, 'e'},   {'"', '"'},
        {'\\', '\\'}, {0x85, 'N'}, {0xA0, '_'}, {0x2028, 'L'}, {0x2029, 'P'},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(escapes); i++)
        if (escapes[i].rune == rune)
            return escapes[i].letter;
    return '\0';
}

static void write_escape(struct yaml_emitter *e, uint32_t rune)
{
    static const char digits[] = "0123456789ABCDEF";
    char letter = short_escape(rune);
    yaml_emit_char(e, '\\');
    if (letter) {
        yaml_emit_char(e, letter);
        return;
    }
    int width = rune <= 0xFF ? 2 : rune <= 0xFFFF ? 4 : 8;
    yaml_emit_char(e, width == 2 ? 'x' : width == 4 ? 'u' : 'U');
    for (int shift = (width - 1) * 4; shift >= 0; shift -= 4)
        yaml_emit_char(e, digits[rune >> shift & 15]);
}

/* emitterc.go yaml_emitter_write_double_quoted_scalar. Its test for a byte order mark looks at the
 * start of the text for every rune, so a text that begins with one is escaped throughout. */
static void write_double(struct yaml_emitter *e, const char *text, size_t len, bool may_fold)
{
    bool after_space = false, escape_all = len >= 3 && text_has_prefix(text, "\xEF\xBB\xBF");
    for (size_t i = 0, n; i < len && !e->out->overflow; i += n) {
        uint32_t rune;
        n = escape_all ? text_rune(text + i, len - i, &rune)
                       : next_piece(text + i, len - i, room(e, may_fold), YAML_BYTE_DOUBLE, &rune);
        if (escape_all || !yaml_is_printable(rune) || yaml_is_break(rune) || rune == '"' ||
            rune == '\\') {
            write_escape(e, rune);
        } else if (rune == ' ' && may_fold && !after_space && past_width(e) && i > 0 &&
                   i + 1 < len) {
            yaml_emit_indent(e);
            if (is_space_at(text, len, i + 1))
                yaml_emit_char(e, '\\');
        } else {
            yaml_emit_piece(e, text + i, n);
        }
        after_space = rune == ' ' && !escape_all;
    }
}

/* Where the last rune before byte `end` > 0 begins. */
static size_t last_rune(const char *text, size_t end, uint32_t *ret_rune)
{
    size_t i = end - 1;
    while (i > 0 && ((unsigned char)text[i] & 0xC0) == 0x80)
        i--;
    text_rune(text + i, end - i, ret_rune);
    return i;
}

/* '-' when no break ends the text, '+' when several do or it is one break only, else none. */
static char chomping_hint(const char *text, size_t len)
{
    uint32_t rune;
    size_t i = last_rune(text, len, &rune);
    if (!yaml_is_break(rune))
        return '-';
    if (i == 0)
        return '+';
    last_rune(text, i, &rune);
    return yaml_is_break(rune) ? '+' : '\0';
}

static void write_literal(struct yaml_emitter *e, const char *text, size_t len)
{
    uint32_t first;
    bool breaks = true;
    text_rune(text, len, &first);
    yaml_emit_indicator(e, '|', YAML_INDICATOR_SPACED);
    if (first == ' ' || yaml_is_break(first))
        yaml_emit_indicator(e, '0' + YAML_EMIT_INDENT, 0);
    char chomping = chomping_hint(text, len);
    if (chomping)
        yaml_emit_indicator(e, chomping, 0);
    yaml_emit_break(e);
    e->indention = e->whitespace = true;
    for (size_t i = 0, n; i < len && !e->out->overflow; i += n) {
        uint32_t rune;
        n = next_piece(text + i, len - i, SIZE_MAX, YAML_BYTE_PLAIN, &rune);
        if (yaml_is_break(rune)) {
            write_text_break(e, text + i, n);
            e->indention = true;
            breaks = true;
            continue;
        }
        if (breaks)
            yaml_emit_indent(e);
        yaml_emit_piece(e, text + i, n);
        e->indention = breaks = false;
    }
}

void yaml_text_write(struct yaml_emitter *e, const char *text, size_t len, enum yaml_style style,
                     bool may_fold)
{
    if (style == YAML_STYLE_LITERAL) {
        write_literal(e, text, len);
        return;
    }
    if (style == YAML_STYLE_PLAIN) {
        if (!e->whitespace)
            yaml_emit_char(e, ' ');
        write_flowing(e, text, len, false, may_fold);
    } else {
        char quote = style == YAML_STYLE_SINGLE ? '\'' : '"';
        yaml_emit_indicator(e, quote, YAML_INDICATOR_SPACED);
        if (style == YAML_STYLE_SINGLE)
            write_flowing(e, text, len, true, may_fold);
        else
            write_double(e, text, len, may_fold);
        yaml_emit_indicator(e, quote, 0);
    }
    e->whitespace = e->indention = false;
}
