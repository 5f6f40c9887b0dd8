/* What a scalar without quotes means: go-yaml v2 resolve.go (YAML 1.1 with its own deviations). The
 * reader asks for the value, the writer whether quotes are needed. Thread-safe. */
#ifndef MESHCTL_DATA_YAML_RESOLVE_H
#define MESHCTL_DATA_YAML_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum yaml_kind {
    YAML_KIND_STRING,
    YAML_KIND_NULL,
    YAML_KIND_BOOL,
    YAML_KIND_INT,
    YAML_KIND_UINT, /* past int64, within uint64; `real` is the nearest double */
    YAML_KIND_FLOAT,
    YAML_KIND_TIMESTAMP, /* read as the string that it is, but quoted on output */
};

struct yaml_scalar {
    enum yaml_kind kind;
    bool boolean;
    int64_t integer;
    double real; /* may be infinite or no number */
};

/* `text` is NUL-terminated behind `len`. "<<" is a string here; merging is the reader's matter. */
struct yaml_scalar yaml_resolve(const char *text, size_t len);
/* "12:30:45": a string, yet quoted on output for readers of YAML 1.1 (go-yaml v2 encode.go). */
bool yaml_is_base60(const char *text, size_t len);
/* "0o-17", which go-yaml v3 takes for a number beyond what version 2 does (resolve.go). */
bool yaml_is_v3_octal(const char *text, size_t len);
/* One of the four layouts that go-yaml v2 gives to time.Parse; real dates only. */
bool yaml_is_timestamp(const char *text, size_t len);
/* "!!int" for messages. */
const char *yaml_kind_tag(enum yaml_kind kind);

#endif
