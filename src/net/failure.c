/* curl's error codes as errors with hints. */
#include "failure.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/net/http.h"

#define MAX_REASON 300
#define CONNECT_PREFIX "connect to "
#define LOOK_UP_PREFIX "look up "
#define TLS_PREFIX "TLS with "
#define FOR_OTHERS "the server's certificate is for "
#define OF_A_STRANGER "certificate signed by an unknown authority"

/* OpenSSL's and libcurl's words in the error buffer, and what they mean here. */
struct tls_reason {
    const char *words;
    const char *message;
    const char *hint;
};

static const struct tls_reason tls_reasons[] = {
    {"certificate has expired", "the server's certificate has expired",
     "renew the server's certificate, or look at this machine's clock"},
    {"certificate is not yet valid", "the server's certificate is not valid yet",
     "look at this machine's clock and the server's"},
    {"no alternative certificate subject name", FOR_OTHERS "other names",
     "use an address that the certificate names, or set tls-server-name in the kubeconfig"},
    {"does not match target host name", FOR_OTHERS "another name",
     "use an address that the certificate names, or set tls-server-name in the kubeconfig"},
    {"IP address mismatch", FOR_OTHERS "other addresses",
     "use an address that the certificate names, or set tls-server-name in the kubeconfig"},
    {"alert certificate expired", "the server says that our client certificate has expired",
     "fetch a new kubeconfig; the client certificate in it is out of date"},
    {"alert certificate required", "the server asks for a client certificate",
     "the kubeconfig's user has no client-certificate-data"},
    {"alert unknown ca", "the server does not know the authority of our client certificate",
     "the client certificate in the kubeconfig is not for this cluster; fetch a new kubeconfig"},
    {"alert bad certificate", "the server rejected our client certificate",
     "the client certificate in the kubeconfig is not for this cluster; fetch a new kubeconfig"},
    {"alert certificate revoked", "the server says that our client certificate was revoked",
     "fetch a new kubeconfig"},
    {"alert certificate unknown", "the server rejected our client certificate",
     "fetch a new kubeconfig"},
    {"wrong version number", "the server does not speak TLS on this port",
     "the address or port is of something else, or its URL is http://"},
    {"unsupported protocol", "the server speaks no TLS version from 1.2 on", NULL},
    {"alert protocol version", "the server speaks no TLS version from 1.2 on", NULL},
    {"alert handshake failure", "the server found no TLS parameters in common", NULL},
    {"key values mismatch", "the client certificate and its key do not belong together",
     "fetch a new kubeconfig"},
};

/* All of them mean that the chain does not end in an authority that we trust. */
static const char *const unknown_authority[] = {
    "unable to get local issuer",
    "unable to get issuer",
    "self-signed certificate",
    "self signed certificate",
    "unable to verify the first certificate",
    "invalid CA certificate",
    "certificate signature failure",
};

static void append_reason(struct buf *out, const struct failure *f)
{
    const char *text = f->text && *f->text ? f->text : curl_easy_strerror(f->code);
    /* libcurl's first act on a new connection; it fails when a reset is already here. */
    if (text_has_prefix(text, "getpeername() failed"))
        text = "Connection reset by peer";
    if (f->code == CURLE_SEND_FAIL_REWIND)
        text = "closed by the server without an answer";
    text_append_clean(out, text, strcspn(text, "\r\n"));
}

static bool mentions_unknown_authority(const char *text)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(unknown_authority); i++)
        if (strstr(text, unknown_authority[i]))
            return true;
    return false;
}

static int report_authority(const struct failure *f, struct error **err)
{
    bool own_ca = f->tls && f->tls->ca_pem;
    error_set(err, ERROR_UNREACHABLE, TLS_PREFIX "%s: " OF_A_STRANGER, f->target->place);
    if (own_ca)
        return error_hint(err, "the CA in the kubeconfig did not sign this server's certificate: "
                               "the kubeconfig is of another cluster or out of date, or something "
                               "between here and there answers in the server's place");
    return error_hint(err,
                      "this machine's trust store does not know the authority; add it, or name "
                      "a bundle in SSL_CERT_FILE");
}

/* Returns whether the text was understood. */
static bool report_tls(const struct failure *f, struct error **err)
{
    if (!f->text)
        return false;
    for (size_t i = 0; i < MC_ARRAY_LEN(tls_reasons); i++) {
        const struct tls_reason *r = &tls_reasons[i];
        if (!strstr(f->text, r->words))
            continue;
        error_set(err, ERROR_UNREACHABLE, TLS_PREFIX "%s: %s", f->target->place, r->message);
        if (r->hint)
            error_hint(err, "%s", r->hint);
        return true;
    }
    if (!mentions_unknown_authority(f->text))
        return false;
    report_authority(f, err);
    return true;
}

static int report_resolve(const struct failure *f, bool proxy, struct error **err)
{
    AUTO_FREE char *host = mem_strdup(f->target->place);
    host[strcspn(host, "]") == strlen(host) ? strcspn(host, ":") : strlen(host)] = '\0';
    error_set(err, ERROR_UNREACHABLE, LOOK_UP_PREFIX "%s%s: no address found",
              proxy ? "the proxy for " : "", host);
    return error_hint(err, proxy ? "look at https_proxy, or proxy-url in the kubeconfig"
                                 : "look at the server's name and at this machine's name server");
}

/* A refusal may be the proxy's, which the person may not have in mind. */
static void hint_at_proxy(const struct failure *f, struct error **err)
{
    static const char *const variables[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    if (f->tls && f->tls->proxy_url) {
        if (f->tls->proxy_url[0])
            error_hint(err, "the connection goes through the kubeconfig's proxy-url");
        return;
    }
    for (size_t i = 0; i < MC_ARRAY_LEN(variables) && !f->target->direct; i++) {
        if (getenv(variables[i])) {
            error_hint(err,
                       "the connection goes through the proxy of %s; NO_PROXY lists exceptions",
                       variables[i]);
            return;
        }
    }
}

static int report_connect(const struct failure *f, struct error **err)
{
    long number = 0, connect_status = 0;
    AUTO_BUF reason = BUF_INIT_MAX(MAX_REASON);
    curl_easy_getinfo(f->easy, CURLINFO_OS_ERRNO, &number);
    curl_easy_getinfo(f->easy, CURLINFO_HTTP_CONNECTCODE, &connect_status);
    if (connect_status != 0 && connect_status / 100 != 2)
        buf_appendf(&reason, "the proxy answered %ld", connect_status);
    else if (number)
        buf_appends(&reason, strerror((int)number));
    else
        append_reason(&reason, f);
    error_set(err, ERROR_UNREACHABLE, CONNECT_PREFIX "%s: %s", f->target->place, buf_str(&reason));
    hint_at_proxy(f, err);
    return -1;
}

static int report_timeout(const struct failure *f, struct error **err)
{
    curl_off_t ready_us = 0;
    AUTO_FREE char *spent = clock_duration_dup(f->elapsed_ms);
    curl_easy_getinfo(f->easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
    if (ready_us == 0)
        return error_set(err, ERROR_UNREACHABLE, CONNECT_PREFIX "%s: no answer in %s",
                         f->target->place, spent);
    return error_set(err, ERROR_TIMEOUT, "no whole answer from %s in %s", f->target->place, spent);
}

static int report_other(const struct failure *f, enum error_kind kind, const char *what,
                        struct error **err)
{
    AUTO_BUF reason = BUF_INIT_MAX(MAX_REASON);
    append_reason(&reason, f);
    return error_set(err, kind, "%s %s: %s", what, f->target->place, buf_str(&reason));
}

static int report_stream(const struct failure *f, struct error **err)
{
    long connect_status = 0;
    curl_easy_getinfo(f->easy, CURLINFO_HTTP_CONNECTCODE, &connect_status);
    if (connect_status != 0 && connect_status / 100 != 2)
        return report_connect(f, err);
    /* Under TLS 1.3 the server's verdict on our certificate comes only with its first answer. */
    if (report_tls(f, err))
        return -1;
    return report_other(f, ERROR_UNREACHABLE, "connection lost to", err);
}

/* Also what libcurl 7.88 says of a header line without a name (lib/headers.c, namevalue): then an answer
 * has begun. */
static int report_argument(const struct failure *f, struct error **err)
{
    long header_bytes = 0;
    curl_easy_getinfo(f->easy, CURLINFO_HEADER_SIZE, &header_bytes);
    if (header_bytes == 0)
        return report_other(f, ERROR_INTERNAL, "request to", err);
    return error_set(err, ERROR_REMOTE, "answer of %s: a header line that is none",
                     f->target->place);
}

bool http_is_unconnected(const struct error *e)
{
    return e->kind == ERROR_UNREACHABLE && (text_has_prefix(e->message, CONNECT_PREFIX) ||
                                            text_has_prefix(e->message, LOOK_UP_PREFIX));
}

/* The reasons that last have a hint. */
enum http_tls_fault http_tls_fault(const struct error *e)
{
    if (e->kind != ERROR_UNREACHABLE || !e->hint || !text_has_prefix(e->message, TLS_PREFIX))
        return HTTP_TLS_NONE;
    if (text_has_suffix(e->message, OF_A_STRANGER))
        return HTTP_TLS_AUTHORITY;
    return strstr(e->message, FOR_OTHERS) ? HTTP_TLS_NAME : HTTP_TLS_OTHER;
}

int failure_report(const struct failure *f, struct error **err)
{
    switch (f->code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return report_resolve(f, false, err);
    case CURLE_COULDNT_RESOLVE_PROXY:
        return report_resolve(f, true, err);
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
        return report_connect(f, err);
    case CURLE_OPERATION_TIMEDOUT:
        return report_timeout(f, err);
    case CURLE_SSL_CERTPROBLEM:
        error_set(err, ERROR_INPUT, "TLS with %s: the client certificate or its key cannot be used",
                  f->target->place);
        return error_hint(err, "the two do not belong together, or the key is encrypted");
    case CURLE_SSL_CACERT_BADFILE:
        return report_other(f, ERROR_INPUT, "trusted authorities for", err);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CIPHER:
        return report_tls(f, err) ? -1 : report_other(f, ERROR_UNREACHABLE, "TLS with", err);
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_SSL_SHUTDOWN_FAILED:
        return report_stream(f, err);
    case CURLE_TOO_MANY_REDIRECTS:
        return error_set(err, ERROR_REMOTE, "%s: more than 10 redirects", f->target->public_url);
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        /* Also what libcurl calls an answer that does not begin as HTTP does. */
        return report_other(f, ERROR_REMOTE, "answer of", err);
    case CURLE_BAD_FUNCTION_ARGUMENT:
        return report_argument(f, err);
    case CURLE_OUT_OF_MEMORY:
        /* What libcurl 7.88 says of a line over its limit (lib/http.c, Curl_http_readwrite_headers). */
        return error_set(
            err, ERROR_REMOTE,
            "answer of %s: a header line is longer than 100 KiB, or there is no memory left",
            f->target->place);
    case CURLE_FAILED_INIT:
    case CURLE_NOT_BUILT_IN:
        return report_other(f, ERROR_INTERNAL, "request to", err);
    default:
        return report_other(f, ERROR_REMOTE, "answer of", err);
    }
}
