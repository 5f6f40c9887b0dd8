/* What of Envoy's config_dump tells a fault (envoy api: admin/v3/config_dump_shared.proto). */
#include <string.h>

#include "collect.h"
#include "meshctl/base/text.h"

#define MAX_ITEMS 5000 /* of a list */

static void set_text(json_t *out, const char *key, const char *text)
{
    if (text && text[0])
        json_object_set_new(out, key, json_string(text));
}

/* The thing's own name, or that of what it wraps: cluster, listener, route_config, secret. */
static const char *name_of(const json_t *item)
{
    static const char *const inner[] = {"cluster", "listener", "route_config",
                                        "scoped_route_config", "endpoint_config"};
    const char *name = json_dig_str(item, "name", NULL);
    for (size_t i = 0; !name && i < MC_ARRAY_LEN(inner); i++) {
        name = json_dig_str(item, inner[i], "name", NULL);
        if (!name)
            name = json_dig_str(item, inner[i], "cluster_name", NULL);
    }
    return name;
}

static json_t *summarized_item(const json_t *item)
{
    const json_t *active = json_object_get(item, "active_state");
    const json_t *state = active ? active : item;
    json_t *out = json_object();
    set_text(out, "name", name_of(item));
    set_text(out, "version", json_dig_str(state, "version_info", NULL));
    set_text(out, "lastUpdated", json_dig_str(state, "last_updated", NULL));
    set_text(out, "clientStatus", json_dig_str(item, "client_status", NULL));
    if (json_object_get(item, "warming_state"))
        json_object_set_new(out, "isWarming", json_true());
    set_text(out, "refused", json_dig_str(item, "error_state", "details", NULL));
    return out;
}

static json_t *summarized_list(const json_t *list)
{
    json_t *out = json_array();
    for (size_t i = 0; i < json_array_size(list) && i < MAX_ITEMS; i++)
        json_array_append_new(out, summarized_item(json_array_get(list, i)));
    return out;
}

json_t *collect_dump_summary(const json_t *dump)
{
    json_t *out = json_array();
    size_t i;
    json_t *config;
    json_array_foreach(json_object_get(dump, "configs"), i, config) {
        const char *type = json_dig_str(config, "@type", NULL);
        const char *last = type ? strrchr(type, '.') : NULL;
        json_t *row = json_object();
        const char *key;
        json_t *value;
        set_text(row, "type", last ? last + 1 : type);
        set_text(row, "version", json_dig_str(config, "version_info", NULL));
        json_object_foreach(config, key, value)
            if (json_is_array(value))
                json_object_set_new(row, key, summarized_list(value));
        json_array_append_new(out, row);
    }
    return out;
}
