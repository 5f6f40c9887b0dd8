/* Amounts as Kubernetes writes them (apimachinery resource.Quantity). Thread-safe. */
#ifndef MESHCTL_BASE_QUANTITY_H
#define MESHCTL_BASE_QUANTITY_H

#include <stdint.h>

/* Thousandths of "500m", "2Gi", "1e3"; decimals below are cut. INT64_MAX for what is larger, -1 for what
 * is no quantity, NULL, or negative. */
int64_t quantity_read(const char *text);

#endif
