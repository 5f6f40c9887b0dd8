/* The file in which registry logins stand: the input is a host and, behind a NUL, the file. A login is
 * a user and a password in base64, or none. */
#include "../../src/source/internal.h"
#include "meshctl/base/base64.h"
#include "temp_file.h"

static void check_login(const char *basic)
{
    AUTO_SECRET_BUF plain = BUF_INIT;
    if (base64_decode(&plain, basic, strlen(basic)) < 0 || !memchr(plain.data, ':', plain.len) ||
        strpbrk(basic, " \r\n"))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct part rest = {(const char *)data, size};
    AUTO_FREE char *host = part_dup(part_take(&rest));
    AUTO_TEMP_FILE file = {.fd = -1};
    AUTO_SECRET char *basic = NULL;
    AUTO_ERROR struct error *err = NULL;
    temp_file_open(&file, rest);
    setenv("HELM_REGISTRY_CONFIG", file.path, 1);
    setenv("DOCKER_CONFIG", "/nonexistent", 1);
    int rc = source_oci_login(host, &basic, &err);
    check_outcome(rc, err);
    if (rc < 0 && basic)
        abort();
    if (basic)
        check_login(basic);
    return 0;
}
