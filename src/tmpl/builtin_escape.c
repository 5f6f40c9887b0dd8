/* html, js and urlquery. */
#include "builtin_escape.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/unicode.h"
#include "meshctl/golang/url.h"

/* What is escaped: fmt.Sprint of the arguments, where a nil reads as when a template prints it (Go
 * evalArgs). */
static void args_text(struct tcall *call, const struct tval *args, size_t argc, struct buf *out)
{
    struct tval *shown = arena_alloc(call->a, (argc + 1) * sizeof(*shown));
    for (size_t i = 0; i < argc; i++) {
        bool nothing = args[i].kind == TVAL_NIL || args[i].kind == TVAL_NONE;
        shown[i] = nothing ? tval_cstring(call->a, "<no value>") : args[i];
    }
    tprint_sprint(out, call->a, shown, argc);
}

static const char *html_entity(char c)
{
    switch (c) {
    case '\0':
        return "\xef\xbf\xbd";
    case '"':
        return "&#34;";
    case '\'':
        return "&#39;";
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    default:
        return NULL;
    }
}

static void escape_html(struct buf *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len && !out->overflow; i++) {
        const char *entity = html_entity(s[i]);
        if (entity)
            buf_appends(out, entity);
        else
            buf_appendc(out, s[i]);
    }
}

static void escape_js_ascii(struct buf *out, unsigned char c)
{
    if (c == '\\' || c == '\'' || c == '"')
        buf_appendf(out, "\\%c", c);
    else if (c < ' ' || strchr("<>&=", c))
        buf_appendf(out, "\\u%04X", c);
    else
        buf_appendc(out, (char)c);
}

static void escape_js(struct buf *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len && !out->overflow;) {
        uint32_t r = (unsigned char)s[i];
        if (r < 0x80) {
            escape_js_ascii(out, (unsigned char)r);
            i++;
            continue;
        }
        size_t size = text_rune(s + i, len - i, &r);
        if (trune_is(r, TRUNE_PRINT))
            buf_append(out, s + i, size);
        else
            buf_appendf(out, "\\u%04X", (unsigned)r);
        i += size;
    }
}

static int escape(struct tcall *call, const struct tval *args, size_t argc,
                  void (*fn)(struct buf *, const char *, size_t), struct tval *ret,
                  struct error **err)
{
    AUTO_BUF text = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    AUTO_BUF escaped = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    args_text(call, args, argc, &text);
    fn(&escaped, buf_str(&text), text.len);
    escaped.overflow |= text.overflow;
    return result_buf(call, &escaped, ret, err);
}

int tbuiltin_html(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                  struct error **err)
{
    return escape(call, args, argc, escape_html, ret, err);
}

int tbuiltin_js(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    return escape(call, args, argc, escape_js, ret, err);
}

int tbuiltin_urlquery(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    return escape(call, args, argc, gourl_query_escape, ret, err);
}
