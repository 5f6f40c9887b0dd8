/* TOML's tokens, as BurntSushi/toml v1.6.0 lex.go takes them off the text, with its error texts. A
 * function answers -1 when the scan has failed. */
#ifndef MESHCTL_TOML_LEX_H
#define MESHCTL_TOML_LEX_H

#include "scan.h"

enum toml_token {
    TOML_STRING,
    TOML_MULTILINE,
    TOML_RAW_STRING,
    TOML_RAW_MULTILINE,
    TOML_INTEGER,
    TOML_FLOAT,
    TOML_DATETIME,
    TOML_BOOL,
    TOML_ARRAY,
    TOML_INLINE_TABLE,
};

enum toml_quote { TOML_BARE, TOML_BASIC, TOML_RAW };
enum toml_top { TOML_TOP_END, TOML_TOP_HEADER, TOML_TOP_PAIR };

/* What comes next at the top level; the end also stands for a failure. */
enum toml_top toml_lex_top(struct toml_scan *s);
/* The rest of the line behind a header or pair. */
int toml_lex_top_end(struct toml_scan *s) MC_WARN_UNUSED;

/* Behind "[": a second one, which it takes. */
bool toml_lex_is_array_header(struct toml_scan *s);
/* Before each part of a header's path, and behind it: 1 when another part follows. */
int toml_lex_header_next(struct toml_scan *s) MC_WARN_UNUSED;
int toml_lex_header_end(struct toml_scan *s, bool array) MC_WARN_UNUSED;
/* The same for a key; toml_lex_key_end takes the "=". */
int toml_lex_key_start(struct toml_scan *s) MC_WARN_UNUSED;
int toml_lex_key_next(struct toml_scan *s) MC_WARN_UNUSED;
int toml_lex_key_end(struct toml_scan *s) MC_WARN_UNUSED;
/* One part of a key, without its quotes; a bare one may be empty. */
int toml_lex_key_part(struct toml_scan *s, struct toml_item *ret_item, enum toml_quote *ret_quote)
    MC_WARN_UNUSED;

/* A value, or the bracket that opens one. */
int toml_lex_value(struct toml_scan *s, struct toml_item *ret_item, enum toml_token *ret_token)
    MC_WARN_UNUSED;
/* 1 when a value (a pair) follows, 0 when the closing bracket was taken. */
int toml_lex_array_value(struct toml_scan *s) MC_WARN_UNUSED;
int toml_lex_array_value_end(struct toml_scan *s) MC_WARN_UNUSED;
int toml_lex_inline_value(struct toml_scan *s) MC_WARN_UNUSED;
int toml_lex_inline_value_end(struct toml_scan *s) MC_WARN_UNUSED;

/* toml_lex_text.c: behind the opening quote or quotes. */
int toml_lex_string(struct toml_scan *s, struct toml_item *ret_item) MC_WARN_UNUSED;
int toml_lex_raw_string(struct toml_scan *s, struct toml_item *ret_item) MC_WARN_UNUSED;
int toml_lex_multiline(struct toml_scan *s, struct toml_item *ret_item, bool raw) MC_WARN_UNUSED;
/* toml_lex_number.c: at a digit, and behind a sign. */
int toml_lex_number(struct toml_scan *s, struct toml_item *ret_item, enum toml_token *ret_token)
    MC_WARN_UNUSED;
int toml_lex_signed(struct toml_scan *s, struct toml_item *ret_item, enum toml_token *ret_token)
    MC_WARN_UNUSED;

#endif
