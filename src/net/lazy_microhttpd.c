/* Loads libmicrohttpd. */
#include "lazy_microhttpd.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* One binary interface since libmicrohttpd 0.9.1 of 2010. */
#define LIBRARY "libmicrohttpd.so.12"

/* As in lazy_curl.c, for tools that work out what the program needs. */
#define NOTE_OWNER "FDO"
#define NOTE_TYPE 0x407c0c0a
#define NOTE_TEXT                                                                                  \
    "[{\"soname\":[\"" LIBRARY "\"],\"feature\":\"serve\","                                        \
    "\"description\":\"The picture of a mesh for a browser that keeps it fresh\","                 \
    "\"priority\":\"suggested\"}]"

static const struct {
    ElfW(Nhdr) head;
    char owner[sizeof(NOTE_OWNER)];
    alignas(4) char text[sizeof(NOTE_TEXT)];
} note __attribute__((used, section(".note.dlopen"), aligned(4))) = {
    .head = {.n_namesz = sizeof(NOTE_OWNER), .n_descsz = sizeof(NOTE_TEXT), .n_type = NOTE_TYPE},
    .owner = NOTE_OWNER,
    .text = NOTE_TEXT,
};

#define SYMBOL(name)                                                                               \
    {                                                                                              \
        "MHD_" #name, offsetof(struct lazy_microhttpd, name)                                       \
    }

static const struct {
    const char *name;
    size_t slot;
} symbols[] = {
    SYMBOL(start_daemon),        SYMBOL(stop_daemon),
    SYMBOL(add_response_header), SYMBOL(lookup_connection_value),
    SYMBOL(queue_response),      SYMBOL(create_response_from_buffer),
    SYMBOL(destroy_response),
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct lazy_microhttpd lib;
static bool is_loaded;
static char reason[256]; /* why it is not */

static void load(void)
{
    void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    is_loaded = handle != NULL;
    for (size_t i = 0; is_loaded && i < MC_ARRAY_LEN(symbols); i++) {
        void *found = dlsym(handle, symbols[i].name);
        memcpy((char *)&lib + symbols[i].slot, &found, sizeof(found));
        is_loaded = found != NULL;
    }
    if (!is_loaded)
        snprintf(reason, sizeof(reason), "%s", dlerror());
}

const struct lazy_microhttpd *lazy_microhttpd_load(struct error **err)
{
    pthread_once(&once, load);
    if (is_loaded)
        return &lib;
    error_set(err, ERROR_INTERNAL, "libmicrohttpd cannot be loaded: %s", reason);
    error_hint(err, "install it; Debian's package is libmicrohttpd12. Without it: -o html > FILE");
    return NULL;
}
