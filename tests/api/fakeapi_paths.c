#include "fakeapi_internal.h"

#include <stdlib.h>
#include <string.h>

static int hex(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 0x20) : NULL;
    return at ? (int)(at - digits) : -1;
}

static char *decode_dup(const char *text, size_t len)
{
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '%' && i + 2 < len && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
            buf_appendc(&out, (char)(hex(text[i + 1]) * 16 + hex(text[i + 2])));
            i += 2;
        } else {
            buf_appendc(&out, text[i] == '+' ? ' ' : text[i]);
        }
    }
    return buf_detach(&out, NULL);
}

char *fakeapi_query_dup(const char *query, const char *name)
{
    size_t name_len = strlen(name);
    while (query && *query) {
        size_t len = strcspn(query, "&");
        if (len > name_len && strncmp(query, name, name_len) == 0 && query[name_len] == '=')
            return decode_dup(query + name_len + 1, len - name_len - 1);
        query += len + (query[len] == '&');
    }
    return NULL;
}

static char *take_segment(struct strlist *segments, size_t i)
{
    return i < segments->count && *segments->items[i]
               ? decode_dup(segments->items[i], strlen(segments->items[i]))
               : NULL;
}

bool fakeapi_place_parse(const char *path, struct fakeapi_place *ret_place)
{
    AUTO_STRLIST s = STRLIST_INIT;
    *ret_place = (struct fakeapi_place){0};
    strlist_split(&s, path + (path[0] == '/'), '/');
    bool core = strcmp(s.items[0], "api") == 0;
    size_t at = core ? 2 : 3;
    if ((!core && strcmp(s.items[0], "apis") != 0) || s.count < at)
        return false;
    ret_place->group = core ? mem_strdup("") : take_segment(&s, 1);
    ret_place->version = take_segment(&s, at - 1);
    /* namespaces/X/PLURAL..., but namespaces/X/status is a subresource. */
    if (s.count >= at + 3 && strcmp(s.items[at], "namespaces") == 0 &&
        strcmp(s.items[at + 2], "status") != 0 && strcmp(s.items[at + 2], "finalize") != 0) {
        ret_place->ns = take_segment(&s, at + 1);
        at += 2;
    }
    ret_place->plural = take_segment(&s, at);
    ret_place->name = take_segment(&s, at + 1);
    ret_place->sub = take_segment(&s, at + 2);
    return ret_place->group && ret_place->version;
}

void fakeapi_place_release(struct fakeapi_place *p)
{
    free(p->group);
    free(p->version);
    free(p->ns);
    free(p->plural);
    free(p->name);
    free(p->sub);
    *p = (struct fakeapi_place){0};
}
