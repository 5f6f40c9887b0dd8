/* Regular expressions in Go's syntax (RE2), run by PCRE2. The pattern is read by Go's rules
 * (regexp/syntax parse.go), with Go's error texts, and written again for PCRE2, so that what only
 * one of the two knows (lookaround, back references, possessive repeats, \h ...) is refused as Go
 * refuses it and nothing differs silently.
 *
 * Known differences: PCRE2 backtracks, so a pattern may end with an error at its limits where Go
 * goes on. A match also ends, with the budget's error, when the thread's budget (base/budget.h) is
 * over. */
#ifndef MESHCTL_GOLANG_REGEX_H
#define MESHCTL_GOLANG_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "meshctl/base/error.h"

#define REGEX_MAX_PATTERN ((size_t)64 * 1024) /* bytes */
#define REGEX_MAX_NESTING 1000                /* groups in groups; Go parse.go maxHeight */
#define REGEX_MAX_REPEAT 1000    /* Go: of a count, and of the product of nested ones */
#define REGEX_MAX_STEPS 10000000 /* PCRE2's match limit, from one place of the text on */

struct regex;

/* The message is Go's: "error parsing regexp: missing closing ]: `[a`". */
int regex_new(const char *pattern, size_t len, struct regex **ret_regex, struct error **err)
    MC_WARN_UNUSED;
void regex_free(struct regex *re);
/* How many groups, the whole match counted; the offsets of regex_match are twice as many. */
size_t regex_groups(const struct regex *re);
/* The group of that name, 0 when there is none. */
size_t regex_group_named(const struct regex *re, const char *name, size_t len);
/* The leftmost match from `from` on; a byte that is not UTF-8 counts as U+FFFD. Calls with the same
 * `s` and `len` must mean the same bytes. 1 with *ret_offsets (borrowed until the next match), 0
 * when there is none, -1 with *err at a limit. A group that took no part has
 * offsets of SIZE_MAX. */
int regex_match(struct regex *re, const char *s, size_t len, size_t from,
                const size_t **ret_offsets, struct error **err) MC_WARN_UNUSED;

MC_DEFINE_CLEANUP(regex_cleanup, struct regex, regex_free);
#define AUTO_REGEX MC_CLEANUP(regex_cleanup) struct regex

#endif
