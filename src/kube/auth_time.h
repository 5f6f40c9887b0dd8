/* RFC 3339 times, as Go's time.Parse(time.RFC3339) takes them; fractions are cut off. */
#ifndef KUBE_AUTH_TIME_H
#define KUBE_AUTH_TIME_H

#include <stdbool.h>
#include <time.h>

bool auth_time_parse(const char *text, time_t *ret_time);

#endif
