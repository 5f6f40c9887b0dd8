/* A fixed table of what is under way, which a signal handler can read. */
#include "under_way.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"

#define MAX_TOLD 64
#define MAX_TEXT 240

enum state {
    FREE,
    TAKEN, /* the text is being written */
    TOLD,
};

struct under_way {
    atomic_int state;
    atomic_llong seen_ms; /* the thread was outside libcurl */
    char text[MAX_TEXT];  /* a line */
};

static struct under_way all[MAX_TOLD];

struct under_way *under_way_begin(void)
{
    for (size_t i = 0; i < MAX_TOLD; i++) {
        int none = FREE;
        if (!atomic_compare_exchange_strong(&all[i].state, &none, TAKEN))
            continue;
        under_way_beat(&all[i]);
        return &all[i];
    }
    return NULL;
}

void under_way_name(struct under_way *u, const char *who, const char *method,
                    const char *public_url)
{
    if (!u)
        return;
    AUTO_BUF text = BUF_INIT;
    if (who)
        buf_appendf(&text, "%s: ", who);
    buf_appendf(&text, "%s ", method);
    text_append_clean(&text, public_url, strnlen(public_url, MAX_TEXT));
    size_t len = text.len < MAX_TEXT - 2 ? text.len : MAX_TEXT - 2;
    atomic_store(&u->state, TAKEN);
    memcpy(u->text, buf_str(&text), len);
    memcpy(u->text + len, "\n", 2);
    atomic_store(&u->state, TOLD);
}

void under_way_beat(struct under_way *u)
{
    if (u)
        atomic_store(&u->seen_ms, clock_now_ms());
}

void under_way_end(struct under_way *u)
{
    if (u)
        atomic_store(&u->state, FREE);
}

/* In a signal handler there is no other way to a stream; what is written was cleaned before. */
static void tell(const char *text, size_t max)
{
    ssize_t ignored = write(STDERR_FILENO, text, strnlen(text, max));
    (void)ignored;
}

void under_way_leave(const char *why, int code)
{
    tell(why, MAX_TEXT);
    for (size_t i = 0; i < MAX_TOLD; i++)
        if (atomic_load(&all[i].state) == TOLD)
            tell(all[i].text, MAX_TEXT);
    _exit(code);
}

bool under_way_is_stuck(int64_t ms)
{
    int64_t before = clock_now_ms() - ms;
    for (size_t i = 0; i < MAX_TOLD; i++) {
        if (atomic_load(&all[i].state) == TOLD && atomic_load(&all[i].seen_ms) < before)
            return true;
    }
    return false;
}
