/* The side of the requests: a thread that uses libcurl says so, and that it is still there. */
#ifndef NET_UNDER_WAY_H
#define NET_UNDER_WAY_H

#include "meshctl/net/under_way.h"

struct under_way;

/* NULL when too many are told of already: this one is not. */
struct under_way *under_way_begin(void);
/* `who` may be NULL. Each of these is nothing for NULL. */
void under_way_name(struct under_way *u, const char *who, const char *method,
                    const char *public_url);
void under_way_beat(struct under_way *u);
void under_way_end(struct under_way *u);

#endif
