/* The process: signals, memory and the hash seed are set up, then the command line runs. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <malloc.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "meshctl/base/mem.h"
#include "meshctl/base/proc.h"
#include "meshctl/cli/main.h"
#include "meshctl/net/under_way.h"

/* What every command needs comes in ordinary pages; what more a render needs, in a huge one: of
 * x86-64, and of arm64 where a page has 4 KiB. */
#define HEAP_SMALL ((size_t)64 * 1024)
#define HUGE_PAGE ((size_t)2 * 1024 * 1024)

static struct cancel cancel;

/* How long an orderly end may take. Who stops a program with SIGTERM waits for it; a person who pressed
 * Ctrl-C can press it again, and would rather have the clusters' locks given back. */
#define LEAVE_AFTER_TERM_MS 1500
#define LEAVE_AFTER_INT_MS 15000
#define LEAVE_OWING_MS 8000 /* more, once, where something of the clusters' has to be given back */

static timer_t leave_timer;

/* The first signal asks for an orderly end, the second one leaves at once. */
static void on_signal(int signal_number)
{
    int saved = errno;
    long ms = signal_number == SIGTERM ? LEAVE_AFTER_TERM_MS : LEAVE_AFTER_INT_MS;
    const struct itimerspec once = {.it_value = {ms / 1000, ms % 1000 * 1000000}};
    if (cancel_is_set(&cancel)) {
        proc_kill_all();
        _exit(130);
    }
    cancel_set(&cancel);
    (void)timer_settime(leave_timer, 0, &once, NULL);
    errno = saved;
}

/* Some thread does not look at the cancel token. What is half done is as after a kill: the same command
 * goes on from there. */
static void on_overdue(int signal_number)
{
    static bool is_extended;
    const struct itimerspec once = {.it_value = {LEAVE_OWING_MS / 1000, 0}};
    (void)signal_number;
    if (atomic_load(&cancel.owes) && !is_extended) {
        is_extended = true;
        (void)timer_settime(leave_timer, 0, &once, NULL);
        return;
    }
    proc_kill_all();
    under_way_leave("meshctl: left without an orderly end; the same command goes on\n", 130);
}

static int set_up_signals(void)
{
    struct sigaction action;
    struct sigevent overdue = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    memset(&action, 0, sizeof(action));
    action.sa_flags = SA_RESTART;
    action.sa_handler = on_overdue;
    if (timer_create(CLOCK_MONOTONIC, &overdue, &leave_timer) < 0 ||
        sigaction(SIGALRM, &action, NULL) < 0)
        return -1;
    action.sa_handler = on_signal;
    if (cancel_init(&cancel) < 0 || sigaction(SIGINT, &action, NULL) < 0 ||
        sigaction(SIGTERM, &action, NULL) < 0)
        return -1;
    /* The terminal is gone: what was started ends with us. Under nohup it is no reason to end. */
    struct sigaction inherited;
    if (sigaction(SIGHUP, NULL, &inherited) == 0 && inherited.sa_handler != SIG_IGN)
        (void)sigaction(SIGHUP, &action, NULL);
    action.sa_handler = SIG_IGN;
    return sigaction(SIGPIPE, &action, NULL);
}

/* A file that is opened later must not become standard output. Reading from what should be written
 * to (and the other way round) fails, as a closed stream would. */
static void fill_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* Every page that the kernel gives costs more than most of what is done with it. So behind its
 * beginning the heap is one huge page, where the kernel has one to give, and grows in large steps;
 * and what was freed is used again instead of going back: no command keeps for long what it once
 * needed. */
static void set_up_memory(void)
{
    uintptr_t begin = (uintptr_t)sbrk(0);
    uintptr_t edge = (begin + HEAP_SMALL + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    mallopt(M_TOP_PAD, HEAP_SMALL + HUGE_PAGE);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    if (sbrk((intptr_t)(edge - HEAP_SMALL - begin)) == (void *)-1)
        return;
    free(mem_alloc(1)); /* the heap is there from now on, and nothing has touched the huge page */
    (void)madvise((void *)edge, HUGE_PAGE, MADV_HUGEPAGE);
}

/* The mesh's keys and the clusters' credentials are in memory: no file and no handler of core files gets
 * them (a handler gets one whatever the limit), and no other program of the same user reads them. */
static int forbid_dumps(void)
{
    const struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0 ? -1 : 0;
}

static int set_up_process(void)
{
    set_up_memory();
    if (forbid_dumps() < 0 || set_up_signals() < 0)
        return -1;
    /* Before the first thread: jansson's hash seed is not thread-safe to set. Without one it opens
     * /dev/urandom. */
    size_t seed = 0;
    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
        seed = 0;
    json_object_seed(seed);
    return 0;
}

int main(int argc, char **argv)
{
    fill_standard_streams();
    if (set_up_process() < 0) {
        static const char text[] = "meshctl: the process could not be set up\n";
        ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
        (void)ignored;
        return 1;
    }
    int code = cli_main(argc, argv, &cancel);
    cancel_release(&cancel);
    return code;
}
