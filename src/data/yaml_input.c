/* Feeds libyaml, past its decoder where the text needs none. */
#include "yaml_input.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/mem.h"
#include "meshctl/base/text.h"

#define READ_AHEAD 512                   /* go-yaml v2 yamlprivateh.go input_raw_buffer_size */
#define LIBRARY_READ ((size_t)16 * 1024) /* libyaml yaml_private.h INPUT_RAW_BUFFER_SIZE */

/* The scanner looks at up to four characters, of which the first may be the NUL at the end. */
#define END_PAD 8

static const char byte_order_mark[] = "\xEF\xBB\xBF";

/* libyaml reader.c yaml_parser_update_buffer. */
static bool is_allowed(uint32_t rune, size_t width)
{
    if (rune < 0x80)
        return rune == '\t' || rune == '\n' || rune == '\r' || (rune >= ' ' && rune <= '~');
    return width > 1 && (rune == 0x85 || rune >= 0xA0) && rune != 0xFFFE && rune != 0xFFFF;
}

/* False when the reader would have to say something, or to leave something out. */
static bool count_runes(const char *text, size_t len, size_t *ret_count)
{
    size_t count = 0;
    if (len >= 3 && memcmp(text, byte_order_mark, 3) == 0)
        return false;
    for (size_t i = 0; i < len; count++) {
        size_t plain = text_plain_len(text + i, len - i);
        i += plain;
        count += plain;
        if (i == len)
            break;
        uint32_t rune;
        size_t width = text_rune(text + i, len - i, &rune);
        if (!is_allowed(rune, width))
            return false;
        i += width;
    }
    *ret_count = count;
    return true;
}

/* As the reader leaves its buffer when it has read all, which it frees with the parser. */
static void fill_buffer(yaml_parser_t *parser, const char *text, size_t len, size_t runes)
{
    yaml_char_t *copy = mem_alloc(len + END_PAD);
    if (len)
        memcpy(copy, text, len);
    memset(copy + len, 0, END_PAD);
    free(parser->buffer.start);
    parser->buffer.start = parser->buffer.pointer = copy;
    parser->buffer.last = copy + len + 1;
    parser->buffer.end = copy + len + END_PAD;
    parser->unread = runes + 1;
    parser->encoding = YAML_UTF8_ENCODING;
    parser->eof = 1;
}

/* go-yaml v2 looks 512 bytes ahead and libyaml 16 KiB: what the reader refuses must not come before
 * an error, or the end of the document, that go-yaml meets first. */
static int read_piece(void *data, unsigned char *buffer, size_t size, size_t *ret_size)
{
    struct yaml_input *in = data;
    size_t kept = LIBRARY_READ - size;
    size_t n = READ_AHEAD - kept;
    if (n > in->len - in->read)
        n = in->len - in->read;
    memcpy(buffer, in->text + in->read, n);
    in->read += n;
    *ret_size = n;
    return 1;
}

void yaml_input_set(struct yaml_input *in, yaml_parser_t *parser, const char *text, size_t len)
{
    size_t runes;
    *in = (struct yaml_input){.text = text, .len = len};
    yaml_parser_set_input(parser, read_piece, in);
    if (count_runes(text, len, &runes))
        fill_buffer(parser, text, len, runes);
}
