/* Lists that grow, and the forms in which values go into lists and maps. */
#ifndef MESHCTL_VALUE_ITEMS_H
#define MESHCTL_VALUE_ITEMS_H

#include "meshctl/value/value.h"

#define ITEMS_MAX_DEPTH 1000    /* nesting that is walked */
#define ITEMS_MAX_PARTS 2000000 /* values in a value that is written or copied */

/* nil in all its forms. */
bool value_is_nil(struct tval v);
/* As it goes into a list or map: "no value" becomes nil; an object with a value
 * form stays itself. */
struct tval value_stored(struct tval v);
/* Objects as their value form, all else as it is. */
struct tval value_plain(struct arena *a, struct tval v);
/* An object with fields as a map of their Go names (tval_struct), with `flat` those of an
 * embedded struct among them; all else as it is. */
struct tval value_fields(struct arena *a, struct tval v, bool flat);

/* Refuses a value of more than ITEMS_MAX_PARTS: shared parts count each time, and they may double
 * with every level. */
int value_check_size(struct tval v, struct error **err) MC_WARN_UNUSED;
/* A growing list; finish it with items_list. */
struct items {
    struct arena *a;
    struct tval *data;
    size_t count;
    size_t cap;
    const char *elem;
};
void items_add(struct items *l, struct tval v);
void items_add_string(struct items *l, const char *s, size_t len);
/* Whether the thread's budget has room for a list of so many values in one piece; false: it is over. */
bool list_is_admitted(size_t count);
/* An empty list is empty, not nil. */
struct tval items_list(const struct items *l);
/* Go's nil slice: no items array. It prints as [] but is null in JSON and YAML. */
struct tval list_nil(struct arena *a, const char *elem);

#endif
