/* Sprintf: the format string (fmt print.go doPrintf). */
#include "fmt_print.h"
#include "meshctl/base/text.h"

/* The reading of one format string: fmt print.go doPrintf. */
struct format {
    const char *text;
    size_t len;
    size_t at;
    const struct tval *args;
    size_t argc;
    size_t arg;       /* the next operand */
    bool after_index; /* the item before was an index such as [3] */
    bool reordered;   /* an index was used: surplus operands are not reported */
    bool good_index;
};

static int at_char(const struct format *f)
{
    return f->at < f->len ? (unsigned char)f->text[f->at] : -1;
}

static void read_flags(struct format *f, struct print_flags *flags)
{
    for (;; f->at++) {
        switch (at_char(f)) {
        case '#':
            flags->sharp = true;
            break;
        case '0':
            flags->zero = true;
            break;
        case '+':
            flags->plus = true;
            break;
        case '-':
            flags->minus = true;
            break;
        case ' ':
            flags->space = true;
            break;
        default:
            return;
        }
    }
}

/* Digits up to `end`; a number past the limit is no number and eats the rest. */
static bool read_number(struct format *f, size_t end, int *ret_number)
{
    bool any = false;
    *ret_number = 0;
    while (f->at < end && f->text[f->at] >= '0' && f->text[f->at] <= '9') {
        if (*ret_number > PRINT_MAX_WIDTH) {
            *ret_number = 0;
            f->at = end;
            return false;
        }
        *ret_number = *ret_number * 10 + (f->text[f->at] - '0');
        any = true;
        f->at++;
    }
    return any;
}

/* fmt print.go argNumber: "[n]". */
static void read_index(struct format *f)
{
    int number = 0;
    size_t close;
    f->after_index = false;
    if (at_char(f) != '[')
        return;
    f->reordered = true;
    for (close = f->at + 1; close < f->len && f->text[close] != ']'; close++)
        continue;
    if (close >= f->len || f->len - f->at < 3) {
        f->good_index = false;
        f->at++;
        return;
    }
    f->at++;
    bool ok = read_number(f, close, &number) && f->at == close;
    f->at = close + 1;
    if (ok && number >= 1 && (size_t)number <= f->argc)
        f->arg = (size_t)number - 1;
    else
        f->good_index = false;
    f->after_index = ok;
}

/* A width or precision that is an operand ('*'). */
static bool star_operand(struct format *f, int *ret_number)
{
    bool ok = false;
    *ret_number = 0;
    if (f->arg >= f->argc)
        return false;
    struct tval v = f->args[f->arg++];
    if ((v.kind == TVAL_INT || v.kind == TVAL_INT64) && v.i <= PRINT_MAX_WIDTH &&
        v.i >= -PRINT_MAX_WIDTH) {
        *ret_number = (int)v.i;
        ok = true;
    }
    return ok;
}

static void read_width(struct format *f, struct printer *p)
{
    if (at_char(f) != '*') {
        p->f.has_width = read_number(f, f->len, &p->f.width);
        if (f->after_index && p->f.has_width)
            f->good_index = false; /* "%[3]2d" */
        return;
    }
    f->at++;
    p->f.has_width = star_operand(f, &p->f.width);
    if (!p->f.has_width)
        buf_appends(p->out, "%!(BADWIDTH)");
    if (p->f.width < 0) {
        p->f.width = -p->f.width;
        p->f.minus = true;
        p->f.zero = false;
    }
    f->after_index = false;
}

static void read_precision(struct format *f, struct printer *p)
{
    if (f->at + 1 >= f->len || at_char(f) != '.')
        return;
    f->at++;
    if (f->after_index)
        f->good_index = false; /* "%[3].2d" */
    read_index(f);
    if (at_char(f) != '*') {
        if (!read_number(f, f->len, &p->f.prec))
            p->f.prec = 0;
        p->f.has_prec = true;
        return;
    }
    f->at++;
    p->f.has_prec = star_operand(f, &p->f.prec) && p->f.prec >= 0;
    if (!p->f.has_prec) {
        p->f.prec = 0;
        buf_appends(p->out, "%!(BADPREC)");
    }
    f->after_index = false;
}

static void complain(struct printer *p, uint32_t verb, const char *what)
{
    buf_appends(p->out, "%!");
    text_append_rune(p->out, verb);
    buf_appends(p->out, what);
}

static void print_operand(struct format *f, struct printer *p, uint32_t verb)
{
    if (verb == 'v' || verb == 'w') {
        p->f.sharp_v = p->f.sharp;
        p->f.sharp = false;
        p->f.plus_v = p->f.plus;
        p->f.plus = false;
    }
    print_arg(p, f->args[f->arg++], verb);
}

/* Everything behind a '%'. */
static void print_verb(struct format *f, struct printer *p)
{
    uint32_t verb;
    p->f = (struct print_flags){0};
    f->good_index = true;
    read_flags(f, &p->f);
    read_index(f);
    read_width(f, p);
    read_precision(f, p);
    if (!f->after_index)
        read_index(f);
    if (f->at >= f->len) {
        buf_appends(p->out, "%!(NOVERB)");
        return;
    }
    f->at += text_rune(f->text + f->at, f->len - f->at, &verb);
    if (verb == '%')
        buf_appendc(p->out, '%');
    else if (!f->good_index)
        complain(p, verb, "(BADINDEX)");
    else if (f->arg >= f->argc)
        complain(p, verb, "(MISSING)");
    else
        print_operand(f, p, verb);
}

static void print_surplus(struct format *f, struct printer *p)
{
    const char *before = "%!(EXTRA ";
    p->f = (struct print_flags){0};
    for (; f->arg < f->argc; f->arg++) {
        struct tval v = f->args[f->arg];
        buf_appends(p->out, before);
        before = ", ";
        if (v.kind != TVAL_NIL && v.kind != TVAL_NONE)
            buf_appendf(p->out, "%s=", tval_go_type(v));
        print_arg(p, v, 'v');
    }
    buf_appendc(p->out, ')');
}

void tprint_sprintf(struct buf *out, struct arena *a, const char *format, size_t len,
                    const struct tval *args, size_t argc)
{
    struct printer p = {.out = out, .a = a};
    struct format f = {.text = format, .len = len, .args = args, .argc = argc};
    while (f.at < f.len && !out->overflow) {
        size_t from = f.at;
        while (f.at < f.len && f.text[f.at] != '%')
            f.at++;
        buf_append(out, format + from, f.at - from);
        if (f.at < f.len) {
            f.at++;
            print_verb(&f, &p);
        }
    }
    if (!f.reordered && f.arg < f.argc)
        print_surplus(&f, &p);
}
