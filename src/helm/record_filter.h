/* A record's JSON on its way, with other values in the place of some: templates, files and the
 * manifest are most of a record, and neither who asks what is installed nor who writes another
 * status needs them read. What is not replaced comes out byte for byte.
 *
 * Only strings and brackets are followed: whether the text is JSON is for who reads what comes out. */
#ifndef MESHCTL_HELM_RECORD_FILTER_H
#define MESHCTL_HELM_RECORD_FILTER_H

#include <stdbool.h>

#include "meshctl/base/buf.h"

#define RECORD_FILTER_LEVELS 2

/* Set the first three. */
struct record_filter {
    struct buf *out; /* what comes out is appended */
    /* The text to put in the place of a value, or NULL; of member `key` of the record (`parent` is
     * "") and of its member `parent`. Keys are cut short after 15 bytes, escapes are as written. */
    const char *(*replace)(void *ctx, const char *parent, const char *key);
    void *ctx;

    size_t depth, skipped; /* the depth of the value that is left out, or 0 */
    bool in_string, is_escaped, wants_key;
    bool is_object[RECORD_FILTER_LEVELS];
    char keys[RECORD_FILTER_LEVELS][16];
    size_t key_len;
};

/* The next bytes of the text, cut anywhere. */
void record_filter_feed(struct record_filter *f, const char *data, size_t len);

#endif
