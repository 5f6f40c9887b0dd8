/* Release records: the input is what data.release decodes to (base64 of gzip of JSON). What is read
 * can be written and read again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "meshctl/base/base64.h"
#include "meshctl/helm/release.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = base64_encode_dup(data, size);
    json_auto_t *secret = json_pack("{s:{s:s}}", "data", "release", text), *again = NULL;
    MC_CLEANUP(release_cleanup) struct release *r = NULL, *copy = NULL;
    AUTO_ERROR struct error *err = NULL;
    if (release_from_secret(secret, &r, &err)) {
        if (!err)
            abort();
        return 0;
    }
    if (release_to_secret(r, &again, NULL, &err) == 0 &&
        release_from_secret(again, &copy, &err) == 0 && !json_same(r->config, copy->config))
        abort();
    return 0;
}
