/* What single TOML values mean: BurntSushi/toml v1.6.0 parse.go valueInteger, valueFloat,
 * valueDatetime, replaceEscapes. Each fails the scan with parse.go's words at the item's line. */
#ifndef MESHCTL_TOML_VALUE_H
#define MESHCTL_TOML_VALUE_H

#include "scan.h"

int toml_integer(struct toml_scan *s, const struct toml_item *item, struct tval *ret)
    MC_WARN_UNUSED;
int toml_float(struct toml_scan *s, const struct toml_item *item, struct tval *ret) MC_WARN_UNUSED;
/* `item` is what stood between the quotes. A `multiline` string loses its first newline. */
int toml_basic_string(struct toml_scan *s, struct arena *a, const struct toml_item *item,
                      bool multiline, struct tval *ret) MC_WARN_UNUSED;
struct tval toml_raw_string(struct arena *a, const struct toml_item *item, bool multiline);
int toml_datetime(struct toml_scan *s, struct arena *a, const struct toml_item *item,
                  struct tval *ret) MC_WARN_UNUSED;

#endif
