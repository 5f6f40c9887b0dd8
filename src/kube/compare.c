/* Two answers about one object compared, where resourceVersions cannot be. */
#include "compare.h"

#include <stdlib.h>

#include "meshctl/base/mem.h"

/* Who owns what, without order and time: both change by themselves. */
static json_t *managers_dup(const json_t *entries)
{
    json_t *out = json_object();
    size_t i;
    json_t *entry;
    json_array_foreach(entries, i, entry) {
        const char *manager = json_dig_str(entry, "manager", NULL);
        const char *operation = json_dig_str(entry, "operation", NULL);
        /* What controllers write of an object's state goes on while it is compared. */
        if (json_object_get(entry, "subresource"))
            continue;
        AUTO_FREE char *key =
            mem_printf("%s/%s", manager ? manager : "", operation ? operation : "");
        json_object_set(out, key, json_object_get(entry, "fieldsV1"));
    }
    return out;
}

/* Of an object's metadata, what a dry run can tell: the server gives out no new resourceVersion
 * there, but counts the generation on and dates the managers. */
static json_t *timeless_dup(const json_t *metadata)
{
    json_t *copy = json_copy((json_t *)metadata);
    json_object_del(copy, "resourceVersion");
    json_object_del(copy, "generation");
    json_object_set_new(copy, "managedFields",
                        managers_dup(json_object_get(metadata, "managedFields")));
    return copy;
}

bool kube_same_but_time(const json_t *before, const json_t *after)
{
    json_auto_t *x = json_copy((json_t *)before);
    json_auto_t *y = json_copy((json_t *)after);
    json_object_del(x, "status");
    json_object_del(y, "status");
    json_object_set_new(x, "metadata", timeless_dup(json_object_get(before, "metadata")));
    json_object_set_new(y, "metadata", timeless_dup(json_object_get(after, "metadata")));
    return json_same(x, y);
}
