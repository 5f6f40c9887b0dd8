/* An easy handle with all that a client's options say: TLS, proxy, limits in time, no signals. */
#ifndef MESHCTL_NET_HANDLE_H
#define MESHCTL_NET_HANDLE_H

#include <curl/curl.h>

#include "meshctl/net/http.h"
#include "target.h"

/* Starts libcurl once for the process and makes it ignore SIGPIPE, which OpenSSL's writes raise. */
int handle_global_init(struct error **err) MC_WARN_UNUSED;

/* `options` and `error_text` (CURL_ERROR_SIZE bytes) are borrowed for the handle's life. */
int handle_new(const struct http_options *options, char *error_text, CURL **ret_easy,
               struct error **err) MC_WARN_UNUSED;

/* Points the handle at the target, which must live until the transfer has ended. */
int handle_aim(CURL *easy, const struct http_options *options, const struct target *target,
               struct error **err) MC_WARN_UNUSED;

MC_DEFINE_CLEANUP(handle_cleanup, CURL, curl_easy_cleanup);
#define AUTO_HANDLE MC_CLEANUP(handle_cleanup)

#endif
