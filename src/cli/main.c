#include <fcntl.h>
#include <jansson.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "meshctl/cli/main.h"

static struct cancel cancel;

/* The first signal asks for an orderly end, the second one leaves at once. */
static void on_signal(int signal_number)
{
    (void)signal_number;
    if (cancel_is_set(&cancel))
        _exit(130);
    cancel_set(&cancel);
}

/* A file that is opened later must not become standard output. Reading from what should be written
 * to (and the other way round) fails, as a closed stream would. */
static void fill_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* Every page that the kernel gives costs more than most of what is done with it. The heap grows in
 * large steps, and what was freed is used again instead of going back: no command keeps for long
 * what it once needed. */
static void set_up_memory(void)
{
    mallopt(M_TOP_PAD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
}

static int set_up_process(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    if (cancel_init(&cancel) < 0 || sigaction(SIGINT, &action, NULL) < 0 ||
        sigaction(SIGTERM, &action, NULL) < 0)
        return -1;
    action.sa_handler = SIG_IGN;
    if (sigaction(SIGPIPE, &action, NULL) < 0)
        return -1;
    /* Before the first thread: jansson's hash seed is not thread-safe to set. Without one it opens
     * /dev/urandom. */
    size_t seed = 0;
    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
        seed = 0;
    json_object_seed(seed);
    set_up_memory();
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
