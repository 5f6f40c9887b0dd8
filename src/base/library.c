/* Opens a library when it is needed. */
#include "meshctl/base/library.h"

#include <dlfcn.h>
#include <string.h>

static bool look_up(const struct library *l, void *handle)
{
    for (size_t i = 0; i < l->count; i++) {
        void *found = dlsym(handle, l->symbols[i].name);
        if (!found)
            return false;
        memcpy((char *)l->table + l->symbols[i].slot, &found, sizeof(found));
    }
    return true;
}

int library_load(struct library *l, struct error **err)
{
    int rc = 0;
    pthread_mutex_lock(&l->lock);
    if (!l->is_loaded) {
        void *handle = dlopen(l->soname, RTLD_NOW | RTLD_LOCAL);
        l->is_loaded = handle && look_up(l, handle);
        if (!l->is_loaded) {
            rc = error_set(err, ERROR_INTERNAL, "%s cannot be loaded: %s", l->soname, dlerror());
            error_hint(err, "%s", l->hint);
        }
    }
    pthread_mutex_unlock(&l->lock);
    return rc;
}
