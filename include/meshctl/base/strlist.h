/* A list of strings that it owns. One thread at a time. */
#ifndef MESHCTL_BASE_STRLIST_H
#define MESHCTL_BASE_STRLIST_H

#include <stdbool.h>

#include "meshctl/base/mem.h"

struct strlist {
    char **items;
    size_t count;
    size_t cap;
};

#define STRLIST_INIT                                                                               \
    {                                                                                              \
        0                                                                                          \
    }

void strlist_add(struct strlist *l, const char *s);
void strlist_add_take(struct strlist *l, char *s);
void strlist_addf(struct strlist *l, const char *fmt, ...) MC_PRINTF(2, 3);
bool strlist_has(const struct strlist *l, const char *s);
/* Splits at every `sep`; empty parts are kept, so "a,,b" is three. "" adds one empty part. */
void strlist_split(struct strlist *l, const char *text, char sep);
char *strlist_join_dup(const struct strlist *l, const char *sep);
void strlist_sort(struct strlist *l);
void strlist_release(struct strlist *l);

#define AUTO_STRLIST MC_CLEANUP(strlist_release) struct strlist

#endif
