/* Text: UTF-8, what may reach a terminal, near spellings, prefixes. Thread-safe. */
#ifndef MESHCTL_BASE_TEXT_H
#define MESHCTL_BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/buf.h"

/* Bytes of somebody else's; what says where they end is the length alone. */
struct text_span {
    const char *data;
    size_t len;
};

bool text_has_prefix(const char *s, const char *prefix);
bool text_has_suffix(const char *s, const char *suffix);
/* NULL equals NULL only. */
bool text_equal(const char *a, const char *b);

/* Decodes one rune of at most `len` bytes; returns its length and sets *ret_rune. Bad or cut UTF-8
 * gives U+FFFD and length 1, as Go's utf8.DecodeRune; len 0 gives 0. Surrogates and overlong forms
 * are bad. */
size_t text_rune(const char *s, size_t len, uint32_t *ret_rune);
/* The value of a hexadecimal digit, or -1. */
int text_hex_digit(int c);
bool text_is_utf8(const char *s, size_t len);
/* How many bytes at the beginning are for sure printable ASCII or '\n': whole blocks of them, and
 * `len` when all are. Far faster than byte by byte. */
size_t text_plain_len(const char *s, size_t len);
/* memmem for a short `what` (at least one byte) whose first byte is rare in the text: several times
 * as fast there. NULL when it is not found. */
const char *text_find(const char *s, size_t len, const char *what, size_t what_len);
void text_append_rune(struct buf *out, uint32_t rune);
/* Columns on a terminal (wcwidth under the UTF-8 rules; control characters count 0). */
size_t text_width(const char *s);

/* Appends what may be shown. Escaped, as JSON writes them (\u001b, \u202e), are control characters
 * (C0 but \n and \t, DEL, C1), what turns the order of a text around, ends its line or is not
 * seen at all; and bytes that are no UTF-8 (\xff). JSON stays the same document. Everything that
 * others wrote goes through here before a person sees it. */
void text_append_clean(struct buf *out, const char *s, size_t len);

/* The candidate that is nearest to `word` (Damerau-Levenshtein of at most a third of its length, at
 * least 1), or NULL. Borrowed. */
const char *text_suggest(const char *word, const char *const *candidates, size_t count);

/* RFC 1123: at most 63 of [a-z0-9-], alphanumeric at both ends. */
bool text_is_dns_label(const char *s);
/* Labels joined by dots, at most 253 bytes. */
bool text_is_dns_subdomain(const char *s);

#endif
