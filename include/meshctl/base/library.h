/* Libraries that are opened when they are first needed: what a command or two use shall not cost the
 * start of all others. A note in the program tells packaging tools of each
 * (https://systemd.io/ELF_DLOPEN_METADATA); tests/lint/libraries holds the notes against what is opened. */
#ifndef MESHCTL_BASE_LIBRARY_H
#define MESHCTL_BASE_LIBRARY_H

#include <link.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdbool.h>

#include "meshctl/base/error.h"

struct library_symbol {
    const char *name;
    size_t slot; /* where the table has its address */
};

/* One a library, static; thread-safe. All but the last two are set by whoever has it. */
struct library {
    const char *soname;
    const struct library_symbol *symbols;
    size_t count;
    void *table;      /* of pointers to functions */
    const char *hint; /* how to get it */
    pthread_mutex_t lock;
    bool is_loaded;
};

/* Opens it, and looks up all symbols, unless that was done. */
int library_load(struct library *l, struct error **err) MC_WARN_UNUSED;

#define LIBRARY_NOTE_OWNER "FDO"
#define LIBRARY_NOTE_TYPE 0x407c0c0a
#define LIBRARY_NOTE_TEXT(soname, feature, description, priority)                                  \
    "[{\"soname\":[\"" soname "\"],\"feature\":\"" feature "\",\"description\":\"" description     \
    "\",\"priority\":\"" priority "\"}]"
/* The note, of one file of C; "suggested" is a library without which only the feature is missing. */
#define LIBRARY_NOTE(soname, feature, description, priority)                                       \
    static const struct {                                                                          \
        ElfW(Nhdr) head;                                                                           \
        char owner[sizeof(LIBRARY_NOTE_OWNER)];                                                    \
        alignas(4) char text[sizeof(LIBRARY_NOTE_TEXT(soname, feature, description, priority))];   \
    } library_note __attribute__((used, section(".note.dlopen"), aligned(4))) = {                  \
        .head = {.n_namesz = sizeof(LIBRARY_NOTE_OWNER),                                           \
                 .n_descsz = sizeof(LIBRARY_NOTE_TEXT(soname, feature, description, priority)),    \
                 .n_type = LIBRARY_NOTE_TYPE},                                                     \
        .owner = LIBRARY_NOTE_OWNER,                                                               \
        .text = LIBRARY_NOTE_TEXT(soname, feature, description, priority),                         \
    }

#endif
