/* A list of strings: added to, searched, split, joined, sorted. */
#include "meshctl/base/strlist.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/buf.h"

void strlist_add_take(struct strlist *l, char *s)
{
    l->items = mem_grow(l->items, &l->cap, l->count + 1, sizeof(*l->items));
    l->items[l->count++] = s;
}

void strlist_add(struct strlist *l, const char *s)
{
    strlist_add_take(l, mem_strdup(s));
}

void strlist_addf(struct strlist *l, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    strlist_add_take(l, mem_vprintf(fmt, ap));
    va_end(ap);
}

bool strlist_has(const struct strlist *l, const char *s)
{
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->items[i], s) == 0)
            return true;
    return false;
}

void strlist_split(struct strlist *l, const char *text, char sep)
{
    for (;;) {
        const char *end = strchrnul(text, sep);
        strlist_add_take(l, mem_strndup(text, (size_t)(end - text)));
        if (!*end)
            return;
        text = end + 1;
    }
}

char *strlist_join_dup(const struct strlist *l, const char *sep)
{
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < l->count; i++) {
        if (i)
            buf_appends(&out, sep);
        buf_appends(&out, l->items[i]);
    }
    return buf_detach(&out, NULL);
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void strlist_sort(struct strlist *l)
{
    if (l->count)
        qsort(l->items, l->count, sizeof(*l->items), compare_strings);
}

void strlist_release(struct strlist *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->items[i]);
    free(l->items);
    *l = (struct strlist)STRLIST_INIT;
}
