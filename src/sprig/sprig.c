/* The list of sprig's tables. */
#include "meshctl/sprig/sprig.h"

#include "meshctl/base/mem.h"

const struct tfunc *const *sprig_tables(size_t *ret_count)
{
    static const struct tfunc *const tables[] = {
        tfunc_flow,     tfunc_strings,  tfunc_lists,  tfunc_dicts, tfunc_numbers,
        tfunc_types,    tfunc_encoding, tfunc_regex,  tfunc_paths, tfunc_dates,
        tfunc_decimals, tfunc_crypto,   tfunc_random,
    };
    *ret_count = MC_ARRAY_LEN(tables);
    return tables;
}
