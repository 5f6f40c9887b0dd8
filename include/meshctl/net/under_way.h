/* What is under way in libcurl, for whoever has to leave without it: a peer, a name server or a defect
 * may keep a thread in there past every limit of time, where no cancel token is looked at. */
#ifndef MESHCTL_NET_UNDER_WAY_H
#define MESHCTL_NET_UNDER_WAY_H

#include <stdbool.h>
#include <stdint.h>

/* A thread comes back from libcurl at least once a second. After so long it will not. */
#define UNDER_WAY_STUCK_MS 15000

/* Leaves with that exit code: writes `why`, a line, to standard error, and a line for each request (the
 * newest of each thread): "west: GET https://HOST/PATH". May be called in a signal handler. */
_Noreturn void under_way_leave(const char *why, int code);
/* Whether a thread has been in libcurl for `ms` without coming back. Thread-safe. */
bool under_way_is_stuck(int64_t ms);

#endif
