/* How much of the C stack is left: the parser, the printer of nodes and the executor recurse as
 * deep as a template makes them, and stop with an error before the stack ends. Thread-safe. */
#ifndef MESHCTL_TMPL_STACK_H
#define MESHCTL_TMPL_STACK_H

#include <stdbool.h>

/* True when less than the reserve that leaf functions need is left on the calling thread. */
bool stack_is_low(void);
/* True somewhat before that: for the calls (include, template, tpl) that have errors of their own
 * for endless recursion, so that these speak first. */
bool stack_is_short(void);

#endif
