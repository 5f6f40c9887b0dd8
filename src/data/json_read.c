/* JSON by jansson, with limits and places in errors. */
#include "meshctl/data/json.h"

#include <string.h>

#include "json_cost.h"
#include "meshctl/base/text.h"

/* jansson quotes the text that it stumbled over; a Secret's content must not get into a message. */
static void cut_quotation(char *text)
{
    char *near = strstr(text, " near '");
    if (near)
        *near = '\0';
}

static size_t skip_string(const char *text, size_t len, size_t i)
{
    for (i++; i < len && text[i] != '"'; i++)
        if (text[i] == '\\')
            i++;
    return i < len ? i + 1 : len;
}

static bool fits_integer(const char *digits, size_t count)
{
    static const char most[] = "9223372036854775807";
    size_t limit = sizeof(most) - 1;
    return count < limit || (count == limit && memcmp(digits, most, limit) <= 0);
}

/* The text with ".0" behind every integer that fits no int64, which makes a real of it. */
static void widen_integers(const char *text, size_t len, struct buf *out)
{
    for (size_t i = 0, start; i < len;) {
        start = i;
        if (text[i] == '"') {
            i = skip_string(text, len, i);
        } else if (text[i] < '0' || text[i] > '9') {
            i++;
        } else {
            while (i < len && text[i] >= '0' && text[i] <= '9')
                i++;
            bool whole = (start == 0 || !strchr(".eE+", text[start - 1])) &&
                         (i == len || !strchr(".eE", text[i]));
            if (whole && !fits_integer(text + start, i - start)) {
                buf_append(out, text + start, i - start);
                buf_append(out, ".0", 2);
                continue;
            }
        }
        buf_append(out, text + start, i - start);
    }
}

/* jansson has no integer past int64; Go's decoder makes a float64 of such a number. */
static json_t *parse(const char *text, size_t len, size_t flags, json_error_t *problem)
{
    json_t *value = json_loadb(text, len, flags, problem);
    if (value || json_error_code(problem) != json_error_numeric_overflow)
        return value;
    AUTO_SECRET_BUF wide = BUF_INIT;
    widen_integers(text, len, &wide);
    return json_loadb(buf_str(&wide), wide.len, flags, problem);
}

static int check_limits(const char *text, size_t len, struct error **err)
{
    if (len > JSON_MAX_TEXT)
        return error_set(err, ERROR_INPUT, "JSON text of %zu bytes is larger than the limit of %zu",
                         len, JSON_MAX_TEXT);
    /* jansson takes a NUL behind a number for the end. */
    if (memchr(text, '\0', len))
        return error_set(err, ERROR_INPUT, "JSON: NUL byte in the text");
    struct json_cost cost = json_cost_of(text, len, JSON_MAX_TREE, JSON_MAX_DEPTH + 1);
    if (cost.depth > JSON_MAX_DEPTH + 1)
        return error_set(err, ERROR_INPUT, "JSON is nested deeper than %d levels", JSON_MAX_DEPTH);
    if (cost.bytes > JSON_MAX_TREE)
        return error_set(
            err, ERROR_INPUT,
            "JSON text of %zu bytes has too many values: they would take more than %zu "
            "MiB of memory",
            len, JSON_MAX_TREE >> 20);
    return json_check_room(cost.bytes, err);
}

static int read_text(const char *text, size_t len, const char *name, size_t flags,
                     json_t **ret_value, struct error **err)
{
    if (check_limits(text, len, err) < 0)
        return error_where(err, "%s", name);
    json_error_t problem;
    json_t *value = parse(text, len, flags | JSON_DECODE_ANY | JSON_ALLOW_NUL, &problem);
    if (!value) {
        cut_quotation(problem.text);
        AUTO_BUF clean = BUF_INIT;
        text_append_clean(&clean, problem.text, strlen(problem.text));
        error_set(err, ERROR_INPUT, "JSON: %s", buf_str(&clean));
        return error_where(err, "%s:%d:%d", name, problem.line, problem.column);
    }
    *ret_value = value;
    return 0;
}

int json_read(const char *text, size_t len, const char *name, json_t **ret_value,
              struct error **err)
{
    return read_text(text, len, name, JSON_REJECT_DUPLICATES, ret_value, err);
}

int json_read_lenient(const char *text, size_t len, const char *name, json_t **ret_value,
                      struct error **err)
{
    return read_text(text, len, name, 0, ret_value, err);
}
