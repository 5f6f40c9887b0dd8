/* A name for the fake servers. Whatever address of them one writes is seen to be this machine's own,
 * which no other cluster can reach; a name is not, and this one leads here within the test program
 * alone. */
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>

#include "fakeapi.h"

char *fakeapi_far_url_dup(const struct fakeapi *f)
{
    return mem_printf("https://" FAKEAPI_NAME "%s", strrchr(fakeapi_url(f), ':'));
}

/* libcurl finds this one before libc's; see CMakeLists.txt. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **result)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    void *found = dlsym(RTLD_NEXT, "getaddrinfo");
    memcpy(&real, &found, sizeof(real));
    return real(node && strcmp(node, FAKEAPI_NAME) == 0 ? "127.0.0.1" : node, service, hints,
                result);
}
