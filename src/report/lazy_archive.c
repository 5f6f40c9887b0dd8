/* Loads libarchive. */
#include "lazy_archive.h"

#include <stddef.h>

#include "meshctl/base/library.h"

/* One binary interface since libarchive 3.0 of 2011. */
#define SONAME "libarchive.so.13"

LIBRARY_NOTE(SONAME, "report", "An archive of all that is needed to find a fault", "suggested");

#define SYMBOL(name)                                                                               \
    {                                                                                              \
        "archive_" #name, offsetof(struct lazy_archive, name)                                      \
    }

static const struct library_symbol symbols[] = {
    SYMBOL(write_new),
    SYMBOL(write_free),
    SYMBOL(write_add_filter_gzip),
    SYMBOL(write_set_format_pax_restricted),
    SYMBOL(write_set_bytes_in_last_block),
    SYMBOL(write_open),
    SYMBOL(write_header),
    SYMBOL(write_data),
    SYMBOL(write_close),
    SYMBOL(error_string),
    SYMBOL(entry_new),
    SYMBOL(entry_free),
    SYMBOL(entry_set_pathname),
    SYMBOL(entry_set_filetype),
    SYMBOL(entry_set_perm),
    SYMBOL(entry_set_size),
    SYMBOL(entry_set_mtime),
};

static struct lazy_archive functions;
static struct library library = {
    .soname = SONAME,
    .symbols = symbols,
    .count = MC_ARRAY_LEN(symbols),
    .table = &functions,
    .hint = "install it; Debian's package is libarchive13",
    .lock = PTHREAD_MUTEX_INITIALIZER,
};

const struct lazy_archive *lazy_archive_load(struct error **err)
{
    return library_load(&library, err) < 0 ? NULL : &functions;
}
