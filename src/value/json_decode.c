/* encoding/json's decoding into interface {}. */
#include "meshctl/value/json_decode.h"

#include "meshctl/base/budget.h"
#include "meshctl/data/json_scan.h"
#include "meshctl/golang/strconv.h"
#include "meshctl/value/items.h"

struct reader {
    struct json_scan scan;
    const char *range; /* Go's words about the first number that no float64 holds */
    struct error **err;
};

static int read_value(struct reader *r, struct tval *ret);

static struct tval read_number(struct reader *r, struct text_span text)
{
    double f;
    if (gofloat_parse(text.data, text.len, &f) == GONUM_OK)
        return tval_float(f);
    if (!r->range)
        r->range = arena_printf(r->scan.a,
                                "json: cannot unmarshal number %.*s into Go value of type float64",
                                (int)text.len, text.data);
    return r->scan.depth > 0 ? tval_nil() : tval_float(0);
}

static int read_array(struct reader *r, struct tval *ret)
{
    struct items items = {.a = r->scan.a};
    struct text_span none;
    bool more;
    for (;;) {
        struct tval item;
        if (json_scan_next(&r->scan, JSON_KIND_ARRAY, items.count, &more, &none, r->err) < 0)
            return -1;
        if (!more)
            break;
        if (read_value(r, &item) < 0)
            return -1;
        items_add(&items, item);
    }
    *ret = items_list(&items);
    return 0;
}

static int read_object(struct reader *r, struct tval *ret)
{
    struct text_span key;
    bool more;
    *ret = tval_map(r->scan.a);
    for (size_t count = 0;; count++) {
        struct tval value;
        if (json_scan_next(&r->scan, JSON_KIND_OBJECT, count, &more, &key, r->err) < 0)
            return -1;
        if (!more)
            return 0;
        if (read_value(r, &value) < 0)
            return -1;
        tmap_set(r->scan.a, ret->map, key.data, key.len, value);
    }
}

static int read_value(struct reader *r, struct tval *ret)
{
    enum json_kind kind;
    struct text_span text;
    if (budget_is_over())
        return budget_fail(r->err);
    if (json_scan_value(&r->scan, &kind, &text, r->err) < 0)
        return -1;
    switch (kind) {
    case JSON_KIND_OBJECT:
        return read_object(r, ret);
    case JSON_KIND_ARRAY:
        return read_array(r, ret);
    case JSON_KIND_STRING:
        *ret = tval_string(r->scan.a, text.data, text.len);
        return 0;
    case JSON_KIND_NUMBER:
        *ret = read_number(r, text);
        return 0;
    case JSON_KIND_NULL:
        *ret = tval_nil();
        return 0;
    case JSON_KIND_FALSE:
    case JSON_KIND_TRUE:
        *ret = tval_bool(kind == JSON_KIND_TRUE);
        return 0;
    }
    return 0;
}

int gojson_read(struct arena *a, const char *text, size_t len, struct tval *ret,
                const char **ret_range, struct error **err)
{
    struct reader r = {.scan = {.a = a, .text = text, .len = len}, .err = err};
    *ret_range = NULL;
    if (read_value(&r, ret) < 0 || json_scan_finish(&r.scan, err) < 0)
        return -1;
    *ret_range = r.range;
    return 0;
}

int gojson_decode(struct arena *a, const char *text, size_t len, struct tval *ret, size_t *ret_used,
                  struct error **err)
{
    struct reader r = {.scan = {.a = a, .text = text, .len = len, .is_stream = true}, .err = err};
    if (read_value(&r, ret) < 0)
        return -1;
    *ret_used = r.scan.at;
    return r.range ? error_set(err, ERROR_INPUT, "%s", r.range) : 0;
}
