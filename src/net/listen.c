/* Addresses to listen at. */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_HOST 64
#define BACKLOG 16

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static int bad_address(const char *text, const char *why, struct error **err)
{
    error_set(err, ERROR_USAGE, "\"%s\" is no address to listen at: %s", text, why);
    return error_hint(err, "name it as 127.0.0.1:8080, [::1]:8080 or 8080; every address of this "
                           "machine is 0.0.0.0:8080");
}

static bool read_port(const char *text, in_port_t *ret_port)
{
    char *end = NULL;
    errno = 0;
    long port = strtol(text, &end, 10);
    if (errno || !*text || *end || port < 0 || port > 65535 || text[0] == '+' || text[0] == '-')
        return false;
    *ret_port = htons((in_port_t)port);
    return true;
}

/* Of "HOST:PORT", "[HOST]:PORT" and "PORT" the two; the host is empty where there is none. */
static bool split(const char *text, char *ret_host, const char **ret_port)
{
    bool is_v6 = text[0] == '[';
    const char *begin = is_v6 ? text + 1 : text;
    const char *end = is_v6 ? strchr(text, ']') : strrchr(text, ':');
    size_t len = end ? (size_t)(end - begin) : 0;
    if ((is_v6 && (!end || end[1] != ':')) || len >= MAX_HOST)
        return false;
    *ret_port = end ? end + 1 + is_v6 : text;
    memcpy(ret_host, begin, len);
    ret_host[len] = '\0';
    return !end || len > 0;
}

static int parse(const char *text, union address *ret_address, struct error **err)
{
    char host[MAX_HOST];
    const char *port_text;
    in_port_t port;
    memset(ret_address, 0, sizeof(*ret_address));
    if (!split(text, host, &port_text))
        return bad_address(text, "the part before the port is missing or cut", err);
    if (!read_port(port_text, &port))
        return bad_address(text, "its port is no number up to 65535", err);
    bool is_default = !host[0] || strcmp(host, "localhost") == 0;
    if (inet_pton(AF_INET, is_default ? "127.0.0.1" : host, &ret_address->v4.sin_addr) == 1) {
        ret_address->v4.sin_family = AF_INET;
        ret_address->v4.sin_port = port;
        return 0;
    }
    if (inet_pton(AF_INET6, host, &ret_address->v6.sin6_addr) == 1) {
        ret_address->v6.sin6_family = AF_INET6;
        ret_address->v6.sin6_port = port;
        return 0;
    }
    return bad_address(text, "a name stands where an address should", err);
}

static bool is_local(const union address *a)
{
    if (a->any.sa_family == AF_INET)
        return ntohl(a->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    return IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
}

static char *url_dup(const union address *a)
{
    char host[INET6_ADDRSTRLEN] = "";
    if (a->any.sa_family == AF_INET) {
        inet_ntop(AF_INET, &a->v4.sin_addr, host, sizeof(host));
        return mem_printf("http://%s:%u/", host, ntohs(a->v4.sin_port));
    }
    inet_ntop(AF_INET6, &a->v6.sin6_addr, host, sizeof(host));
    return mem_printf("http://[%s]:%u/", host, ntohs(a->v6.sin6_port));
}

int net_listen(const char *address, int *ret_fd, char **ret_url, bool *ret_local,
               struct error **err)
{
    union address at;
    int yes = 1;
    if (parse(address, &at, err) < 0)
        return -1;
    socklen_t len = at.any.sa_family == AF_INET ? sizeof(at.v4) : sizeof(at.v6);
    int fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 ||
        bind(fd, &at.any, len) < 0 || listen(fd, BACKLOG) < 0 ||
        getsockname(fd, &at.any, &len) < 0) {
        error_errno(err, ERROR_INPUT, errno, "listen at %s", address);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *ret_fd = fd;
    *ret_url = url_dup(&at);
    *ret_local = is_local(&at);
    return 0;
}

bool net_is_plain_host(const char *text)
{
    char host[MAX_HOST];
    const char *port = strrchr(text, ':');
    struct in6_addr unused;
    bool is_v6 = text[0] == '[';
    const char *end = is_v6 ? strchr(text, ']') : port;
    size_t len = end ? (size_t)(end - text) - is_v6 : strlen(text) - is_v6;
    in_port_t ignored;
    if ((is_v6 && !end) || len >= MAX_HOST)
        return false;
    memcpy(host, text + is_v6, len);
    host[len] = '\0';
    const char *rest = end ? end + is_v6 : "";
    if (rest[0] && (rest[0] != ':' || !read_port(rest + 1, &ignored)))
        return false;
    return is_v6 ? inet_pton(AF_INET6, host, &unused) == 1
                 : strcmp(host, "localhost") == 0 || inet_pton(AF_INET, host, &unused) == 1;
}
