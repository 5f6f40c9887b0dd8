/* Who may write to the terminal: one drawing or one program at a time. */
#include "meshctl/base/terminal.h"

#include <pthread.h>
#include <stdbool.h>

#include "meshctl/base/clock.h"

#define LOOK_EVERY_MS 100 /* for a cancel */

static struct {
    pthread_mutex_t lock; /* held while drawing; guards all below */
    pthread_cond_t changed;
    bool is_taken;
    void (*on_take)(void *ctx, const char *what);
    void *ctx;
} terminal = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

int terminal_take(const char *what, int64_t deadline_ms, struct cancel *cancel, struct error **err)
{
    int rc = 0;
    pthread_mutex_lock(&terminal.lock);
    while (rc == 0) {
        if (cancel_is_set(cancel))
            rc = error_set(err, ERROR_CANCELLED, "interrupted");
        else if (!terminal.is_taken)
            break;
        else if (clock_left_ms(deadline_ms) == 0)
            rc = error_set(err, ERROR_TIMEOUT,
                           "another program was asking on the terminal until the time was over");
        else
            clock_wait(&terminal.changed, &terminal.lock, LOOK_EVERY_MS);
    }
    if (rc == 0) {
        terminal.is_taken = true;
        if (terminal.on_take)
            terminal.on_take(terminal.ctx, what);
    }
    pthread_mutex_unlock(&terminal.lock);
    return rc;
}

void terminal_give(void)
{
    pthread_mutex_lock(&terminal.lock);
    terminal.is_taken = false;
    pthread_cond_broadcast(&terminal.changed);
    pthread_mutex_unlock(&terminal.lock);
}

void terminal_draw_begin(void)
{
    pthread_mutex_lock(&terminal.lock);
    while (terminal.is_taken)
        pthread_cond_wait(&terminal.changed, &terminal.lock);
}

void terminal_draw_end(void)
{
    pthread_mutex_unlock(&terminal.lock);
}

void terminal_on_take(void (*on_take)(void *ctx, const char *what), void *ctx)
{
    pthread_mutex_lock(&terminal.lock);
    terminal.on_take = on_take;
    terminal.ctx = ctx;
    pthread_mutex_unlock(&terminal.lock);
}
