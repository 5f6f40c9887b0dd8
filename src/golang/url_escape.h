/* What the units of net/url share: pieces of text, and how each part of a URL is escaped. */
#ifndef MESHCTL_GOLANG_URL_ESCAPE_H
#define MESHCTL_GOLANG_URL_ESCAPE_H

#include <string.h>

#include "meshctl/golang/url.h"

enum url_part {
    URL_PATH,
    URL_SEGMENT,
    URL_USER,
    URL_HOST,
    URL_ZONE,
    URL_QUERY,
    URL_FRAGMENT,
};

/* --- pieces --- */

static inline struct text_span span_cut(struct text_span s, size_t from, size_t to)
{
    return (struct text_span){s.data + from, to - from};
}

static inline size_t span_find(struct text_span s, char c)
{
    const char *at = s.len > 0 ? memchr(s.data, c, s.len) : NULL;
    return at ? (size_t)(at - s.data) : s.len;
}

static inline size_t span_find_last(struct text_span s, char c)
{
    const char *at = s.len > 0 ? memrchr(s.data, c, s.len) : NULL;
    return at ? (size_t)(at - s.data) : s.len;
}

static inline bool span_is(struct text_span s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.data, text, s.len) == 0;
}

/* --- escapes --- */

bool url_is_alnum(char c);
/* BEFORE, the text as strconv.Quote has it, AFTER. */
int url_quote_error(struct error **err, const char *before, const char *s, size_t len,
                    const char *after);
void url_escape(struct buf *out, struct text_span s, enum url_part where);
int url_unescape(struct arena *a, struct text_span s, enum url_part where, struct text_span *ret,
                 struct error **err) MC_WARN_UNUSED;
/* setPath and setFragment: what was written is kept when it is not what url_escape makes of it. */
int url_set_part(struct arena *a, struct text_span written, enum url_part where,
                 struct text_span *ret_text, struct text_span *ret_raw, struct error **err)
    MC_WARN_UNUSED;
/* EscapedPath and EscapedFragment. */
void url_escape_part(struct buf *out, struct text_span text, struct text_span raw,
                     enum url_part where);

#endif
