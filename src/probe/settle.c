/* How long a problem that may go away by itself is waited for. */
#include "settle.h"

#include <stdlib.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"

void settle_release(struct settle *s)
{
    free(s->last);
}

static void note(struct settle *s, const char *problem, int64_t now)
{
    if (!s->start_ms)
        s->start_ms = now;
    if (text_equal(s->last, problem))
        return;
    free(s->last);
    s->last = mem_strdup(problem);
    s->changed_ms = now;
}

int settle_wait(struct settle *s, const char *problem, bool *ret_again, struct error **err)
{
    const struct probe *p = s->probe;
    int64_t now = clock_now_ms(), limit = p->deadline_ms;
    note(s, problem, now);
    if (s->quiet_ms >= 0 && s->changed_ms + s->quiet_ms < limit)
        limit = s->changed_ms + s->quiet_ms;
    *ret_again = now < limit;
    if (!*ret_again)
        return 0;
    if (p->on_waiting)
        p->on_waiting(p->ctx, now - s->start_ms, limit - s->start_ms, problem);
    if (clock_sleep(s->poll_ms < limit - now ? s->poll_ms : limit - now, p->cancel) == 0)
        return 0;
    return error_set(err, ERROR_CANCELLED, "%s: interrupted while waiting: %s", probe_name(p),
                     problem);
}
