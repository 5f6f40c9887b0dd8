/* values.schema.json: the input is a schema and values, apart by a NUL. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/schema/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *zero = memchr(data, 0, size);
    if (!zero)
        return 0;
    size_t first = (size_t)(zero - data);
    json_auto_t *values =
        json_loadb((const char *)zero + 1, size - first - 1, JSON_DECODE_ANY, NULL);
    if (!values)
        return 0;
    AUTO_BUF said = BUF_INIT;
    AUTO_STRLIST warnings = STRLIST_INIT;
    int rc = schema_check_text((const char *)data, first, values, &warnings, &said);
    if ((rc != 0) != (said.len != 0))
        abort();
    return 0;
}
