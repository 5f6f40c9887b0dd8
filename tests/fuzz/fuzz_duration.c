/* Durations: what Go's reader takes is the same when it is written and read again, and the reader of
 * options takes it too, where it is neither signed nor too long, as the same number of milliseconds. */
#include "input.h"
#include "meshctl/base/clock.h"
#include "meshctl/golang/duration.h"

#define MOST (1000 * GODURATION_HOUR)

static void check_again(int64_t d)
{
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF out = BUF_INIT;
    int64_t again;
    goduration_string(&out, d);
    if (goduration_parse(buf_str(&out), out.len, &again, &err) < 0 || again != d)
        abort();
}

static void check_option(const char *text, int64_t d)
{
    AUTO_ERROR struct error *err = NULL;
    int64_t ms;
    int rc = clock_parse_duration(text, &ms, &err);
    check_outcome(rc, err);
    if (rc < 0 || ms > d / GODURATION_MILLISECOND + 1 || ms < d / GODURATION_MILLISECOND - 1)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = part_dup((struct part){(const char *)data, size});
    AUTO_ERROR struct error *err = NULL, *option_err = NULL;
    int64_t d, ms;
    int rc = goduration_parse((const char *)data, size, &d, &err);
    check_outcome(rc, err);
    if (rc == 0) {
        check_again(d);
        if (text[0] != '-' && text[0] != '+' && d <= MOST)
            check_option(text, d);
    }
    rc = clock_parse_duration(text, &ms, &option_err);
    check_outcome(rc, option_err);
    if (rc == 0 && (ms < 0 || ms > MOST / GODURATION_MILLISECOND))
        abort();
    return 0;
}
