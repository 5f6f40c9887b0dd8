/* Addresses of servers: what our reader takes, libcurl's takes, too, and both mean the same host and port;
 * and whatever a resolver reads as one of the machine's own addresses is known as one. */
#include <arpa/inet.h>

#include "../../src/net/target.h"
#include "input.h"
#include "meshctl/golang/server_url.h"

#define PASSWORD "hunter22"

static bool is_same_host(const char *a, const char *b)
{
    struct in6_addr x, y;
    if (inet_pton(AF_INET6, a, &x) == 1)
        return inet_pton(AF_INET6, b, &y) == 1 && memcmp(&x, &y, sizeof(x)) == 0;
    return strcmp(a, b) == 0;
}

/* "HOST:PORT" or "[HOST]:PORT" */
static void check_place(const char *place, const struct server_url *url)
{
    const char *colon = strrchr(place, ':');
    bool has_brackets = place[0] == '[';
    if (!colon || strtoul(colon + 1, NULL, 10) != url->port)
        abort();
    AUTO_FREE char *host =
        mem_strndup(place + has_brackets, (size_t)(colon - place) - 2 * has_brackets);
    if (!is_same_host(url->host, host))
        abort();
}

static void check_address(const char *text)
{
    AUTO_SERVER_URL url = {0};
    AUTO_TARGET target = {0};
    AUTO_ERROR struct error *err = NULL;
    const char *wrong = server_url_parse(text, &url);
    if ((wrong != NULL) != (url.host == NULL))
        abort();
    if (wrong)
        return;
    if (!url.host[0] || strpbrk(url.host, "/@?# ") || !url.port || url.port > 65535)
        abort();
    /* Which is refused, and read otherwise by libcurl where there is more than one @. */
    if (url.has_user)
        return;
    if (target_parse(text, NULL, &target, &err) < 0)
        abort();
    check_place(target.place, &url);
}

static void check_own(const char *host)
{
    struct in_addr v4;
    bool is_v4 =
        host[0] && !host[strspn(host, "0123456789abcdefABCDEFxX.")] && inet_aton(host, &v4);
    uint32_t word = is_v4 ? ntohl(v4.s_addr) : 1;
    if (is_v4 && host_is_own(host) != (word == 0 || word >> 24 == 127))
        abort();
}

static void check_shown(const char *host)
{
    AUTO_FREE char *url = mem_printf("https://kim:" PASSWORD "@%s", host);
    AUTO_FREE char *shown = url_public_dup(url);
    if (!strstr(host, PASSWORD) && strstr(shown, PASSWORD))
        abort();
    if (!url_has_user(url))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = part_dup((struct part){(const char *)data, size});
    check_address(text);
    check_own(text);
    check_shown(text);
    return 0;
}
