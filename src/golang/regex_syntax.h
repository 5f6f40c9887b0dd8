/* Between the files that read Go's regular expression syntax. */
#ifndef MESHCTL_GOLANG_REGEX_SYNTAX_H
#define MESHCTL_GOLANG_REGEX_SYNTAX_H

#include <stdint.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/strlist.h"
#include "meshctl/golang/regex.h"

struct syntax {
    const char *text;
    size_t len;
    size_t at;
    struct buf *out;
    struct error **err;
};

/* The byte `ahead` of the current one, -1 past the end. */
int syntax_peek(const struct syntax *x, size_t ahead);
/* The next rune; the pattern is known to be UTF-8 and not at its end. */
uint32_t syntax_rune(struct syntax *x);
/* "error parsing regexp: WHAT: `text[from, to)`". */
int syntax_error(const struct syntax *x, const char *what, size_t from, size_t to);

/* At a backslash: the rune that the escape means (parse.go parseEscape). */
int syntax_escape(struct syntax *x, uint32_t *ret_rune);
/* At a backslash: writes \d \s \w \p{..} and their negations, in or outside of brackets. 0 when it
 * is none of them. */
int syntax_class_escape(struct syntax *x, bool in_class);
/* At '[': writes the class. */
int syntax_class(struct syntax *x);
/* One rune, so that it means itself. */
void syntax_literal(struct syntax *x, uint32_t rune);

/* regex_translate.c: the pattern for PCRE2, and the names of the groups from 1 on ("" for none). */
int regex_translate(const char *pattern, size_t len, struct buf *out, struct strlist *names,
                    struct error **err) MC_WARN_UNUSED;

#endif
