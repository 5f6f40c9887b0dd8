/* Where hash functions begin: at a number of this process alone, so that nobody can write keys that
 * all fall into one place of a table. */
#ifndef MESHCTL_BASE_HASH_H
#define MESHCTL_BASE_HASH_H

#include <stdint.h>

/* Set before main. */
extern uint64_t hash_seed;

#endif
