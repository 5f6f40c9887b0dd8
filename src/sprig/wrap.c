/* abbrev, wrap and their kin. */
#include "wrap.h"

#include <string.h>

#include "util.h"

/* goutils AbbreviateFull: at most `width` bytes, dots for what was cut; `offset` is where the kept
 * part should begin. */
static void abbreviate(struct tval_string s, int64_t offset, int64_t width, struct buf *out)
{
    int64_t len = (int64_t)s.len;
    if (width < 4)
        return;
    if (len <= width) {
        buf_append(out, s.data, s.len);
        return;
    }
    offset = offset > len ? len : offset;
    if (len - offset < width - 3)
        offset = len - (width - 3);
    if (offset <= 4) {
        buf_append(out, s.data, (size_t)(width - 3));
        buf_appends(out, "...");
        return;
    }
    if (width < 7)
        return;
    buf_appends(out, "...");
    if (offset + width - 3 < len) {
        struct tval_string rest = {s.data + offset, (size_t)(len - offset)};
        abbreviate(rest, 0, width - 3, out);
    } else {
        buf_append(out, s.data + (len - (width - 3)), (size_t)(width - 3));
    }
}

int func_abbrev(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    (void)argc;
    if (args[0].i < 4) {
        *ret = args[1];
        return 0;
    }
    abbreviate(args[1].s, 0, args[0].i, &out);
    return result_buf(call, &out, ret, err);
}

int func_abbrevboth(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                    struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    int64_t left = args[0].i;
    int64_t right = args[1].i;
    (void)argc;
    if (right < 4 || (left > 0 && right < 7)) {
        *ret = args[2];
        return 0;
    }
    abbreviate(args[2].s, left < 0 ? 0 : left, right, &out);
    return result_buf(call, &out, ret, err);
}

/* goutils WrapCustom: lines of at most `width` bytes, broken at spaces; a longer word is cut, or
 * stands alone when `cut` is false. */
static int wrap(struct tcall *call, struct tval_string s, int64_t width, struct tval_string eol,
                bool cut, struct tval *ret, struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    size_t at = 0;
    size_t room = width < 1 ? 1 : (size_t)width;
    while (s.len - at > room) {
        if (s.data[at] == ' ') {
            at++;
            continue;
        }
        const char *space = memrchr(s.data + at, ' ', room + 1);
        size_t end = at + room;
        size_t next = end;
        if (space || !cut) {
            if (!space)
                space = memchr(s.data + end, ' ', s.len - end);
            end = space ? (size_t)(space - s.data) : s.len;
            next = space ? end + 1 : end;
        }
        buf_append(&out, s.data + at, end - at);
        if (space || cut)
            buf_append(&out, eol.data, eol.len);
        at = next;
    }
    buf_append(&out, s.data + at, s.len - at);
    return result_buf(call, &out, ret, err);
}

int func_wrap(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
              struct error **err)
{
    static const struct tval_string newline = {"\n", 1};
    (void)argc;
    return wrap(call, args[1].s, args[0].i, newline, false, ret, err);
}

int func_wrap_with(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                   struct error **err)
{
    static const struct tval_string newline = {"\n", 1};
    (void)argc;
    return wrap(call, args[2].s, args[0].i, args[1].s.len > 0 ? args[1].s : newline, true, ret,
                err);
}
