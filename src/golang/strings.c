/* Go's package strings: white space around a text. */
#include "meshctl/golang/strings.h"

#include "meshctl/base/text.h"
#include "meshctl/golang/unicode.h"

void gostring_trim_left(const char **s, size_t *len)
{
    uint32_t rune;
    size_t n;
    while ((n = text_rune(*s, *len, &rune)) && trune_is_space(rune)) {
        *s += n;
        *len -= n;
    }
}

/* Length of the last rune: back over at most three continuation bytes. */
static size_t last_rune(const char *s, size_t len, uint32_t *ret_rune)
{
    size_t start = len - 1;
    while (start > 0 && len - start < 4 && ((unsigned char)s[start] & 0xc0) == 0x80)
        start--;
    if (text_rune(s + start, len - start, ret_rune) == len - start)
        return len - start;
    *ret_rune = 0xfffd;
    return 1;
}

void gostring_trim(const char **s, size_t *len)
{
    gostring_trim_left(s, len);
    while (*len) {
        uint32_t rune;
        size_t n = last_rune(*s, *len, &rune);
        if (!trune_is_space(rune))
            return;
        *len -= n;
    }
}
