/* Formats (format.go). A check gives NULL, or what is wrong, in the arena. */
#ifndef MESHCTL_SCHEMA_FORMAT_H
#define MESHCTL_SCHEMA_FORMAT_H

#include "value.h"

typedef const char *schema_format_fn(struct arena *a, struct schema_text text);

/* error.c: Go's %q of a rune: 'x'. */
const char *schema_quote_rune(struct arena *a, const char *s, size_t len);
/* format_time.c */
schema_format_fn schema_format_date, schema_format_time, schema_format_date_time,
    schema_format_duration, schema_format_period;
/* format_net.c */
schema_format_fn schema_format_ipv4, schema_format_ipv6, schema_format_hostname,
    schema_format_email, schema_format_uri, schema_format_uri_reference, schema_format_uri_template;

#endif
