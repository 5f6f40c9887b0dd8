/* The functions of <curl/curl.h> that this room calls, each of which loads libcurl unless it is. */
#include "lazy_curl.h"

#include <curl/curl.h>
#include <stdarg.h>
#include <stddef.h>

#include "meshctl/base/library.h"

/* One binary interface since libcurl 7.16 of 2006. */
#define LIBRARY "libcurl.so.4"

LIBRARY_NOTE(LIBRARY, "http", "Requests to clusters and to the sources of charts", "required");

/* Checking macros of the same names. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

/* What is called: type, name, parameters, arguments. V: those that give nothing back. */
#define FUNCTIONS(F, V)                                                                            \
    F(CURLcode, curl_global_init, (long flags), (flags))                                           \
    F(char *, curl_version, (void), ())                                                            \
    F(time_t, curl_getdate, (const char *text, const time_t *unused), (text, unused))              \
    V(curl_free, (void *p), (p))                                                                   \
    F(struct curl_slist *, curl_slist_append, (struct curl_slist * list, const char *text),        \
      (list, text))                                                                                \
    V(curl_slist_free_all, (struct curl_slist * list), (list))                                     \
    F(CURL *, curl_easy_init, (void), ())                                                          \
    V(curl_easy_cleanup, (CURL * easy), (easy))                                                    \
    F(CURLcode, curl_easy_recv, (CURL * easy, void *to, size_t len, size_t *n),                    \
      (easy, to, len, n))                                                                          \
    F(CURLcode, curl_easy_send, (CURL * easy, const void *from, size_t len, size_t *n),            \
      (easy, from, len, n))                                                                        \
    F(const char *, curl_easy_strerror, (CURLcode code), (code))                                   \
    F(CURLM *, curl_multi_init, (void), ())                                                        \
    F(CURLMcode, curl_multi_cleanup, (CURLM * multi), (multi))                                     \
    F(CURLMcode, curl_multi_add_handle, (CURLM * multi, CURL * easy), (multi, easy))               \
    F(CURLMcode, curl_multi_remove_handle, (CURLM * multi, CURL * easy), (multi, easy))            \
    F(CURLMcode, curl_multi_perform, (CURLM * multi, int *running), (multi, running))              \
    F(CURLMcode, curl_multi_poll,                                                                  \
      (CURLM * multi, struct curl_waitfd * more, unsigned int count, int ms, int *ret),            \
      (multi, more, count, ms, ret))                                                               \
    F(CURLMsg *, curl_multi_info_read, (CURLM * multi, int *left), (multi, left))                  \
    F(const char *, curl_multi_strerror, (CURLMcode code), (code))                                 \
    F(CURLU *, curl_url, (void), ())                                                               \
    V(curl_url_cleanup, (CURLU * url), (url))                                                      \
    F(CURLUcode, curl_url_get, (CURLU * url, CURLUPart part, char **ret, unsigned int flags),      \
      (url, part, ret, flags))                                                                     \
    F(CURLUcode, curl_url_set,                                                                     \
      (CURLU * url, CURLUPart part, const char *text, unsigned int flags),                         \
      (url, part, text, flags))                                                                    \
    F(const char *, curl_url_strerror, (CURLUcode code), (code))

#define MEMBER(type, name, parameters, arguments) __typeof__(name) *name;
#define MEMBER_VOID(name, parameters, arguments) __typeof__(name) *name;

static struct functions {
    FUNCTIONS(MEMBER, MEMBER_VOID)
    __typeof__(curl_easy_setopt) *curl_easy_setopt;
    __typeof__(curl_easy_getinfo) *curl_easy_getinfo;
    __typeof__(curl_multi_setopt) *curl_multi_setopt;
} lib;

#define SYMBOL(type, name, parameters, arguments) {#name, offsetof(struct functions, name)},
#define SYMBOL_VOID(name, parameters, arguments) {#name, offsetof(struct functions, name)},

static const struct library_symbol symbols[] = {
    FUNCTIONS(SYMBOL, SYMBOL_VOID){"curl_easy_setopt",
                                   offsetof(struct functions, curl_easy_setopt)},
    {"curl_easy_getinfo", offsetof(struct functions, curl_easy_getinfo)},
    {"curl_multi_setopt", offsetof(struct functions, curl_multi_setopt)},
};

static struct library library = {
    .soname = LIBRARY,
    .symbols = symbols,
    .count = MC_ARRAY_LEN(symbols),
    .table = &lib,
    .hint = LAZY_CURL_WANTED,
    .lock = PTHREAD_MUTEX_INITIALIZER,
};

int lazy_curl_load(struct error **err)
{
    return library_load(&library, err);
}

static bool ready(void)
{
    AUTO_ERROR struct error *why = NULL;
    return library_load(&library, &why) == 0;
}

#define FORWARD(type, name, parameters, arguments)                                                 \
    type name parameters                                                                           \
    {                                                                                              \
        return ready() ? lib.name arguments : (type)0;                                             \
    }
#define FORWARD_VOID(name, parameters, arguments)                                                  \
    void name parameters                                                                           \
    {                                                                                              \
        if (ready())                                                                               \
            lib.name arguments;                                                                    \
    }
FUNCTIONS(FORWARD, FORWARD_VOID)

/* An option's number says what its argument is (curl.h CURLOPTTYPE_). */
#define HAND_ON(set, handle, option, ap)                                                           \
    ((option) < CURLOPTTYPE_OBJECTPOINT ? (set)(handle, option, va_arg(ap, long))                  \
     : (option) < CURLOPTTYPE_OFF_T     ? (set)(handle, option, va_arg(ap, void *))                \
     : (option) < CURLOPTTYPE_BLOB      ? (set)(handle, option, va_arg(ap, curl_off_t))            \
                                        : (set)(handle, option, va_arg(ap, void *)))

CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...)
{
    va_list ap;
    if (!ready())
        return CURLE_FAILED_INIT;
    va_start(ap, option);
    CURLcode code = HAND_ON(lib.curl_easy_setopt, easy, option, ap);
    va_end(ap);
    return code;
}

CURLMcode curl_multi_setopt(CURLM *multi, CURLMoption option, ...)
{
    va_list ap;
    if (!ready())
        return CURLM_INTERNAL_ERROR;
    va_start(ap, option);
    CURLMcode code = HAND_ON(lib.curl_multi_setopt, multi, option, ap);
    va_end(ap);
    return code;
}

CURLcode curl_easy_getinfo(CURL *easy, CURLINFO info, ...)
{
    va_list ap;
    if (!ready())
        return CURLE_FAILED_INIT;
    va_start(ap, info);
    CURLcode code = lib.curl_easy_getinfo(easy, info, va_arg(ap, void *));
    va_end(ap);
    return code;
}
