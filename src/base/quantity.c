/* Kubernetes' quantities. */
#include "meshctl/base/quantity.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/mem.h"

int64_t quantity_read(const char *text)
{
    static const struct {
        const char *suffix;
        double factor;
    } suffixes[] = {
        {"", 1e3},
        {"m", 1},
        {"k", 1e6},
        {"M", 1e9},
        {"G", 1e12},
        {"T", 1e15},
        {"Ki", 1024e3},
        {"Mi", 1048576e3},
        {"Gi", 1073741824e3},
        {"Ti", 1099511627776e3},
    };
    char *end = NULL;
    double number = text && *text ? strtod(text, &end) : -1;
    if (!(number >= 0))
        return -1;
    for (size_t i = 0; i < MC_ARRAY_LEN(suffixes); i++)
        if (strcmp(end, suffixes[i].suffix) == 0)
            return number * suffixes[i].factor < 9e18 ? (int64_t)(number * suffixes[i].factor)
                                                      : INT64_MAX;
    return -1;
}
