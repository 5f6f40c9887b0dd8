/* JSON text value by value, as strictly and with the words of Go's encoding/json: the caller keeps
 * what it wants of each value, numbers too. Bad UTF-8 and lone surrogates in strings become U+FFFD;
 * keys that stand twice are the caller's matter. One thread at a time. */
#ifndef MESHCTL_DATA_JSON_SCAN_H
#define MESHCTL_DATA_JSON_SCAN_H

#include <stdbool.h>

#include "meshctl/base/arena.h"
#include "meshctl/base/error.h"
#include "meshctl/base/text.h"

enum json_kind {
    JSON_KIND_NULL,
    JSON_KIND_FALSE,
    JSON_KIND_TRUE,
    JSON_KIND_NUMBER,
    JSON_KIND_STRING,
    JSON_KIND_ARRAY,
    JSON_KIND_OBJECT,
};

/* Set `a`, `text` and `len`; the text must outlive the scan. */
struct json_scan {
    struct arena *a;
    const char *text;
    size_t len;
    bool is_stream; /* json.Decoder's words for a text that ends too early; else json.Unmarshal's */
    size_t at;      /* behind what was read */
    size_t depth;
};

/* The next value: a string decoded (a place in the text where nothing needed it, else in the
 * arena), a number as it stands in the text, an array or an object only opened: json_scan_next goes
 * through it. More than JSON_MAX_DEPTH open ones are an error. */
int json_scan_value(struct json_scan *s, enum json_kind *ret_kind, struct text_span *ret_text,
                    struct error **err) MC_WARN_UNUSED;
/* Whether the opened array or object (`kind`), of which `count` items were read whole, has one
 * more, which json_scan_value then reads; of an object also its key, as a string is. When *ret_more
 * is false it is closed. */
int json_scan_next(struct json_scan *s, enum json_kind kind, size_t count, bool *ret_more,
                   struct text_span *ret_key, struct error **err) MC_WARN_UNUSED;
/* True when nothing but white space follows. */
bool json_scan_is_done(struct json_scan *s);
/* json.Unmarshal's error when it is not done. */
int json_scan_finish(struct json_scan *s, struct error **err) MC_WARN_UNUSED;

#endif
