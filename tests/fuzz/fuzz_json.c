/* Whatever JSON text is read must be written in every form, and be read again as the same value. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/data/json.h"
#include "reals.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned forms[] = {0, JSON_WRITE_PRETTY, JSON_WRITE_NO_ESCAPE,
                                     JSON_WRITE_KEEP_ORDER | JSON_WRITE_PRETTY};
    AUTO_ERROR struct error *err = NULL;
    json_auto_t *value = NULL;
    if (json_read((const char *)data, size, "fuzz", &value, &err) < 0)
        return 0;
    for (size_t i = 0; i < MC_ARRAY_LEN(forms); i++) {
        AUTO_BUF out = BUF_INIT;
        json_auto_t *again = NULL;
        json_write(&out, value, forms[i]);
        if (out.overflow || json_read(buf_str(&out), out.len, "again", &again, &err) < 0 ||
            !same_with_reals(value, again))
            abort();
    }
    return 0;
}
