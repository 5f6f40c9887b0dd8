/* Time. Durations and instants are milliseconds (int64_t, suffix _ms). Thread-safe. */
#ifndef MESHCTL_BASE_CLOCK_H
#define MESHCTL_BASE_CLOCK_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

#include "meshctl/base/cancel.h"
#include "meshctl/base/error.h"

/* Monotonic; only differences mean something. */
int64_t clock_now_ms(void);
/* Milliseconds left until `deadline_ms` on that clock, never below 0. */
int64_t clock_left_ms(int64_t deadline_ms);
/* Processor time that the calling thread has taken. */
int64_t clock_processor_ms(void);
/* Sleeps at most `ms`; returns -1 at once when cancelled, else 0. `cancel` may be NULL. */
int clock_sleep(int64_t ms, struct cancel *cancel);
/* Waits at most `ms` for a signal of `changed`, which has the default clock; `lock` is held. For
 * loops that also look whether they were cancelled: a signal handler cannot signal a condition. */
void clock_wait(pthread_cond_t *changed, pthread_mutex_t *lock, int64_t ms);

/* Go's time.ParseDuration ("300ms", "1.5h", "2h45m", "90s"), and a bare integer is seconds, as
 * kubectl --request-timeout. Units ns us µs ms s m h. Negative is refused, more than 1000 h too. */
int clock_parse_duration(const char *text, int64_t *ret_ms, struct error **err) MC_WARN_UNUSED;
/* "0.4s", "12s", "1m52s", "2h05m"; for people. Yours to free. */
char *clock_duration_dup(int64_t ms);
/* "2026-08-14T09:02:10Z"; yours to free. */
char *clock_rfc3339_dup(time_t t);
/* Reads that form, the one of all of Kubernetes' metav1.Time; false when `text` is NULL or of another one. */
bool clock_read_rfc3339(const char *text, time_t *ret_time);
/* With nanoseconds, as Go's time.Time marshals: "2026-08-14T09:02:10.123456789Z". Now. */
char *clock_now_rfc3339nano_dup(void);

#endif
