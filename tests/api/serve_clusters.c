/* Fake clusters for programs: serve_clusters COUNT [MS] says the words of a command line that stand
 * for them, and is there until its standard input ends; each answer comes MS milliseconds late. They
 * hold no certificates, but all else that clusters of the tests do; their files are in a folder of
 * their own, which goes with it. The program has to know the name api.test; tests/hostile/failing.c
 * tells it. */
#include <stdlib.h>

#include "scratch.h"
#include "steps_fixture.h"

#define DELAY_MAX_MS 10000

int main(int argc, char **argv)
{
    struct clusters c;
    char rest[64];
    long count = argc == 2 || argc == 3 ? strtol(argv[1], NULL, 10) : 0;
    long delay_ms = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    if (count < 1 || count > CLUSTERS_MAX || delay_ms < 0 || delay_ms > DELAY_MAX_MS) {
        fprintf(stderr, "usage: serve_clusters COUNT [MS]\n");
        return 64;
    }
    struct fakeapi_rule late = {.fault = FAKEAPI_PASS, .path = "*", .delay_ms = (int)delay_ms};
    clusters_start(&c, (size_t)count);
    for (size_t i = 0; i < c.count; i++) {
        fakeapi_remove(c.apis[i], "/api/v1/namespaces/istio-system/secrets/cacerts");
        if (delay_ms)
            fakeapi_add(c.apis[i], &late);
    }
    AUTO_FREE char *words = clusters_words_dup(&c);
    printf("%s\n%s\n", c.folder, words);
    fflush(stdout);
    while (read(STDIN_FILENO, rest, sizeof(rest)) > 0)
        ;
    clusters_stop(&c);
    return 0;
}
