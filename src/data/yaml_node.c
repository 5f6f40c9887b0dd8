/* The writer's middle layer: nodes one after the other, with their marks and indents. */
#include "yaml_node.h"

#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"
#include "yaml_text.h"

/* Longer keys get the "? key" form (emitterc.go yaml_emitter_check_simple_key); bytes. */
#define YAML_MAX_SIMPLE_KEY 128
/* go-yaml v3 resolve.go encodeBase64. */
#define YAML_BINARY_LINE 70
#define YAML_BINARY_TAG "!!binary"

/* A string as it is written: what is no UTF-8 has become U+FFFD, as in JSON text, or base64. */
struct node_text {
    const char *text;
    size_t len;
    bool is_binary;
    struct buf spare;
};

static void node_text_release(struct node_text *t)
{
    buf_release(&t->spare);
}

static void replace_bad_bytes(struct node_text *t)
{
    for (size_t i = 0; i < t->len;) {
        uint32_t rune;
        i += text_rune(t->text + i, t->len - i, &rune);
        text_append_rune(&t->spare, rune);
    }
}

static void encode_binary(struct node_text *t)
{
    AUTO_FREE char *encoded = base64_encode_dup(t->text, t->len);
    size_t len = strlen(encoded);
    t->is_binary = true;
    if (len < YAML_BINARY_LINE) {
        buf_append(&t->spare, encoded, len);
        return;
    }
    for (size_t i = 0; i < len; i += YAML_BINARY_LINE) {
        size_t n = len - i < YAML_BINARY_LINE ? len - i : YAML_BINARY_LINE;
        buf_append(&t->spare, encoded + i, n);
        buf_appendc(&t->spare, '\n');
    }
}

/* JSON leaves a next line (U+0085) as it is, and go-yaml folds it when it reads the JSON: one, with
 * the spaces around, becomes a space, of several each but the first a line feed. */
static const char *folded_text(const char *text, size_t *len, struct buf *spare)
{
    static const char next_line[] = "\xC2\x85";
    const char *end = text + *len, *at = text, *found;
    if (!text_find(text, *len, next_line, 2))
        return text;
    while ((found = text_find(at, (size_t)(end - at), next_line, 2))) {
        const char *kept = found;
        while (kept > at && kept[-1] == ' ')
            kept--;
        buf_append(spare, at, (size_t)(kept - at));
        size_t breaks = 0;
        for (at = found;
             at < end && (*at == ' ' || (end - at >= 2 && memcmp(at, next_line, 2) == 0));)
            if (*at == ' ') {
                at++;
            } else {
                at += 2;
                breaks++;
            }
        buf_pad(spare, breaks == 1 ? ' ' : '\n', breaks == 1 ? 1 : breaks - 1);
    }
    buf_append(spare, at, (size_t)(end - at));
    *len = spare->len;
    return spare->data;
}

static struct node_text valid_text(const struct yaml_emitter *e, const char *text, size_t len)
{
    struct node_text t = {.text = text, .len = len};
    if (text_is_utf8(text, len))
        return t;
    if (e->is_v3)
        encode_binary(&t);
    else
        replace_bad_bytes(&t);
    t.text = buf_str(&t.spare);
    t.len = t.spare.len;
    return t;
}

void yaml_node_plain(struct yaml_emitter *e, const char *text)
{
    yaml_text_write(e, text, strlen(text), YAML_STYLE_PLAIN, false);
}

static enum yaml_style style_of(const struct node_text *t, const struct yaml_analysis *a,
                                bool is_key)
{
    if (!t->is_binary)
        return yaml_style_of_string(t->text, t->len, a, is_key);
    return !a->multiline ? YAML_STYLE_PLAIN : is_key ? YAML_STYLE_DOUBLE : YAML_STYLE_LITERAL;
}

/* Scalars stand one level deeper than what they belong to, which shows in their further lines. */
static void write_text(struct yaml_emitter *e, const struct node_text *t,
                       const struct yaml_analysis *a, bool is_key)
{
    int saved = yaml_emit_indent_in(e, true, false);
    if (t->is_binary)
        yaml_text_write(e, YAML_BINARY_TAG, strlen(YAML_BINARY_TAG), YAML_STYLE_PLAIN, false);
    yaml_text_write(e, t->text, t->len, style_of(t, a, is_key), !is_key);
    e->indent = saved;
}

void yaml_node_string(struct yaml_emitter *e, const char *text, size_t len)
{
    MC_CLEANUP(node_text_release) struct node_text t = valid_text(e, text, len);
    AUTO_BUF folded = BUF_INIT;
    if (!e->is_v3)
        t.text = folded_text(t.text, &t.len, &folded);
    struct yaml_analysis a = yaml_analyze(t.text, t.len, e->is_v3);
    write_text(e, &t, &a, false);
}

void yaml_node_empty(struct yaml_emitter *e, const char brackets[static 2])
{
    yaml_emit_indicator(e, brackets[0], YAML_INDICATOR_SPACED | YAML_INDICATOR_WHITESPACE);
    yaml_emit_indicator(e, brackets[1], 0);
}

int yaml_node_open_mapping(struct yaml_emitter *e)
{
    return yaml_emit_indent_in(e, false, false);
}

int yaml_node_open_sequence(struct yaml_emitter *e, bool in_mapping)
{
    return yaml_emit_indent_in(e, false, !e->is_v3 && in_mapping && !e->indention);
}

void yaml_node_key(struct yaml_emitter *e, const char *text, size_t len)
{
    MC_CLEANUP(node_text_release) struct node_text t = valid_text(e, text, len);
    struct yaml_analysis a = yaml_analyze(t.text, t.len, e->is_v3);
    size_t length = t.len + (t.is_binary ? strlen(YAML_BINARY_TAG) : 0);
    yaml_emit_indent(e);
    if (!a.multiline && length <= YAML_MAX_SIMPLE_KEY) {
        write_text(e, &t, &a, true);
        yaml_emit_indicator(e, ':', 0);
        return;
    }
    yaml_emit_indicator(e, '?', YAML_INDICATOR_SPACED | YAML_INDICATOR_INDENTION);
    write_text(e, &t, &a, false);
    yaml_emit_indent(e);
    yaml_emit_indicator(e, ':', YAML_INDICATOR_SPACED | YAML_INDICATOR_INDENTION);
}

void yaml_node_item(struct yaml_emitter *e)
{
    yaml_emit_indent(e);
    yaml_emit_indicator(e, '-', YAML_INDICATOR_SPACED | YAML_INDICATOR_INDENTION);
}

void yaml_node_close(struct yaml_emitter *e, int indent)
{
    e->indent = indent;
}
