/* The private side of Go's fmt: one value under one verb with flags. fmt_format.c reads the format
 * string, fmt_print.c walks values, fmt_number.c and fmt_text.c lay out scalars. */
#ifndef MESHCTL_VALUE_FMT_PRINT_H
#define MESHCTL_VALUE_FMT_PRINT_H

#include "meshctl/golang/strconv.h"
#include "meshctl/value/fmt.h"
#include "meshctl/value/types.h"

#define PRINT_MAX_DEPTH 1000    /* nesting of a printed value; a map that holds itself ends here */
#define PRINT_MAX_WIDTH 1000000 /* Go fmt tooLarge */

/* Go fmt's flags of one verb. `plus_v` and `sharp_v` are %+v and %#v. */
struct print_flags {
    bool minus;
    bool plus;
    bool sharp;
    bool space;
    bool zero;
    bool plus_v;
    bool sharp_v;
    bool has_width;
    bool has_prec;
    int width;
    int prec;
};

struct printer {
    struct buf *out;
    struct arena *a;
    struct print_flags f;
};

/* fmt print.go printArg: v under `verb`, as an operand. */
void print_arg(struct printer *p, struct tval v, uint32_t verb);
/* The same below the top of a value. */
void print_nested(struct printer *p, struct tval v, uint32_t verb, int depth);
/* "%!verb(TYPE=value)". */
void print_bad_verb(struct printer *p, struct tval v, uint32_t verb);

/* Each answers false when the verb does not fit the kind, and then has written nothing. */
bool print_integer(struct printer *p, int64_t i, uint32_t verb);
bool print_float(struct printer *p, double f, uint32_t verb);
bool print_string(struct printer *p, const char *s, size_t len, uint32_t verb);

/* Pads to the width, which counts runes. */
void print_padded(struct printer *p, const char *s, size_t len);
void print_padding(struct printer *p, size_t n);

#endif
