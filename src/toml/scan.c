/* The text under the pen, and its first error. */
#include "scan.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/strconv.h"

void toml_scan_release(struct toml_scan *s)
{
    buf_release(&s->error);
}

int toml_fail_at(struct toml_scan *s, long line, const char *fmt, ...)
{
    va_list ap;
    if (s->failed)
        return -1;
    s->failed = true;
    s->error_line = line;
    va_start(ap, fmt);
    buf_vappendf(&s->error, fmt, ap);
    va_end(ap);
    return -1;
}

long toml_fail_line(const struct toml_scan *s)
{
    return s->line - (s->at_end && s->pos > 0 && s->text[s->pos - 1] == '\n');
}

int toml_fail(struct toml_scan *s, const char *fmt, ...)
{
    va_list ap;
    if (s->failed)
        return -1;
    s->failed = true;
    s->error_line = toml_fail_line(s);
    va_start(ap, fmt);
    buf_vappendf(&s->error, fmt, ap);
    va_end(ap);
    return -1;
}

int toml_fail_rune(struct toml_scan *s, long line, const char *fmt, uint32_t rune)
{
    AUTO_BUF utf8 = BUF_INIT;
    AUTO_BUF quoted = BUF_INIT;
    text_append_rune(&utf8, rune == TOML_BAD ? 0xFFFD : rune);
    goquote_append_as(&quoted, utf8.data, utf8.len, '\'', false);
    const char *rest = strstr(fmt, "%s");
    return toml_fail_at(s, line, "%.*s%s%s", (int)(rest - fmt), fmt, buf_str(&quoted), rest + 2);
}

uint32_t toml_next(struct toml_scan *s)
{
    uint32_t rune;
    if (s->failed)
        return TOML_BAD;
    if (s->pos >= s->len) {
        s->at_end = true;
        return TOML_EOF;
    }
    const char *at = s->text + s->pos;
    size_t width = text_rune(at, s->len - s->pos, &rune);
    if (rune == 0xFFFD && width == 1) {
        (void)toml_fail_at(s, s->line, "invalid UTF-8 byte: 0x%02x", (unsigned char)*at);
        return TOML_BAD;
    }
    bool lone_return = rune == '\r' && (s->pos + 1 == s->len || at[1] != '\n');
    if ((rune < 0x20 && rune != '\t' && rune != '\r' && rune != '\n') || rune == 0x7f ||
        lone_return) {
        (void)toml_fail_at(s, s->line, "TOML files cannot contain control characters: '0x%02x'",
                           (unsigned)rune);
        return TOML_BAD;
    }
    s->line += rune == '\n';
    s->width = width;
    s->pos += width;
    return rune;
}

void toml_back(struct toml_scan *s)
{
    if (s->failed)
        return;
    if (s->at_end) {
        s->at_end = false;
        return;
    }
    s->pos -= s->width;
    s->width = 1;
    s->line -= s->text[s->pos] == '\n';
}

uint32_t toml_peek(struct toml_scan *s)
{
    size_t width = s->width;
    uint32_t rune = toml_next(s);
    toml_back(s);
    s->width = width;
    return rune;
}

bool toml_accept(struct toml_scan *s, uint32_t wanted)
{
    if (toml_next(s) == wanted)
        return true;
    toml_back(s);
    return false;
}

void toml_ignore(struct toml_scan *s)
{
    s->start = s->pos;
}

void toml_skip_blanks(struct toml_scan *s)
{
    while (toml_is_blank(toml_next(s)))
        ;
    toml_back(s);
    toml_ignore(s);
}

struct toml_item toml_take(struct toml_scan *s)
{
    struct toml_item item = {.text = s->text + s->start, .len = s->pos - s->start, .line = s->line};
    s->start = s->pos;
    return item;
}

bool toml_is_blank(uint32_t rune)
{
    return rune == '\t' || rune == ' ';
}

bool toml_is_newline(uint32_t rune)
{
    return rune == '\n' || rune == '\r';
}

bool toml_is_digit(uint32_t rune)
{
    return rune >= '0' && rune <= '9';
}

bool toml_is_hex(uint32_t rune)
{
    return toml_is_digit(rune) || (rune >= 'a' && rune <= 'f') || (rune >= 'A' && rune <= 'F');
}

bool toml_is_bare_key(uint32_t rune)
{
    return toml_is_digit(rune) || (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z') ||
           rune == '_' || rune == '-';
}
