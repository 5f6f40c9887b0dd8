/* Which plain scalars are times to go-yaml v2 (resolve.go parseTimestamp). */
#include "yaml_resolve.h"

#include <string.h>

#include "meshctl/golang/time.h"

bool yaml_is_timestamp(const char *text, size_t len)
{
    static const char *const layouts[] = {
        "2006-1-2T15:4:5.999999999Z07:00",
        "2006-1-2t15:4:5.999999999Z07:00",
        "2006-1-2 15:4:5.999999999",
        "2006-1-2",
    };
    if (strspn(text, "0123456789") != 4 || text[4] != '-')
        return false;
    AUTO_ARENA *a = arena_new();
    for (size_t i = 0; i < MC_ARRAY_LEN(layouts); i++) {
        AUTO_ERROR struct error *ignored = NULL;
        struct gotime t;
        if (gotime_parse(a, layouts[i], strlen(layouts[i]), text, len, NULL, &t, &ignored) == 0)
            return true;
    }
    return false;
}
