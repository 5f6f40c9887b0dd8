/* libarchive for writing, loaded when an archive is made. Reading charts is linked from libarchive's own
 * archive (libarchive.a), but in that writing a tar needs every other format, and with them an XML
 * parser, three compressors and a cipher. */
#ifndef REPORT_LAZY_ARCHIVE_H
#define REPORT_LAZY_ARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

#include "meshctl/base/error.h"

/* The functions that are called, by their own names without archive_. */
struct lazy_archive {
    __typeof__(archive_write_new) *write_new;
    __typeof__(archive_write_free) *write_free;
    __typeof__(archive_write_add_filter_gzip) *write_add_filter_gzip;
    __typeof__(archive_write_set_format_pax_restricted) *write_set_format_pax_restricted;
    __typeof__(archive_write_set_bytes_in_last_block) *write_set_bytes_in_last_block;
    __typeof__(archive_write_open) *write_open;
    __typeof__(archive_write_header) *write_header;
    __typeof__(archive_write_data) *write_data;
    __typeof__(archive_write_close) *write_close;
    __typeof__(archive_error_string) *error_string;
    __typeof__(archive_entry_new) *entry_new;
    __typeof__(archive_entry_free) *entry_free;
    __typeof__(archive_entry_set_pathname) *entry_set_pathname;
    __typeof__(archive_entry_set_filetype) *entry_set_filetype;
    __typeof__(archive_entry_set_perm) *entry_set_perm;
    __typeof__(archive_entry_set_size) *entry_set_size;
    __typeof__(archive_entry_set_mtime) *entry_set_mtime;
};

/* NULL with an error where it cannot be loaded. Constant from then on; thread-safe. */
const struct lazy_archive *lazy_archive_load(struct error **err);

#endif
