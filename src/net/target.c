/* A URL taken apart by libcurl. */
#include "target.h"

#include "lazy_curl.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/text.h"
#include "noproxy.h"

static void cleanup_url(CURLU **u)
{
    curl_url_cleanup(*u);
}

static void cleanup_part(char **part)
{
    curl_free(*part);
}

#define AUTO_URL MC_CLEANUP(cleanup_url)
#define AUTO_PART MC_CLEANUP(cleanup_part)

/* NULL when the URL has no such part. */
static char *part_of(CURLU *u, CURLUPart which, unsigned int flags)
{
    char *text = NULL;
    return curl_url_get(u, which, &text, flags) == CURLUE_OK ? text : NULL;
}

static int refuse(const char *url, const char *reason, struct error **err)
{
    AUTO_BUF shown = BUF_INIT_MAX(200);
    /* What stands before an @ may be a password. */
    const char *at = strchr(url, '@');
    text_append_clean(&shown, at ? at + 1 : url, strcspn(at ? at + 1 : url, "?"));
    return error_set(err, ERROR_INPUT, "URL %s: %s", buf_str(&shown), reason);
}

static char *place_dup(const char *host, const char *port)
{
    return mem_printf("%s:%s", host, port);
}

/* CURLUPART_HOST keeps the brackets of an IPv6 address; names are compared without. */
static char *bare_host_dup(const char *host)
{
    size_t len = strlen(host);
    return host[0] == '[' && len > 2 ? mem_strndup(host + 1, len - 2) : mem_strdup(host);
}

static const char *no_proxy(void)
{
    const char *list = getenv("no_proxy");
    return list ? list : getenv("NO_PROXY");
}

/* curl takes SNI and the name to verify from the URL: so the URL names server_name, and CONNECT_TO
 * leads the connection back to the real host. */
static int use_server_name(CURLU *u, const char *server_name, const char *port, struct target *t,
                           struct error **err)
{
    bool v6 = strchr(server_name, ':') != NULL;
    AUTO_FREE char *name = mem_printf(v6 ? "[%s]" : "%s", server_name);
    if (curl_url_set(u, CURLUPART_HOST, name, 0) != CURLUE_OK)
        return error_set(err, ERROR_INPUT, "TLS server name is not a host name");
    AUTO_PART char *changed = part_of(u, CURLUPART_URL, 0);
    if (!changed)
        return error_set(err, ERROR_INPUT, "TLS server name does not fit into the URL");
    AUTO_FREE char *rule = mem_printf("%s:%s:%s", name, port, t->place);
    t->connect_to = curl_slist_append(NULL, rule);
    free(t->url);
    t->url = mem_strdup(changed);
    return 0;
}

static void fill_texts(CURLU *u, const char *host, const char *port, struct target *t)
{
    AUTO_PART char *scheme = part_of(u, CURLUPART_SCHEME, 0);
    AUTO_PART char *given_port = part_of(u, CURLUPART_PORT, 0);
    AUTO_PART char *path = part_of(u, CURLUPART_PATH, 0);
    AUTO_PART char *query = part_of(u, CURLUPART_QUERY, 0);
    t->place = place_dup(host, port);
    t->authority = given_port ? place_dup(host, port) : mem_strdup(host);
    t->public_url = mem_printf("%s://%s%s", scheme, t->authority, path ? path : "/");
    t->path = mem_printf("%s%s%s", path ? path : "/", query ? "?" : "", query ? query : "");
}

int target_parse(const char *url, const struct net_tls *tls, struct target *ret_target,
                 struct error **err)
{
    *ret_target = (struct target){0};
    if (lazy_curl_load(err) < 0)
        return -1;
    AUTO_URL CURLU *u = curl_url();
    if (!u)
        return error_set(err, ERROR_INTERNAL, "libcurl has no URL parser");
    CURLUcode code = curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
    if (code != CURLUE_OK)
        return refuse(url, curl_url_strerror(code), err);
    AUTO_PART char *scheme = part_of(u, CURLUPART_SCHEME, 0);
    AUTO_PART char *host = part_of(u, CURLUPART_HOST, 0);
    if (!scheme || (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0))
        return refuse(url, "only https:// and http:// are spoken", err);
    AUTO_PART char *port = part_of(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    /* libcurl takes "https:///x" for "https://x/". */
    const char *rest = strstr(url, "://");
    if (!rest || strchr("/\\?#", rest[3]))
        return refuse(url, "names no host", err);
    if (!host || !*host || !port)
        return refuse(url, "names no host", err);
    fill_texts(u, host, port, ret_target);
    ret_target->url = mem_strdup(url);
    AUTO_FREE char *bare = bare_host_dup(host);
    ret_target->direct = noproxy_covers(no_proxy(), bare, port);
    if (tls && tls->server_name && strcmp(scheme, "https") == 0 &&
        strcmp(tls->server_name, bare) != 0 &&
        use_server_name(u, tls->server_name, port, ret_target, err) < 0) {
        target_release(ret_target);
        return -1;
    }
    return 0;
}

void target_release(struct target *t)
{
    /* The whole URL may hold credentials. */
    mem_free_secret(t->url);
    free(t->public_url);
    free(t->place);
    free(t->authority);
    mem_free_secret(t->path);
    curl_slist_free_all(t->connect_to);
    *t = (struct target){0};
}
