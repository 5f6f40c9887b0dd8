/* The response headers that meshctl looks at. */
#ifndef MESHCTL_NET_HEADERS_H
#define MESHCTL_NET_HEADERS_H

#include <time.h>

#include "meshctl/net/http.h"

/* Of one request, redirects and trailers included. */
#define HEADERS_MAX_BYTES ((size_t)256 * 1024)
#define HEADERS_MAX_WARNINGS 64
#define HEADERS_MAX_WARNING ((size_t)4096)

/* Takes one line as it came (CRLF and all) into the response. A status line starts anew: what an
 * earlier answer (100, a redirect) said is dropped; the status is 0 where it is no number of three digits. `wanted` (may be NULL): the name of the one that is
 * kept as the response's `header`. */
void headers_take_line(struct http_response *response, const char *wanted, const char *line,
                       size_t len);

/* Seconds, or a date of any of HTTP's forms (RFC 9110 10.2.3); 0 when it is neither or past. At
 * most a day. */
long headers_retry_after_ms(const char *value, time_t now);

/* Appends the texts of `299 AGENT "TEXT"` (RFC 7234 5.5), of which a value may have several. */
void headers_take_warnings(struct strlist *out, const char *value);

#endif
