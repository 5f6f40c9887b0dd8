/* The parser of --set: keys, indexes, lists, escapes. */
#include "values_set.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "meshctl/base/budget.h"
#include "meshctl/base/text.h"
#include "meshctl/data/gotype.h"
#include "meshctl/golang/strconv.h"
#include "meshctl/golang/unicode.h"
#include "meshctl/value/json_decode.h"
#include "values_text.h"

/* Helm bounds the names of a key but not its list indexes; half of JSON_MAX_DEPTH, as each index
 * can hold a map. */
#define STRVALS_MAX_INDEXES (JSON_MAX_DEPTH / 2 - VALUES_MAX_NESTING)

struct parser {
    const char *pos, *end;
    enum values_set_kind kind;
    const struct values_urls *urls;
    int indexes; /* "[n]" so far in this key */
    struct error **err;
};

/* What a production ends with. STEP_END is Go's io.EOF: the text is used up, which is no error
 * where a key could begin. */
enum step { STEP_OK, STEP_END, STEP_FAIL };

static enum step fail(struct parser *p, const char *fmt, ...) MC_PRINTF(2, 3);
static enum step fail(struct parser *p, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    error_set(p->err, ERROR_INPUT, "%s", text);
    return STEP_FAIL;
}

static enum step parse_key(struct parser *p, json_t *object, int level);

/* Takes runes into `out` up to one of `stops`, which is consumed and returned; -1 at the end of the
 * text. A backslash takes the next rune as it is, except in --set-literal. Bad UTF-8 becomes
 * U+FFFD, as Go's ReadRune makes it. */
static int take_until(struct parser *p, const char *stops, struct buf *out)
{
    while (p->pos < p->end) {
        uint32_t rune;
        p->pos += text_rune(p->pos, (size_t)(p->end - p->pos), &rune);
        if (rune && rune < 0x80 && strchr(stops, (int)rune))
            return (int)rune;
        if (rune == '\\' && p->kind != VALUES_SET_LITERAL) {
            if (p->pos == p->end)
                return -1;
            p->pos += text_rune(p->pos, (size_t)(p->end - p->pos), &rune);
        }
        text_append_rune(out, rune);
    }
    return -1;
}

static void set_key(json_t *object, const struct buf *key, json_t *value)
{
    if (key->len)
        json_object_setn_new(object, key->data, key->len, value);
    else
        json_decref(value);
}

static json_t *find_key(json_t *object, const struct buf *key)
{
    return json_object_getn(object, buf_str(key), key->len);
}

static enum step wrong_type(struct parser *p, const json_t *have, const char *want)
{
    return fail(p, "unable to parse key: interface conversion: interface {} is %s, not %s",
                name_go_type(have), want);
}

/* --- values --- */

/* strvals typedVal. */
static json_t *typed_value(const struct buf *text)
{
    const char *s = buf_str(text);
    bool plain = strlen(s) == text->len;
    if (plain && strcasecmp(s, "true") == 0)
        return json_true();
    if (plain && strcasecmp(s, "false") == 0)
        return json_false();
    if (plain && strcasecmp(s, "null") == 0)
        return json_null();
    if (plain && strcmp(s, "0") == 0)
        return json_integer(0);
    int64_t number;
    if (s[0] != '0' && goint_parse(s, text->len, 10, &number) == GONUM_OK)
        return json_integer(number);
    return json_stringn(s, text->len);
}

static enum step read_value(struct parser *p, const struct buf *text, json_t **ret_value)
{
    if (p->kind == VALUES_SET) {
        *ret_value = typed_value(text);
    } else if (p->kind == VALUES_SET_FILE) {
        AUTO_BUF content = BUF_INIT;
        if (values_read_file(buf_str(text), p->urls, &content, p->err))
            return STEP_FAIL;
        if (!text_is_utf8(buf_str(&content), content.len))
            return fail(p, "the file %s is no UTF-8 text", buf_str(text));
        *ret_value = json_stringn(buf_str(&content), content.len);
    } else {
        *ret_value = json_stringn(buf_str(text), text->len);
    }
    return STEP_OK;
}

/* "{a,b}" after the opening brace. */
static enum step parse_list(struct parser *p, json_t **ret_value)
{
    json_auto_t *list = json_array();
    for (;;) {
        AUTO_BUF text = BUF_INIT;
        int stop = take_until(p, ",}", &text);
        if (stop < 0)
            return fail(p, "list must terminate with '}'");
        json_t *item = NULL;
        if (read_value(p, &text, &item) == STEP_FAIL)
            return STEP_FAIL;
        json_array_append_new(list, item);
        if (stop == '}')
            break;
    }
    if (p->pos < p->end && *p->pos == ',')
        p->pos++;
    *ret_value = TAKE(list);
    return STEP_OK;
}

/* Skips blanks and then one comma. True when there was no value before it. */
static bool skip_to_comma(struct parser *p)
{
    while (p->pos < p->end) {
        uint32_t rune;
        size_t n = text_rune(p->pos, (size_t)(p->end - p->pos), &rune);
        if (rune != ',' && !trune_is_space(rune))
            return false;
        p->pos += n;
        if (rune == ',')
            return true;
    }
    return true;
}

static enum step parse_json(struct parser *p, json_t **ret_value)
{
    if (skip_to_comma(p)) {
        *ret_value = json_null();
        return STEP_OK;
    }
    AUTO_ARENA *a = arena_new();
    struct tval value;
    size_t used;
    if (gojson_decode(a, p->pos, (size_t)(p->end - p->pos), &value, &used, p->err) ||
        tval_to_json(a, value, ret_value, p->err))
        return STEP_FAIL;
    p->pos += used;
    skip_to_comma(p);
    return STEP_OK;
}

/* Everything behind '='. */
static enum step parse_value(struct parser *p, json_t **ret_value)
{
    if (p->kind == VALUES_SET_JSON)
        return parse_json(p, ret_value);
    if (p->kind == VALUES_SET_LITERAL) {
        AUTO_BUF text = BUF_INIT;
        take_until(p, "", &text);
        return read_value(p, &text, ret_value);
    }
    if (p->pos == p->end) {
        *ret_value = json_string("");
        return STEP_END;
    }
    if (*p->pos == '{') {
        p->pos++;
        return parse_list(p, ret_value);
    }
    AUTO_BUF text = BUF_INIT;
    take_until(p, ",", &text);
    return read_value(p, &text, ret_value);
}

/* --- lists --- */

static enum step parse_index(struct parser *p, json_int_t *ret_index)
{
    AUTO_BUF text = BUF_INIT;
    int64_t index;
    if (take_until(p, "]", &text) < 0)
        return fail(p, "error parsing index: EOF");
    enum gonum wrong = goint_parse(buf_str(&text), text.len, 10, &index);
    if (wrong) {
        AUTO_BUF problem = BUF_INIT;
        gonum_append_error(&problem, "Atoi", buf_str(&text), text.len, wrong);
        return fail(p, "error parsing index: %s", buf_str(&problem));
    }
    *ret_index = index;
    return STEP_OK;
}

/* strvals setIndex; takes over `value`. */
static enum step set_index(struct parser *p, json_t *list, json_int_t index, json_t *value)
{
    json_auto_t *owned = value;
    if (index > VALUES_MAX_INDEX)
        return fail(p, "index of %lld is greater than maximum supported index of %d",
                    (long long)index, VALUES_MAX_INDEX);
    while (json_array_size(list) <= (size_t)index)
        json_array_append_new(list, json_null());
    json_array_set(list, (size_t)index, owned);
    return STEP_OK;
}

static enum step parse_item(struct parser *p, json_t *list, json_int_t index, int level);

static enum step parse_nested_list(struct parser *p, json_t *list, json_int_t index, int level)
{
    json_int_t next;
    if (parse_index(p, &next) == STEP_FAIL)
        return STEP_FAIL;
    json_t *have = json_array_get(list, (size_t)index);
    if (have && !json_is_null(have) && !json_is_array(have))
        return wrong_type(p, have, "[]interface {}");
    json_auto_t *inner = json_is_array(have) ? json_incref(have) : json_array();
    enum step step = parse_item(p, inner, next, level);
    if (step != STEP_OK)
        return step;
    return set_index(p, list, index, json_incref(inner));
}

static enum step parse_nested_map(struct parser *p, json_t *list, json_int_t index, int level)
{
    json_t *have = json_array_get(list, (size_t)index);
    json_auto_t *inner = json_is_object(have) ? json_incref(have) : json_object();
    if (have && !json_is_object(have))
        json_array_set(list, (size_t)index, inner);
    enum step step = parse_key(p, inner, level);
    if (step != STEP_OK)
        return step;
    return set_index(p, list, index, json_incref(inner));
}

/* Helm prints the runes one by one: ['a' 'b']. */
static enum step fail_rest(struct parser *p, const struct buf *rest)
{
    AUTO_BUF out = BUF_INIT;
    const char *s = buf_str(rest);
    for (size_t left = rest->len, n; left; left -= n, s += n) {
        uint32_t rune;
        n = text_rune(s, left, &rune);
        AUTO_BUF quoted = BUF_INIT;
        goquote_append(&quoted, s, n);
        const char *shown = rune == '\'' ? "\\'" : rune == '"' ? "\"" : NULL;
        buf_appendf(&out, "%s'%.*s'", out.len ? " " : "",
                    shown ? (int)strlen(shown) : (int)quoted.len - 2,
                    shown ? shown : quoted.data + 1);
    }
    return fail(p, "unexpected data at end of array index: [%s]", buf_str(&out));
}

/* What follows "key[index]". */
static enum step parse_item(struct parser *p, json_t *list, json_int_t index, int level)
{
    if (index < 0)
        return fail(p, "negative %lld index not allowed", (long long)index);
    if (budget_check(p->err) < 0)
        return STEP_FAIL;
    if (++p->indexes > STRVALS_MAX_INDEXES)
        return fail(p, "a key with more than %d indexes", STRVALS_MAX_INDEXES);
    AUTO_BUF rest = BUF_INIT;
    int stop = take_until(p, "[.=", &rest);
    if (rest.len)
        return fail_rest(p, &rest);
    if (stop < 0)
        return STEP_END;
    if (stop == '[')
        return parse_nested_list(p, list, index, level);
    if (stop == '.')
        return parse_nested_map(p, list, index, level);
    json_t *value = NULL;
    if (parse_value(p, &value) == STEP_FAIL)
        return STEP_FAIL;
    return set_index(p, list, index, value);
}

/* --- keys --- */

static enum step parse_list_key(struct parser *p, json_t *object, const struct buf *key, int level)
{
    json_int_t index;
    if (parse_index(p, &index) == STEP_FAIL)
        return STEP_FAIL;
    json_t *have = find_key(object, key);
    if (have && !json_is_array(have))
        return wrong_type(p, have, "[]interface {}");
    json_auto_t *list = have ? json_incref(have) : json_array();
    enum step step = parse_item(p, list, index, level);
    set_key(object, key, json_incref(list));
    return step;
}

static enum step parse_map_key(struct parser *p, json_t *object, const struct buf *key, int level)
{
    if (++level > VALUES_MAX_NESTING)
        return fail(p,
                    "value name nested level is greater than maximum supported nested level of %d",
                    VALUES_MAX_NESTING);
    json_t *have = find_key(object, key);
    if (have && !json_is_object(have))
        return wrong_type(p, have, "map[string]interface {}");
    json_auto_t *inner = have ? json_incref(have) : json_object();
    enum step step = parse_key(p, inner, level);
    if (step == STEP_OK && !json_object_size(inner)) {
        AUTO_BUF quoted = BUF_INIT;
        goquote_append(&quoted, buf_str(key), key->len);
        return fail(p, "key map %s has no value", buf_str(&quoted));
    }
    if (json_object_size(inner))
        set_key(object, key, json_incref(inner));
    return step;
}

static enum step parse_key(struct parser *p, json_t *object, int level)
{
    if (budget_check(p->err) < 0)
        return STEP_FAIL;
    AUTO_BUF key = BUF_INIT;
    int stop = take_until(p, p->kind == VALUES_SET_LITERAL ? "=[." : "=[,.", &key);
    AUTO_BUF quoted = BUF_INIT;
    goquote_append(&quoted, buf_str(&key), key.len);
    json_t *value = NULL;
    enum step step;
    switch (stop) {
    case '[':
        return parse_list_key(p, object, &key, level);
    case '.':
        return parse_map_key(p, object, &key, level);
    case '=':
        step = parse_value(p, &value);
        if (step != STEP_FAIL)
            set_key(object, &key, value);
        return step;
    case ',':
        set_key(object, &key, json_string(""));
        return fail(p, "key %s has no value (cannot end with ,)", buf_str(&quoted));
    default:
        if (!key.len)
            return STEP_END;
        return fail(p, "key %s has no value", buf_str(&quoted));
    }
}

int strvals_parse(json_t *values, enum values_set_kind kind, const char *text, size_t len,
                  const struct values_urls *urls, struct error **err)
{
    struct parser p = {.pos = text, .end = text + len, .kind = kind, .urls = urls, .err = err};
    enum step step;
    do {
        p.indexes = 0;
        step = parse_key(&p, values, 0);
    } while (step == STEP_OK);
    return step == STEP_FAIL ? -1 : 0;
}
