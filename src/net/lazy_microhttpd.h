/* libmicrohttpd is loaded when a server is made, as libcurl is when a request is sent: of all that
 * meshctl does only `graph --serve` needs it, and it brings GnuTLS and eight libraries more. */
#ifndef NET_LAZY_MICROHTTPD_H
#define NET_LAZY_MICROHTTPD_H

#include <microhttpd.h>

#include "meshctl/base/error.h"

/* The functions that are called, by their own names without MHD_. */
struct lazy_microhttpd {
    __typeof__(MHD_start_daemon) *start_daemon;
    __typeof__(MHD_stop_daemon) *stop_daemon;
    __typeof__(MHD_lookup_connection_value) *lookup_connection_value;
    __typeof__(MHD_create_response_from_buffer) *create_response_from_buffer;
    __typeof__(MHD_add_response_header) *add_response_header;
    __typeof__(MHD_queue_response) *queue_response;
    __typeof__(MHD_destroy_response) *destroy_response;
};

/* NULL with an error where it cannot be loaded. Constant from then on; thread-safe. */
const struct lazy_microhttpd *lazy_microhttpd_load(struct error **err);

#endif
