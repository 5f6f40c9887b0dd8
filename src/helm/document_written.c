/* Remembers which text toYaml made of which value. */
#include "document_written.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "meshctl/base/text.h"

/* Far below what the YAML reader refuses. */
#define MAX_INDENT 256

void written_release(struct written *w)
{
    for (size_t i = 0; i < w->count; i++)
        json_decref(w->items[i].head);
    free(w->items);
    *w = (struct written){0};
}

static bool is_printable(const char *s, size_t len)
{
    return text_plain_len(s, len) == len;
}

/* Neither bytes that a YAML reader refuses nor a depth that it refuses. */
static bool is_plain(const char *s, size_t len)
{
    if (!is_printable(s, len))
        return false;
    for (const char *end = s + len; s && s < end;) {
        size_t indent = 0;
        while (s + indent < end && s[indent] == ' ')
            indent++;
        if (indent > MAX_INDENT)
            return false;
        s = memchr(s, '\n', (size_t)(end - s));
        s = s ? s + 1 : NULL;
    }
    return true;
}

/* No numbers: they may be read as another type than they were written from. No line breaks: the
 * last one of a text goes when it ends the document. */
static bool is_textual(const json_t *value)
{
    size_t i;
    const char *key;
    json_t *item;
    json_array_foreach(value, i, item)
        if (!is_textual(item))
            return false;
    json_object_foreach((json_t *)value, key, item)
        if (!is_textual(item))
            return false;
    return !json_is_number(value) &&
           !(json_is_string(value) && strchr(json_string_value(value), '\n'));
}

/* The keys of releaseutil.SimpleHead; names match without regard to case. */
static bool is_head_key(struct tval_string key)
{
    static const char *const names[] = {"apiVersion", "kind", "metadata"};
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++)
        if (key.len == strlen(names[i]) && strncasecmp(key.data, names[i], key.len) == 0)
            return true;
    return false;
}

/* What of a value a document's head is read from; NULL when only the text itself can tell. */
static json_t *head_of(struct arena *a, const struct tmap *map)
{
    json_auto_t *head = json_object();
    const struct tmap_item *items = tmap_items(a, map);
    for (size_t i = 0; i < tmap_count(map); i++) {
        AUTO_ERROR struct error *ignored = NULL;
        json_auto_t *item = NULL;
        if (!is_head_key(items[i].key))
            continue;
        if (tval_to_json(a, items[i].value, &item, &ignored) < 0 || !is_textual(item))
            return NULL;
        json_object_setn(head, items[i].key.data, items[i].key.len, item);
    }
    return TAKE(head);
}

void written_add(struct written *w, struct arena *a, struct tval value, struct tval_string text)
{
    if (text.len < WRITTEN_MIN_BYTES || w->count == WRITTEN_MAX || value.kind != TVAL_MAP ||
        !is_plain(text.data, text.len))
        return;
    json_t *head = head_of(a, value.map);
    if (!head)
        return;
    w->items = mem_grow(w->items, &w->cap, w->count + 1, sizeof(*w->items));
    w->items[w->count++] = (struct written_text){text, head};
}

/* Lines that hold no more than a comment do not count, nor blank ones. */
static void skip_comments(struct split_text *t)
{
    while (t->len > 0) {
        const char *end = memchr(t->s, '\n', t->len);
        size_t line = end ? (size_t)(end - t->s) + 1 : t->len;
        size_t blanks = 0;
        while (blanks < line && t->s[blanks] == ' ')
            blanks++;
        bool is_skipped = blanks < line && (t->s[blanks] == '#' || t->s[blanks] == '\n');
        if (!is_skipped || !is_printable(t->s, line))
            return;
        t->s += line;
        t->len -= line;
    }
}

const json_t *written_find(const struct written *w, struct split_text document)
{
    if (!w || document.len < WRITTEN_MIN_BYTES)
        return NULL;
    skip_comments(&document);
    while (document.len > 0 && document.s[document.len - 1] == '\n')
        document.len--;
    for (size_t i = 0; i < w->count; i++) {
        const struct written_text *t = &w->items[i];
        if (t->text.len == document.len && memcmp(t->text.data, document.s, document.len) == 0)
            return t->head;
    }
    return NULL;
}
