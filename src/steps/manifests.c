/* Our own manifests: from a folder or built in, filled for a member. */
#include "internal.h"

#include <string.h>

#include "meshctl/base/embed.h"
#include "meshctl/base/fs.h"
#include "meshctl/data/yaml.h"

#define MANIFEST_MAX_BYTES ((size_t)4 * 1024 * 1024)

/* The bytes of a manifest and the name to blame in errors. A file of that name below --manifests
 * wins; there the leading "manifests/" of the tree name is left out. */
static int manifest_text(const struct steps *s, const char *name, struct buf *out, char **ret_where,
                         struct error **err)
{
    const char *dir = s->options.manifests_dir;
    if (dir) {
        AUTO_FREE char *path = fs_join_dup(dir, strchr(name, '/') + 1);
        if (fs_exists(path)) {
            *ret_where = TAKE(path);
            return fs_read(*ret_where, MANIFEST_MAX_BYTES, out, err);
        }
    }
    struct embed_file file = embed_find(name);
    if (!file.data)
        return error_set(err, ERROR_NOT_FOUND, "there is no %s", name);
    buf_append(out, file.data, file.len);
    *ret_where = mem_strdup(name);
    return 0;
}

int manifest_load_all(const struct steps *s, const char *name, json_t **ret_array,
                      struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    AUTO_FREE char *where = NULL;
    if (manifest_text(s, name, &text, &where, err) < 0)
        return -1;
    return yaml_read_all(buf_str(&text), text.len, where, 0, ret_array, err);
}

int manifest_load(const struct steps *s, const char *name, json_t **ret_value, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    AUTO_FREE char *where = NULL;
    if (manifest_text(s, name, &text, &where, err) < 0)
        return -1;
    return yaml_read(buf_str(&text), text.len, where, 0, ret_value, err);
}

int manifest_fill(const struct lane *lane, const char *name, const struct mesh_var *more,
                  json_t **ret_array, struct error **err)
{
    json_auto_t *objects = NULL;
    struct mesh_var vars[MESH_VARS + MANIFEST_MAX_MORE + 1];
    size_t count = 0;
    if (manifest_load_all(lane->steps, name, &objects, err) < 0)
        return -1;
    mesh_member_vars(lane->steps->mesh, lane->member, vars);
    while (vars[count].name)
        count++;
    for (size_t i = 0; more && more[i].name && i < MANIFEST_MAX_MORE; i++)
        vars[count++] = more[i];
    vars[count] = (struct mesh_var){0};
    if (mesh_fill(objects, vars, err) < 0)
        return error_wrap(err, "%s", name);
    *ret_array = json_incref(objects);
    return 0;
}
