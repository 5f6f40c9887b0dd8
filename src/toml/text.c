/* Keys and strings as TOML writes them. */
#include <string.h>

#include "meshctl/toml/toml.h"
#include "scan.h"

/* encode.go dblQuotedReplacer: byte by byte, so that bad UTF-8 passes as it is. */
void toml_write_quoted(struct buf *out, struct tval_string s)
{
    static const char escaped[] = "\"\\\b\t\n\f\r";
    static const char letters[] = "\"\\btnfr";
    buf_appendc(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.data[i];
        const char *found = c ? strchr(escaped, c) : NULL;
        if (found)
            buf_appendf(out, "\\%c", letters[found - escaped]);
        else if (c < 0x20 || c == 0x7f)
            buf_appendf(out, "\\u%04x", c);
        else
            buf_appendc(out, (char)c);
    }
    buf_appendc(out, '"');
}

void toml_write_key(struct buf *out, struct tval_string s)
{
    bool bare = s.len > 0;
    for (size_t i = 0; i < s.len && bare; i++)
        bare = toml_is_bare_key((unsigned char)s.data[i]);
    if (bare)
        buf_append(out, s.data, s.len);
    else
        toml_write_quoted(out, s);
}

void toml_write_path(struct buf *out, const struct tval_string *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_appendc(out, '.');
        toml_write_key(out, parts[i]);
    }
}
