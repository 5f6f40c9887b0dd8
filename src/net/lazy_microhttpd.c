/* Loads libmicrohttpd. */
#include "lazy_microhttpd.h"

#include <stddef.h>

#include "meshctl/base/library.h"

/* One binary interface since libmicrohttpd 0.9.1 of 2010. */
#define SONAME "libmicrohttpd.so.12"

LIBRARY_NOTE(SONAME, "serve", "The picture of a mesh for a browser, kept fresh", "suggested");

#define SYMBOL(name)                                                                               \
    {                                                                                              \
        "MHD_" #name, offsetof(struct lazy_microhttpd, name)                                       \
    }

static const struct library_symbol symbols[] = {
    SYMBOL(start_daemon),        SYMBOL(stop_daemon),
    SYMBOL(add_response_header), SYMBOL(lookup_connection_value),
    SYMBOL(queue_response),      SYMBOL(create_response_from_buffer),
    SYMBOL(destroy_response),
};

static struct lazy_microhttpd functions;
static struct library library = {
    .soname = SONAME,
    .symbols = symbols,
    .count = MC_ARRAY_LEN(symbols),
    .table = &functions,
    .hint = "install it; Debian's package is libmicrohttpd12. Without it: -o html > FILE",
    .lock = PTHREAD_MUTEX_INITIALIZER,
};

const struct lazy_microhttpd *lazy_microhttpd_load(struct error **err)
{
    return library_load(&library, err) < 0 ? NULL : &functions;
}
