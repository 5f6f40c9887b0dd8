/* Loads a shared library and fills a table of its functions, once. */
#include "meshctl/base/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXIT_CODE_NO_LIBRARY 127 /* ld.so's */

static bool load(struct library *l)
{
    void *handle = dlopen(l->file, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; handle && i < l->count; i++) {
        void *found = dlsym(handle, l->symbols[i].name);
        memcpy(l->symbols[i].slot, &found, sizeof(found));
        if (!found)
            handle = NULL;
    }
    if (handle)
        return true;
    const char *why = dlerror();
    snprintf(l->reason, sizeof(l->reason), "%s", why ? why : l->file);
    return false;
}

bool library_load(struct library *l)
{
    if (atomic_load_explicit(&l->is_loaded, memory_order_acquire))
        return true;
    pthread_mutex_lock(&l->lock);
    if (!l->is_loaded && !l->reason[0] && load(l))
        atomic_store_explicit(&l->is_loaded, true, memory_order_release);
    pthread_mutex_unlock(&l->lock);
    return l->is_loaded;
}

void library_require(struct library *l)
{
    if (library_load(l))
        return;
    AUTO_FREE char *text =
        mem_printf("meshctl: error while loading shared libraries: %s\n", l->reason);
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
    _exit(EXIT_CODE_NO_LIBRARY);
}
