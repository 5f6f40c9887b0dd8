/* The user and the machine, as a lock's holder is named. */
#include "meshctl/base/who.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "meshctl/base/mem.h"

#define MAX_HOST 256
#define MAX_PASSWD 16384 /* bytes of one user's row */

char *who_dup(void)
{
    char host[MAX_HOST] = "";
    AUTO_FREE char *row = mem_alloc(MAX_PASSWD);
    struct passwd user, *found = NULL;
    if (gethostname(host, sizeof(host) - 1) < 0)
        host[0] = '\0';
    if (getpwuid_r(geteuid(), &user, row, MAX_PASSWD, &found) != 0 || !found)
        return mem_printf("%u@%s", (unsigned)geteuid(), host);
    return mem_printf("%s@%s", user.pw_name, host);
}
