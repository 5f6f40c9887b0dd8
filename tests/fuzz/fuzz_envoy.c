/* Envoy's configuration, as its admin port tells it: the input is one answer, which is read as each of
 * those that are asked for. What is told of it for a report is names, versions and times, and nothing of
 * what they name. */
#include "../../src/probe/collect.h"
#include "../../src/probe/wires.h"
#include "input.h"
#include "meshctl/base/text.h"
#include "meshctl/pki/cert.h"
#include "meshctl/probe/proxy.h"

static void check_wires(const json_t *answer)
{
    json_auto_t *wires = json_object();
    const char *key;
    json_t *wire;
    wires_add_endpoints(answer, wires);
    wires_add_clusters(answer, wires);
    json_object_foreach(wires, key, wire) {
        const char *space = strrchr(key, ' ');
        if (json_is_object(wire) != (json_object_get(wire, "owner") != NULL))
            abort();
        if (!space)
            continue;
        AUTO_FREE char *cluster = mem_strndup(key, (size_t)(space - key));
        json_auto_t *mtls = wires_mtls(wires, cluster, space + 1);
        const char *owner = wires_owner(wires, cluster, space + 1);
        if (!mtls || (owner && !owner[0]))
            abort();
    }
}

static bool is_summary_key(const char *key)
{
    static const char *const keys[] = {"name",         "version",   "lastUpdated",
                                       "clientStatus", "isWarming", "refused"};
    for (size_t i = 0; i < MC_ARRAY_LEN(keys); i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

static void check_item(const json_t *item)
{
    const char *key;
    json_t *value;
    if (!json_is_object(item))
        abort();
    json_object_foreach((json_t *)(uintptr_t)item, key, value)
        if (!is_summary_key(key) || json_is_object(value) || json_is_array(value))
            abort();
}

static void check_summary(const json_t *answer)
{
    json_auto_t *summary = collect_dump_summary(answer);
    size_t i, j;
    json_t *row, *value, *item;
    const char *key;
    json_array_foreach(summary, i, row)
        json_object_foreach(row, key, value) {
            if (json_is_object(value))
                abort();
            json_array_foreach(value, j, item)
                check_item(item);
        }
}

static void check_secrets(const json_t *answer)
{
    MC_CLEANUP(proxy_secrets_release) struct proxy_secrets secrets = {0};
    AUTO_ERROR struct error *err = NULL;
    int rc = proxy_read_secrets(answer, "west: pod a/b", &secrets, &err);
    check_outcome(rc, err);
    if (err && err->kind != ERROR_REMOTE)
        abort();
    for (size_t i = 1; i < secrets.roots.count; i++)
        if (strcmp(secrets.roots.items[i - 1].fingerprint, secrets.roots.items[i].fingerprint) >= 0)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ERROR struct error *err = NULL;
    json_auto_t *answer = NULL;
    if (json_read((const char *)data, size, "fuzz", &answer, &err) < 0)
        return 0;
    check_wires(answer);
    check_summary(answer);
    check_secrets(answer);
    return 0;
}
