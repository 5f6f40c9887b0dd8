#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "schema.h"

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, c | 0x20) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* Percent escapes undone; yours to free. */
static char *unescape_dup(const char *s)
{
    char *out = mem_strdup(s), *to = out;
    for (const char *p = out; *p; p++) {
        int high = *p == '%' ? hex_digit(p[1]) : -1;
        int low = high >= 0 ? hex_digit(p[2]) : -1;
        if (low >= 0)
            p += 2;
        *to++ = low >= 0 ? (char)(high * 16 + low) : *p;
    }
    *to = '\0';
    return out;
}

/* RFC 6901: ~1 is a slash, ~0 a tilde. In place. */
static void unescape_token(char *token)
{
    char *to = token;
    for (char *p = token; *p; p++) {
        bool escape = *p == '~' && (p[1] == '0' || p[1] == '1');
        *to++ = !escape ? *p : p[1] == '1' ? '/' : '~';
        p += escape;
    }
    *to = '\0';
}

static const json_t *by_pointer(const json_t *at, char *pointer)
{
    while (at && *pointer == '/') {
        char *token = ++pointer;
        pointer += strcspn(pointer, "/");
        char end = *pointer;
        *pointer = '\0';
        unescape_token(token);
        at = json_is_array(at) ? json_array_get(at, strtoul(token, NULL, 10))
                               : json_object_get(at, token);
        *pointer = end;
    }
    return *pointer ? NULL : at;
}

static const json_t *by_anchor(const json_t *at, const char *name, int depth)
{
    if (depth > SCHEMA_MAX_DEPTH)
        return NULL;
    const char *key;
    json_t *item;
    const json_t *found = NULL;
    const char *anchor = json_dig_str(at, "$anchor", NULL);
    const char *dynamic = json_dig_str(at, "$dynamicAnchor", NULL);
    const char *id = json_dig_str(at, "$id", NULL);
    if (text_equal(anchor, name) || text_equal(dynamic, name) ||
        (id && id[0] == '#' && strcmp(id + 1, name) == 0))
        return at;
    json_object_foreach((json_t *)at, key, item) if (!found) found =
        by_anchor(item, name, depth + 1);
    for (size_t i = 0; json_is_array(at) && i < json_array_size(at) && !found; i++)
        found = by_anchor(json_array_get(at, i), name, depth + 1);
    return found;
}

const json_t *schema_resolve(struct schema_check *c, const char *ref)
{
    const json_t *found = NULL;
    const char *id = json_dig_str(c->root, "$id", NULL);
    const char *hash = strchr(ref, '#');
    size_t url = hash ? (size_t)(hash - ref) : strlen(ref);
    bool own = url == 0 || (id && strncmp(id, ref, url) == 0 && (!id[url] || id[url] == '#'));
    AUTO_FREE char *fragment = unescape_dup(hash ? hash + 1 : "");
    if (own)
        found = fragment[0] && fragment[0] != '/' ? by_anchor(c->root, fragment, 0)
                                                  : by_pointer(c->root, fragment);
    if (found || c->broken)
        return found;
    if (own)
        error_set(&c->broken, ERROR_INPUT, "the schema refers to %s, which it does not hold", ref);
    else
        error_set(&c->broken, ERROR_INPUT,
                  "the schema refers to another document, %s; only references inside the chart's "
                  "own schema are followed",
                  ref);
    return NULL;
}
