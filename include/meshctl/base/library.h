/* A shared library that is loaded when it is first needed, not when the program starts, because
 * loading it costs more than what many a command does. A room that uses such a library defines the
 * functions that it calls (lazy_*.c); each of them comes here first. Thread-safe. */
#ifndef MESHCTL_BASE_LIBRARY_H
#define MESHCTL_BASE_LIBRARY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "meshctl/base/mem.h"

struct library_symbol {
    const char *name;
    void *slot; /* the pointer to a function that is set */
};

struct library {
    const char *file; /* with the number of its binary interface: "libcurl.so.4" */
    const struct library_symbol *symbols;
    size_t count;
    /* set by library_load */
    atomic_bool is_loaded;
    pthread_mutex_t lock;
    char reason[256]; /* why it is not */
};
#define LIBRARY_INIT(file_, symbols_)                                                              \
    {                                                                                              \
        .file = (file_), .symbols = (symbols_), .count = MC_ARRAY_LEN(symbols_),                   \
        .lock = PTHREAD_MUTEX_INITIALIZER                                                          \
    }

/* Loads it unless it is; false when it cannot be. */
bool library_load(struct library *l);

/* The functions of a library as rows of a macro FUNCTIONS(F, V): type, name, parameters, arguments;
 * V for those that give nothing back, without the type. They make the members of a struct `lib` and
 * the table of symbols. */
#define LIBRARY_MEMBER(type, name, parameters, arguments) __typeof__(name) *name;
#define LIBRARY_MEMBER_VOID(name, parameters, arguments) __typeof__(name) *name;
#define LIBRARY_SYMBOL(type, name, parameters, arguments) {#name, &lib.name},
#define LIBRARY_SYMBOL_VOID(name, parameters, arguments) {#name, &lib.name},

#endif
