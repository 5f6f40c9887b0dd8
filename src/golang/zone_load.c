/* Finds a zone's file by its name, and the local zone. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/fs.h"
#include "meshctl/golang/zone.h"

/* Where the system keeps its zones: time/zoneinfo_unix.go platformZoneSources. */
static const char *const folders[] = {
    "/usr/share/zoneinfo",
    "/usr/share/lib/zoneinfo",
    "/usr/lib/locale/TZ",
    "/etc/zoneinfo",
};

/* NULL when there is no such file, or when it is no zone. */
static struct gozone *read_zone(const char *path, const char *name)
{
    AUTO_BUF data = BUF_INIT_MAX(GOZONE_MAX_FILE);
    struct error *err = NULL;
    if (!fs_is_dir(path) && fs_read(path, GOZONE_MAX_FILE, &data, &err) == 0)
        return gozone_parse(name, buf_str(&data), data.len);
    error_clear(&err);
    return NULL;
}

static struct gozone *find_zone(const char *name)
{
    const char *own = getenv("ZONEINFO");
    struct gozone *z = NULL;
    if (own && own[0] != '\0') {
        AUTO_FREE char *path = fs_join_dup(own, name);
        z = read_zone(path, name);
    }
    for (size_t i = 0; !z && i < MC_ARRAY_LEN(folders); i++) {
        AUTO_FREE char *path = fs_join_dup(folders[i], name);
        z = read_zone(path, name);
    }
    return z;
}

/* ---- local time ---- */

/* time/zoneinfo_unix.go initLocal: the variable ZONEINFO plays no part here. */
static struct gozone *local_file(const char *tz)
{
    if (!tz)
        return read_zone("/etc/localtime", "Local");
    if (tz[0] == ':')
        tz++;
    if (tz[0] == '/')
        return read_zone(tz, strcmp(tz, "/etc/localtime") == 0 ? "Local" : tz);
    struct gozone *z = NULL;
    for (size_t i = 0; tz[0] && strcmp(tz, "UTC") != 0 && !z && i < MC_ARRAY_LEN(folders); i++) {
        AUTO_FREE char *path = fs_join_dup(folders[i], tz);
        z = read_zone(path, tz);
    }
    return z;
}

struct gozone *gozone_local_of(const char *tz)
{
    struct gozone *z = local_file(tz);
    return z ? z : gozone_new("UTC");
}

static const struct gozone *local;
static pthread_once_t local_once = PTHREAD_ONCE_INIT;

static void local_init(void)
{
    local = gozone_local_of(getenv("TZ"));
}

const struct gozone *gozone_local(void)
{
    pthread_once(&local_once, local_init);
    return local;
}

/* ---- zones by name ---- */

static struct {
    pthread_mutex_t lock;
    const struct gozone *zones[GOZONE_MAX_LOADED];
    size_t count;
} loaded = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int load_locked(const char *name, const struct gozone **ret_zone, struct error **err)
{
    for (size_t i = 0; i < loaded.count; i++) {
        if (strcmp(gozone_name(loaded.zones[i]), name) == 0) {
            *ret_zone = loaded.zones[i];
            return 0;
        }
    }
    if (loaded.count == GOZONE_MAX_LOADED)
        return error_set(err, ERROR_INPUT, "more than %d time zones", GOZONE_MAX_LOADED);
    *ret_zone = find_zone(name);
    if (!*ret_zone)
        return error_set(err, ERROR_NOT_FOUND, "unknown time zone %s", name);
    loaded.zones[loaded.count++] = *ret_zone;
    return 0;
}

int gozone_load(const char *name, size_t len, const struct gozone **ret_zone, struct error **err)
{
    *ret_zone = NULL;
    if (len == 0 || (len == 3 && memcmp(name, "UTC", 3) == 0))
        return 0;
    if (len == 5 && memcmp(name, "Local", 5) == 0) {
        *ret_zone = gozone_local();
        return 0;
    }
    AUTO_FREE char *text = mem_strndup(name, len);
    if (strlen(text) != len || len > GOZONE_MAX_NAME || text[0] == '/' || text[0] == '\\' ||
        strstr(text, ".."))
        return error_set(err, ERROR_INPUT, "time: invalid location name");
    pthread_mutex_lock(&loaded.lock);
    int failed = load_locked(text, ret_zone, err);
    pthread_mutex_unlock(&loaded.lock);
    return failed;
}
