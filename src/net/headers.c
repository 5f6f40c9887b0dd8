/* Takes what is looked at out of response headers. */
#include "headers.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "meshctl/base/text.h"

#define MAX_RETRY_AFTER_S (24L * 3600)
#define STATUS_DIGITS 3 /* RFC 9112 4 */

long headers_retry_after_ms(const char *value, time_t now)
{
    char *end;
    long seconds = strtol(value, &end, 10);
    if (end == value || *end) {
        time_t then = curl_getdate(value, NULL);
        if (then == -1 || then <= now)
            return 0;
        seconds = then - now > MAX_RETRY_AFTER_S ? MAX_RETRY_AFTER_S : (long)(then - now);
    }
    if (seconds < 0)
        return 0;
    return (seconds > MAX_RETRY_AFTER_S ? MAX_RETRY_AFTER_S : seconds) * 1000;
}

/* A quoted-string at `s`; the cleaned text goes to `out`. Returns what follows it, or NULL. */
static const char *take_quoted(const char *s, struct buf *out)
{
    AUTO_BUF raw = BUF_INIT_MAX(HEADERS_MAX_WARNING);
    for (s++; *s && *s != '"'; s++) {
        if (*s == '\\' && s[1])
            s++;
        buf_appendc(&raw, *s);
    }
    text_append_clean(out, buf_str(&raw), raw.len);
    return *s == '"' ? s + 1 : NULL;
}

void headers_take_warnings(struct strlist *out, const char *value)
{
    while (value && out->count < HEADERS_MAX_WARNINGS) {
        value += strspn(value, " \t,");
        bool ours = strncmp(value, "299 ", 4) == 0;
        value = strchr(value, '"');
        if (!value)
            return;
        AUTO_BUF text = BUF_INIT_MAX(HEADERS_MAX_WARNING);
        value = take_quoted(value, &text);
        if (ours && text.len && !strlist_has(out, buf_str(&text)))
            strlist_add(out, buf_str(&text));
        /* A date in quotes may stand before the comma. */
        AUTO_BUF date = BUF_INIT_MAX(HEADERS_MAX_WARNING);
        if (value && *(value += strspn(value, " \t")) == '"')
            value = take_quoted(value, &date);
    }
}

static void set_text(char **slot, const char *value)
{
    free(*slot);
    *slot = mem_strdup(value);
}

static void take_field(struct http_response *r, const char *name, const char *value)
{
    if (strcasecmp(name, "content-type") == 0) {
        set_text(&r->content_type, value);
    } else if (strcasecmp(name, "location") == 0) {
        set_text(&r->location, value);
    } else if (strcasecmp(name, "www-authenticate") == 0) {
        /* Of several challenges the one that we can answer is kept. */
        if (!r->authenticate || strncasecmp(value, "bearer", 6) == 0)
            set_text(&r->authenticate, value);
    } else if (strcasecmp(name, "link") == 0) {
        set_text(&r->link, value);
    } else if (strcasecmp(name, "docker-content-digest") == 0) {
        set_text(&r->digest, value);
    } else if (strcasecmp(name, "retry-after") == 0) {
        r->retry_after_ms = headers_retry_after_ms(value, time(NULL));
    } else if (strcasecmp(name, "date") == 0) {
        time_t date = curl_getdate(value, NULL);
        r->date = date > 0 ? date : 0;
    } else if (strcasecmp(name, "warning") == 0) {
        headers_take_warnings(&r->warnings, value);
    }
}

/* "HTTP/1.1 200 OK", "HTTP/2 200". */
static void take_status(struct http_response *r, const char *line)
{
    const char *code = strchr(line, ' ');
    http_response_release(r);
    r->status = 0;
    if (code && strspn(code + 1, "0123456789") == STATUS_DIGITS)
        r->status = (int)strtol(code + 1, NULL, 10);
}

void headers_take_line(struct http_response *response, const char *wanted, const char *line,
                       size_t len)
{
    while (len && isspace((unsigned char)line[len - 1]))
        len--;
    AUTO_FREE char *text = mem_strndup(line, len);
    if (strncmp(text, "HTTP/", 5) == 0) {
        take_status(response, text);
        return;
    }
    char *colon = strchr(text, ':');
    if (!colon)
        return;
    *colon = '\0';
    const char *value = colon + 1 + strspn(colon + 1, " \t");
    if (wanted && strcasecmp(text, wanted) == 0)
        set_text(&response->header, value);
    else
        take_field(response, text, value);
}

void http_response_release(struct http_response *r)
{
    free(r->content_type);
    free(r->location);
    free(r->authenticate);
    free(r->link);
    free(r->digest);
    free(r->header);
    strlist_release(&r->warnings);
    buf_release(&r->body);
    *r = (struct http_response){.body.max = r->body.max};
}
