/* values.schema.json: the input is a schema and values, apart by a NUL. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/chart/values.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *zero = memchr(data, 0, size);
    if (!zero)
        return 0;
    size_t first = (size_t)(zero - data);
    json_auto_t *values =
        json_loadb((const char *)zero + 1, size - first - 1, JSON_DECODE_ANY, NULL);
    json_auto_t *metadata = json_object();
    if (!values)
        return 0;
    const struct chart chart = {
        .name = (char[]){"c"},
        .version = (char[]){"1.0.0"},
        .metadata = metadata,
        .schema_file = {(char[]){"values.schema.json"}, (char *)data, first},
    };
    AUTO_ERROR struct error *err = NULL;
    int rc = values_check_schema(&chart, values, &err);
    if ((rc != 0) != (err != NULL))
        abort();
    return 0;
}
