/* Sets up a curl handle. */
#include "handle.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lazy_curl.h"

#define CONNECT_TIMEOUT_MS 10000
#define MAX_REDIRECTS 10L
/* What was idle for longer is not used again. A server that ends an idle TLS connection says so in it, and
 * libcurl 7.88.1 takes those bytes for life (lib/vtls/openssl.c, ossl_check_cxn): the request fails, and so
 * do the five next ones that it tries. */
#define MAX_IDLE_S 8L
#define SEND_BUFFER (16L * 1024) /* of each transfer under way; libcurl takes four times that */
/* A peer that is gone without a word (NAT forgot us, machine off) is noticed after this. */
#define PEER_SILENT_MS 45000
#define KEEPALIVE_IDLE_S 15
#define KEEPALIVE_INTERVAL_S 10

static pthread_once_t global_once = PTHREAD_ONCE_INIT;
static CURLcode global_code;

static void global_init(void)
{
    struct sigaction now;
    global_code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
}

int handle_global_init(struct error **err)
{
    if (lazy_curl_load(err) < 0)
        return -1;
    pthread_once(&global_once, global_init);
    if (global_code == CURLE_OK)
        return 0;
    return error_set(err, ERROR_INTERNAL, "start libcurl: %s", curl_easy_strerror(global_code));
}

/* Sockets must not leak into credential plug-ins that run at the same time. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
    (void)ctx;
    (void)purpose;
    int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
    if (fd < 0)
        return CURL_SOCKET_BAD;
    unsigned int silent = PEER_SILENT_MS;
    if (a->socktype == SOCK_STREAM && (a->family == AF_INET || a->family == AF_INET6))
        (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silent, sizeof(silent));
    return fd;
}

static CURLcode set_blob(CURL *easy, CURLoption option, const char *pem)
{
    struct curl_blob blob = {
        .data = (void *)(uintptr_t)pem, .len = strlen(pem), .flags = CURL_BLOB_NOCOPY};
    return curl_easy_setopt(easy, option, &blob);
}

static CURLcode set_trust(CURL *easy, const struct net_tls *tls)
{
    CURLcode rc = CURLE_OK;
    const char *bundle = getenv("SSL_CERT_FILE");
    if (tls->insecure) {
        rc |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        rc |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    } else if (tls->ca_pem) {
        /* Without this the system's folder of authorities would be trusted beside the given one. */
        rc |= curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
        rc |= set_blob(easy, CURLOPT_CAINFO_BLOB, tls->ca_pem);
    } else if (bundle && *bundle) {
        /* As Go's crypto/x509 root_unix.go does. */
        rc |= curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
        rc |= curl_easy_setopt(easy, CURLOPT_CAINFO, bundle);
    }
    return rc;
}

static CURLcode set_tls(CURL *easy, const struct net_tls *tls)
{
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    rc |= set_trust(easy, tls);
    if (tls->cert_pem)
        rc |= set_blob(easy, CURLOPT_SSLCERT_BLOB, tls->cert_pem);
    if (tls->key_pem) {
        rc |= set_blob(easy, CURLOPT_SSLKEY_BLOB, tls->key_pem);
        /* An encrypted key fails; without a pass phrase OpenSSL would ask at the terminal. */
        rc |= curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "");
    }
    if (tls->proxy_url)
        rc |= curl_easy_setopt(easy, CURLOPT_PROXY, tls->proxy_url);
    return rc;
}

static CURLcode set_manners(CURL *easy, const struct http_options *options)
{
    int64_t connect_ms =
        options->connect_timeout_ms > 0 ? options->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    rc |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    /* Cancelling must not wait for a name server. */
    rc |= curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    /* Over HTTP/2, where requests share a connection, libcurl 7.88.1 gives a request another one's
     * answer where some go over HTTP/1.1 (lib/url.c, ConnectionExists), fails on large uploads, and
     * leaves what it has read of an answer unseen when the request that read it ends by its
     * Content-Length (lib/http2.c, http2_data_done): that answer then never ends. For a WebSocket
     * it would need RFC 8441, which API servers do not speak. */
    rc |= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    rc |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    rc |= curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    rc |= curl_easy_setopt(easy, CURLOPT_MAXREDIRS, MAX_REDIRECTS);
    rc |= curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    rc |= curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, SEND_BUFFER);
    rc |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    rc |= curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, MAX_IDLE_S);
    rc |= curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    rc |= curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_IDLE_S);
    rc |= curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_INTERVAL_S);
    rc |= curl_easy_setopt(easy, CURLOPT_USERAGENT,
                           options->user_agent ? options->user_agent : "meshctl");
    return rc;
}

int handle_new(const struct http_options *options, char *error_text, CURL **ret_easy,
               struct error **err)
{
    static const struct net_tls defaults;
    AUTO_HANDLE CURL *easy = curl_easy_init();
    if (!easy)
        return error_set(err, ERROR_INTERNAL, "libcurl gives no handle");
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text);
    rc |= set_manners(easy, options);
    rc |= set_tls(easy, options->tls ? options->tls : &defaults);
    if (options->abstract_socket)
        rc |= curl_easy_setopt(easy, CURLOPT_ABSTRACT_UNIX_SOCKET, options->abstract_socket);
    if (rc != CURLE_OK) {
        error_set(err, ERROR_INTERNAL, "this libcurl (%s) lacks an option that is needed",
                  curl_version());
        return error_hint(err, LAZY_CURL_WANTED);
    }
    *ret_easy = TAKE(easy);
    return 0;
}

int handle_aim(CURL *easy, const struct http_options *options, const struct target *target,
               struct error **err)
{
    bool own_proxy = options->tls && options->tls->proxy_url;
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_URL, target->url);
    rc |= curl_easy_setopt(easy, CURLOPT_CONNECT_TO, target->connect_to);
    rc |= curl_easy_setopt(easy, CURLOPT_NOPROXY, target->direct && !own_proxy ? "*" : "");
    if (rc != CURLE_OK)
        return error_set(err, ERROR_INTERNAL, "libcurl refuses the URL %s", target->public_url);
    return 0;
}
