/* Cuts a rendered text at its separators. */
#include "document_split.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/mem.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/strings.h"

struct cut {
    size_t start, end; /* the separator; start == end at the text's end */
};

static bool is_re_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* Helm 3: (?:^|\s*\n)---\s* where ^ is the text's start only. */
static bool match_helm3(const char *s, size_t len, size_t from, size_t at, struct cut *ret)
{
    size_t start = at;
    if (at) {
        if (at == from || s[at - 1] != '\n')
            return false;
        while (start > from && is_re_space(s[start - 1]))
            start--;
    }
    size_t end = at + 3;
    while (end < len && is_re_space(s[end]))
        end++;
    *ret = (struct cut){start, end};
    return true;
}

/* Helm 4: (?m)^---[ \t]* */
static bool match_helm4(const char *s, size_t len, size_t at, struct cut *ret)
{
    if (at && s[at - 1] != '\n')
        return false;
    size_t end = at + 3;
    while (end < len && (s[end] == ' ' || s[end] == '\t'))
        end++;
    *ret = (struct cut){at, end};
    return true;
}

static struct cut next_cut(const char *s, size_t len, size_t from, int helm_major)
{
    struct cut cut;
    for (size_t at = from; at + 3 <= len; at++) {
        const char *dashes = text_find(s + at, len - at, "---", 3);
        if (!dashes)
            break;
        at = (size_t)(dashes - s);
        if (helm_major >= 4 ? match_helm4(s, len, at, &cut) : match_helm3(s, len, from, at, &cut))
            return cut;
    }
    return (struct cut){len, len};
}

void split_texts_release(struct split_texts *texts)
{
    free(texts->items);
    *texts = (struct split_texts){0};
}

static void add_document(const char *s, size_t len, int helm_major, struct split_texts *documents)
{
    const char *trimmed = s;
    size_t trimmed_len = len;
    gostring_trim(&trimmed, &trimmed_len);
    if (helm_major >= 4 ? !trimmed_len : !len)
        return;
    if (helm_major >= 4)
        trimmed_len = len - (size_t)(trimmed - s);
    documents->items = mem_grow(documents->items, &documents->cap, documents->count + 1,
                                sizeof(*documents->items));
    documents->items[documents->count++] = (struct split_text){trimmed, trimmed_len};
}

void split_manifests(const char *text, size_t len, int helm_major, struct split_texts *documents)
{
    if (helm_major >= 4)
        gostring_trim_left(&text, &len);
    else
        gostring_trim(&text, &len);
    size_t from = 0;
    while (from < len && documents->count <= SPLIT_MAX_DOCUMENTS) {
        struct cut cut = next_cut(text, len, from, helm_major);
        add_document(text + from, cut.start - from, helm_major, documents);
        from = cut.end;
    }
}
