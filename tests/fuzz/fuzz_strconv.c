/* Numbers as Go reads and writes them: what is read is the same when it is written in each form that reads
 * back; a decimal number is the one that the C library reads; and no integer is another one as a float. */
#include <math.h>

#include "input.h"
#include "meshctl/golang/strconv.h"

static bool is_same(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof(a)) == 0;
}

static void check_float(double f)
{
    static const char formats[] = {'e', 'E', 'f', 'g', 'G', 'x', 'X'};
    char text[GOFLOAT_TEXT_SIZE];
    double again;
    for (size_t i = 0; i < MC_ARRAY_LEN(formats); i++) {
        AUTO_BUF out = BUF_INIT;
        gofloat_append(&out, f, formats[i], -1);
        if (gofloat_parse(buf_str(&out), out.len, &again) != GONUM_OK || !is_same(f, again))
            abort();
    }
    if (!isfinite(f))
        return;
    size_t len = gofloat_format(f, text);
    if (len >= sizeof(text) || gofloat_parse(text, len, &again) != GONUM_OK || !is_same(f, again))
        abort();
    len = gofloat_format_json(f, text);
    if (len >= sizeof(text) || gofloat_parse(text, len, &again) != GONUM_OK || !is_same(f, again))
        abort();
}

static void check_decimal(const char *text, double f)
{
    char *end;
    if (strspn(text, "0123456789.-eE") != strlen(text))
        return;
    double wanted = strtod(text, &end);
    if (*end || !is_same(f, wanted))
        abort();
}

static void check_integers(const char *s, size_t len)
{
    int64_t i;
    uint64_t u;
    double f;
    enum gonum is_int = goint_parse(s, len, 10, &i), is_uint = gouint_parse(s, len, 10, &u);
    if (is_uint == GONUM_OK && u <= INT64_MAX && (is_int != GONUM_OK || (uint64_t)i != u))
        abort();
    if (is_int == GONUM_OK &&
        (gofloat_parse(s, len, &f) != GONUM_OK || (double)i < f || (double)i > f))
        abort();
    (void)goint_parse(s, len, 0, &i);
    (void)gouint_parse(s, len, 0, &u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = part_dup((struct part){(const char *)data, size});
    double f;
    if (gofloat_parse(text, size, &f) == GONUM_OK) {
        check_float(f);
        if (strlen(text) == size && size < 800)
            check_decimal(text, f);
    }
    check_integers(text, size);
    return 0;
}
