/* How much a chart may use up. */
#include "options_limits.h"

#include "meshctl/base/clock.h"
#include "meshctl/base/quantity.h"

/* The program alone has a third of this. */
#define MIN_MEMORY ((int64_t)32 * 1024 * 1024)

#define FIELD(f) OPTION_FIELD(struct options_limits, f)

static const struct option rows[] = {
    {"max-memory", 0, FIELD(max_memory), "SIZE",
     "memory of the whole program while it renders, as 1Gi (default 512Mi)"},
    {"max-time", 0, FIELD(max_time), "DURATION",
     "processor time that rendering one chart may take (default 20s)"},
};

const struct option_family options_limits_family = {"Limits of rendering", rows, MC_ARRAY_LEN(rows),
                                                    sizeof(struct options_limits)};

int options_limits_read(const struct options *o, struct cancel *cancel,
                        struct budget_limits *ret_limits, struct error **err)
{
    const struct options_limits *given = options_get(o, &options_limits_family);
    *ret_limits = (struct budget_limits){.cancel = cancel};
    if (given->max_memory) {
        int64_t bytes = quantity_read(given->max_memory) / 1000;
        if (bytes < MIN_MEMORY) {
            error_set(err, ERROR_USAGE, "--max-memory takes an amount from 32Mi on, not \"%s\"",
                      given->max_memory);
            return error_hint(err, "write it like 512Mi or 2Gi");
        }
        ret_limits->max_memory = (size_t)bytes;
    }
    if (given->max_time && clock_parse_duration(given->max_time, &ret_limits->max_cpu_ms, err) < 0)
        return error_wrap(err, "--max-time");
    if (given->max_time && ret_limits->max_cpu_ms <= 0)
        return error_set(err, ERROR_USAGE, "--max-time must be longer than 0");
    return 0;
}
