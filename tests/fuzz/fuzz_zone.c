/* Time zones: the input is a TZif file, or (when its first byte is not the magic's) the TZ string of
 * one's end. A moment is the same when it is written in the zone and read again. */
#include "../../src/golang/zone_rule.h"
#include "input.h"
#include "meshctl/golang/time.h"

static const int64_t moments[] = {INT64_MIN,
                                  -62135596800,
                                  -(INT64_C(1) << 31),
                                  -1,
                                  0,
                                  951782400,
                                  1700000000,
                                  1783555200,
                                  INT64_C(1) << 31,
                                  4102444800,
                                  253402300799,
                                  INT64_MAX};

static void check_moment(struct arena *a, const struct gozone *z, int64_t moment)
{
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF out = BUF_INIT;
    struct gozone_span span;
    struct gotime t = gotime_unix(moment, z), again;
    gozone_lookup(z, moment, &span);
    if (!span.name || strlen(span.name) > GOZONE_MAX_NAME)
        abort();
    int64_t offset;
    (void)gozone_lookup_name(z, span.name, strlen(span.name), moment, &offset);
    gotime_string(&out, &t);
    buf_clear(&out);
    int rc = gotime_marshal(&out, &t, &err);
    check_outcome(rc, err);
    if (rc < 0 || span.offset % 60)
        return;
    if (gotime_parse(a, GOTIME_RFC3339_NANO, strlen(GOTIME_RFC3339_NANO), out.data, out.len, NULL,
                     &again, &err) < 0 ||
        gotime_compare(&t, &again) != 0)
        abort();
}

static void check_rule(const char *text, size_t len)
{
    struct gozone_rule rule;
    struct gozone_span span;
    if (!gozone_rule_parse(&rule, text, len))
        return;
    for (size_t i = 0; i < MC_ARRAY_LEN(moments); i++) {
        gozone_rule_lookup(&rule, 0, moments[i], &span);
        if (span.offset != (span.is_dst ? rule.dst_offset : rule.std_offset))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size || data[0] != 'T') {
        check_rule((const char *)data, size);
        return 0;
    }
    AUTO_ARENA *a = arena_new();
    AUTO_ZONE *z = gozone_parse("Fuzz/Zone", (const char *)data, size);
    for (size_t i = 0; z && i < MC_ARRAY_LEN(moments); i++)
        check_moment(a, z, moments[i]);
    return 0;
}
