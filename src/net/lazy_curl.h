/* libcurl is loaded when it is first needed, not when the program starts: with the 30 libraries
 * behind it, loading costs more time and memory than rendering a chart, and `render`, `ca init` or
 * `explain` never use it. lazy_curl.c defines the functions of <curl/curl.h> that this room calls;
 * each loads the library by itself. Thread-safe. */
#ifndef NET_LAZY_CURL_H
#define NET_LAZY_CURL_H

#include "meshctl/base/error.h"

/* The hint for one that is missing or lacks something: CURLOPT_QUICK_EXIT is of 7.87. */
#define LAZY_CURL_WANTED "install libcurl 7.87 or newer; Debian's package is libcurl4"

/* Loads it now; the error says why it cannot be (without this call, functions that make something
 * give NULL then). */
int lazy_curl_load(struct error **err) MC_WARN_UNUSED;

#endif
