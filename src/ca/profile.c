/* Certificate profiles, read from the YAML that is built in. */
#include "profile.h"

#include "meshctl/base/embed.h"
#include "meshctl/data/yaml.h"

static void add_strings(struct strlist *out, const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
        strlist_add(out, json_string_value(item));
}

int profile_load(const char *name, const struct mesh_var *vars, struct pki_profile *ret_profile,
                 struct error **err)
{
    struct embed_file file = embed_find(name);
    json_auto_t *y = NULL;
    if (!file.data)
        return error_set(err, ERROR_INTERNAL, "there is no %s", name);
    if (yaml_read(file.data, file.len, name, 0, &y, err) < 0 || mesh_fill(y, vars, err) < 0)
        return -1;
    *ret_profile = (struct pki_profile){
        .key_bits = (unsigned)json_dig_int(y, 0, "keyBits", NULL),
        .days = (unsigned)json_dig_int(y, 0, "days", NULL),
        .is_ca = json_is_true(json_dig(y, "ca", NULL)),
        .path_length = (int)json_dig_int(y, -1, "pathLength", NULL),
        .key_usage_critical = json_is_true(json_dig(y, "keyUsageCritical", NULL)),
    };
    add_strings(&ret_profile->subject, json_dig(y, "subject", NULL));
    add_strings(&ret_profile->key_usage, json_dig(y, "keyUsage", NULL));
    add_strings(&ret_profile->dns_names, json_dig(y, "dnsNames", NULL));
    return 0;
}
