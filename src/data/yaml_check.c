/* What YAML cannot hold, told before anything is written. */
#include <string.h>

#include "keys.h"
#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"

/* Runes of a key as JSON, with its quotes, that go-yaml still takes for a key (scannerc.go
 * yaml_simple_key_is_valid). */
#define YAML_MAX_JSON_KEY 1024
/* Keys of up to this many bytes are none of those: JSON makes at most six runes of a byte. */
#define YAML_SHORT_KEY ((size_t)(YAML_MAX_JSON_KEY - 2) / 6)

/* go-yaml v2 readerc.go, less what JSON escapes. */
static bool is_control(uint32_t rune)
{
    return rune == 0x7F || (rune >= 0x80 && rune < 0xA0 && rune != 0x85) || rune == 0xFFFE ||
           rune == 0xFFFF;
}

/* ASCII without DEL. */
static bool is_plain_text(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] >= 0x7F)
            return false;
    return true;
}

/* Nothing in it can be wrong, which is so of nearly all values, and soon seen: the checks below
 * have to go by the order of the JSON text. */
static bool is_plain(const json_t *value, size_t depth)
{
    if (depth > JSON_MAX_DEPTH)
        return true;
    if (json_is_string(value))
        return is_plain_text(json_string_value(value), json_string_length(value));
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!is_plain(json_array_get(value, i), depth + 1))
            return false;
    for (void *it = json_object_iter((json_t *)value); it;
         it = json_object_iter_next((json_t *)value, it)) {
        size_t len = json_object_iter_key_len(it);
        if (len > YAML_SHORT_KEY || !is_plain_text(json_object_iter_key(it), len) ||
            !is_plain(json_object_iter_value(it), depth + 1))
            return false;
    }
    return true;
}

static int check_text(const char *text, size_t len, struct error **err)
{
    for (size_t at = 0; at < len;) {
        uint32_t rune;
        at += text_rune(text + at, len - at, &rune);
        if (is_control(rune))
            return error_set(err, ERROR_INPUT, "yaml: control characters are not allowed");
    }
    return 0;
}

static bool is_long_key(const char *key, size_t len)
{
    AUTO_BUF text = BUF_INIT;
    json_auto_t *j = json_stringn_nocheck(key, len);
    json_write(&text, j, 0);
    size_t runes = 0;
    for (size_t at = 0; at < text.len; runes++) {
        uint32_t rune;
        at += text_rune(text.data + at, text.len - at, &rune);
    }
    return runes > YAML_MAX_JSON_KEY;
}

static int check_texts(const json_t *value, size_t depth, struct error **err)
{
    const char *key;
    json_t *item;
    size_t i, len;
    if (depth > JSON_MAX_DEPTH)
        return 0;
    if (json_is_string(value))
        return check_text(json_string_value(value), json_string_length(value), err);
    json_array_foreach(value, i, item)
        if (check_texts(item, depth + 1, err))
            return -1;
    json_object_keylen_foreach((json_t *)value, key, len,
                               item) if (check_text(key, len, err) ||
                                         check_texts(item, depth + 1, err)) return -1;
    return 0;
}

static size_t next_lines(const char *text, size_t len)
{
    size_t count = 0;
    for (const char *end = text + len;
         (text = text_find(text, (size_t)(end - text), "\xC2\x85", 2)); text += 2)
        count++;
    return count;
}

/* In the order of the JSON text. *lines counts what go-yaml takes for line ends in it. */
static int check_keys(const json_t *value, size_t depth, size_t *lines, struct error **err)
{
    if (depth > JSON_MAX_DEPTH)
        return 0;
    if (json_is_string(value))
        *lines += next_lines(json_string_value(value), json_string_length(value));
    for (size_t i = 0; i < json_array_size(value); i++)
        if (check_keys(json_array_get(value, i), depth + 1, lines, err))
            return -1;
    if (!json_is_object(value))
        return 0;
    AUTO_FREE struct data_key *keys = data_keys_new(value, data_key_compare_bytes);
    for (size_t i = 0; i < json_object_size(value); i++) {
        size_t inside = next_lines(keys[i].text, keys[i].len);
        AUTO_FREE char *line = *lines + inside ? mem_printf("line %zu: ", *lines + inside) : NULL;
        if (inside || is_long_key(keys[i].text, keys[i].len))
            return error_set(err, ERROR_INPUT, "yaml: %sdid not find expected ',' or '}'",
                             line ? line : "");
        if (check_keys(keys[i].value, depth + 1, lines, err))
            return -1;
    }
    return 0;
}

/* All control characters first: go-yaml's reader comes before its scanner. */
int yaml_check_write(const json_t *value, struct error **err)
{
    size_t lines = 0;
    if (is_plain(value, 0))
        return 0;
    return check_texts(value, 0, err) || check_keys(value, 0, &lines, err) ? -1 : 0;
}
