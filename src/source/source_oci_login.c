/* What `helm registry login` and `docker login` left: {"auths": {"HOST": {"auth": "BASE64"}}}. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "meshctl/base/base64.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"

#define MAX_FILE ((size_t)1024 * 1024)
#define DOCKER_HUB "https://index.docker.io/v1/"

/* oras-go ServerAddressFromHostname, and its reading of older keys with a scheme and a path. */
static bool is_for(const char *key, const char *host)
{
    if (strcmp(key, host) == 0)
        return true;
    if (strcmp(host, "docker.io") == 0 || strcmp(host, "registry-1.docker.io") == 0)
        return strcmp(key, DOCKER_HUB) == 0;
    size_t skip = text_has_prefix(key, "https://")  ? strlen("https://")
                  : text_has_prefix(key, "http://") ? strlen("http://")
                                                    : 0;
    size_t len = strcspn(key + skip, "/");
    return skip && strlen(host) == len && memcmp(key + skip, host, len) == 0;
}

static const json_t *find_entry(const json_t *file, const char *host)
{
    const char *key;
    json_t *entry;
    json_object_foreach(json_object_get(file, "auths"), key, entry)
        if (is_for(key, host))
            return entry;
    return NULL;
}

/* USER:PASSWORD in base64, as HTTP's Basic takes it; NULL when the entry has none. */
static char *basic_dup(const json_t *entry)
{
    const char *auth = json_dig_str(entry, "auth", NULL);
    const char *user = json_dig_str(entry, "username", NULL);
    const char *password = json_dig_str(entry, "password", NULL);
    AUTO_SECRET_BUF plain = BUF_INIT;
    if (user && password)
        buf_appendf(&plain, "%s:%s", user, password);
    else if (!auth || base64_decode(&plain, auth, strlen(auth)) < 0)
        return NULL;
    if (!memchr(buf_str(&plain), ':', plain.len))
        return NULL;
    return base64_encode_dup(buf_str(&plain), plain.len);
}

static int fail_entry(const char *path, const char *host, const json_t *file, struct error **err)
{
    error_set(err, ERROR_DENIED, "%s: the login for %s has no user and password", path, host);
    return error_hint(err,
                      json_object_get(file, "credsStore") || json_object_get(file, "credHelpers")
                          ? "they are kept by a credential helper, which meshctl does not start: "
                            "helm registry login --registry-config FILE %s, and name FILE in "
                            "HELM_REGISTRY_CONFIG"
                          : "helm registry login %s",
                      host);
}

/* 1 with the login, 0 when the file is not there or says nothing of the host. */
static int read_login(const char *path, const char *host, char **ret_basic, struct error **err)
{
    AUTO_SECRET_BUF text = BUF_INIT;
    json_auto_t *file = NULL;
    if (fs_read(path, MAX_FILE, &text, err)) {
        if ((*err)->kind != ERROR_NOT_FOUND)
            return -1;
        error_clear(err);
        return 0;
    }
    if (json_read(buf_str(&text), text.len, path, &file, err))
        return -1;
    const json_t *entry = find_entry(file, host);
    if (!entry)
        return 0;
    *ret_basic = basic_dup(entry);
    return *ret_basic ? 1 : fail_entry(path, host, file, err);
}

/* PATH below what the variable names, or below HOME; NULL when there is neither. */
static char *path_below_dup(const char *variable, const char *path, const char *home_path)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    if (base && base[0])
        return mem_printf("%s/%s", base, path);
    return home_path && home && home[0] ? mem_printf("%s/%s", home, home_path) : NULL;
}

/* helm pkg/helmpath and pkg/cli/environment.go. */
static char *helm_file_dup(void)
{
    const char *file = getenv("HELM_REGISTRY_CONFIG");
    if (file && file[0])
        return mem_strdup(file);
    char *path = path_below_dup("HELM_CONFIG_HOME", "registry/config.json", NULL);
    return path ? path
                : path_below_dup("XDG_CONFIG_HOME", "helm/registry/config.json",
                                 ".config/helm/registry/config.json");
}

int source_oci_login(const char *host, char **ret_basic, struct error **err)
{
    AUTO_FREE char *helm = helm_file_dup();
    AUTO_FREE char *docker = path_below_dup("DOCKER_CONFIG", "config.json", ".docker/config.json");
    int found = helm ? read_login(helm, host, ret_basic, err) : 0;
    if (!found && docker)
        found = read_login(docker, host, ret_basic, err);
    return found < 0 ? -1 : 0;
}
