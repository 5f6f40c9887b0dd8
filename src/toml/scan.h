/* The characters of a TOML text, one at a time, with the position and the first error, as
 * BurntSushi/toml v1.6.0 lex.go counts and words them. One thread at a time. */
#ifndef MESHCTL_TOML_SCAN_H
#define MESHCTL_TOML_SCAN_H

#include "meshctl/base/buf.h"
#include "meshctl/value/value.h"

#define TOML_EOF ((uint32_t)0)  /* a NUL in the text is an error, so 0 is free */
#define TOML_BAD ((uint32_t)-1) /* after an error: fits no class of characters */

struct toml_scan {
    const char *text;
    size_t len;
    size_t start; /* where the current item begins */
    size_t pos;
    size_t width; /* of the rune before pos */
    long line;    /* of pos, from 1 */
    bool at_end;  /* the last read gave TOML_EOF */
    bool failed;
    long error_line;
    struct buf error; /* the first error's message, without position */
};

/* A piece of the text: a key, a string's inside, a number ... */
struct toml_item {
    const char *text;
    size_t len;
    long line; /* on which it ended */
};

void toml_scan_release(struct toml_scan *s);
/* The next rune; TOML_EOF at the end, TOML_BAD for what no TOML text may hold. */
uint32_t toml_next(struct toml_scan *s);
/* Undoes the last toml_next; again, only when the rune before it was ASCII. */
void toml_back(struct toml_scan *s);
uint32_t toml_peek(struct toml_scan *s);
/* Reads the rune if it is `wanted`. */
bool toml_accept(struct toml_scan *s, uint32_t wanted);
/* What was read so far is no part of an item. */
void toml_ignore(struct toml_scan *s);
void toml_skip_blanks(struct toml_scan *s);
/* What was read since the last item; the next begins here. */
struct toml_item toml_take(struct toml_scan *s);

/* The first error stays; each returns -1. */
int toml_fail_at(struct toml_scan *s, long line, const char *fmt, ...) MC_PRINTF(3, 4);
/* At pos; one line up at the end of a text that ends in a newline (lex.go errorf). */
int toml_fail(struct toml_scan *s, const char *fmt, ...) MC_PRINTF(2, 3);
/* "MESSAGE, but got 'c' instead", with the rune quoted by Go's %q in the place of %s. */
int toml_fail_rune(struct toml_scan *s, long line, const char *fmt, uint32_t rune);
/* The line that toml_fail would name. */
long toml_fail_line(const struct toml_scan *s);

bool toml_is_blank(uint32_t rune);
bool toml_is_newline(uint32_t rune);
bool toml_is_digit(uint32_t rune);
bool toml_is_hex(uint32_t rune);
bool toml_is_bare_key(uint32_t rune);

#endif
