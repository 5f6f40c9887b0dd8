/* --set texts: the first byte chooses the flag (never --set-file, which opens paths). What parses
 * must be writable. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "meshctl/helm/values.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum values_set_kind kinds[] = {VALUES_SET, VALUES_SET_STRING, VALUES_SET_JSON,
                                                 VALUES_SET_LITERAL};
    if (!size)
        return 0;
    json_auto_t *values = json_object();
    AUTO_ERROR struct error *err = NULL;
    AUTO_FREE char *text = mem_strndup((const char *)data + 1, size - 1);
    int rc = values_set(values, kinds[data[0] % MC_ARRAY_LEN(kinds)], text, 4, NULL, &err);
    if (rc && !err)
        abort();
    AUTO_BUF out = BUF_INIT;
    json_write(&out, values, 0);
    return 0;
}
