/* The seed of hash functions. */
#include "meshctl/base/hash.h"

#include <sys/random.h>
#include <time.h>

uint64_t hash_seed;

__attribute__((constructor)) static void set_seed(void)
{
    if (getrandom(&hash_seed, sizeof(hash_seed), GRND_NONBLOCK) == sizeof(hash_seed))
        return;
    /* So early after the machine's start that it has no entropy yet. */
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    hash_seed = (uint64_t)now.tv_nsec;
}
