/* The objects of a plan as YAML files in the order of applying. */
#include "plan_files.h"

#include <ctype.h>
#include <dirent.h>
#include <string.h>

#include "meshctl/base/fs.h"
#include "meshctl/data/yaml.h"
#include "meshctl/kube/client.h"

static bool is_empty_folder(const char *path)
{
    bool empty = true;
    DIR *dir = opendir(path);
    if (!dir)
        return true;
    for (const struct dirent *e; (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            empty = false;
    closedir(dir);
    return empty;
}

/* "012-deployment-istio-system-istiod.yaml"; what could not stand in a file's name becomes "_". */
static char *file_name_dup(size_t index, const json_t *object)
{
    struct kube_ref ref = kube_ref_of(object);
    AUTO_BUF name = BUF_INIT;
    buf_appendf(&name, "%03zu-%s-%s%s%s", index, ref.kind, ref.namespace_ ? ref.namespace_ : "",
                ref.namespace_ ? "-" : "", ref.name);
    for (size_t i = 0; i < name.len; i++) {
        char *c = &name.data[i];
        *c =
            isalnum((unsigned char)*c) || strchr("-.", *c) ? (char)tolower((unsigned char)*c) : '_';
    }
    buf_appends(&name, ".yaml");
    return buf_detach(&name, NULL);
}

static int write_member(const char *dir, const json_t *objects, struct error **err)
{
    size_t i;
    json_t *object;
    if (!is_empty_folder(dir)) {
        error_set(err, ERROR_INPUT, "%s is not empty", dir);
        return error_hint(err,
                          "give another folder, or empty this one: files of an earlier plan would "
                          "be applied with the new ones");
    }
    if (fs_mkdirs(dir, 0755, err) < 0)
        return -1;
    json_array_foreach(objects, i, object) {
        AUTO_FREE char *name = file_name_dup(i + 1, object);
        AUTO_FREE char *path = fs_join_dup(dir, name);
        AUTO_BUF text = BUF_INIT;
        yaml_write(&text, object);
        if (fs_write(path, buf_str(&text), text.len, 0644, err) < 0)
            return -1;
    }
    return 0;
}

int plan_files_write(const char *dir, const struct cli_run *run, struct error **err)
{
    for (size_t i = 0; i < run->mesh->members_count; i++) {
        json_auto_t *objects = steps_objects(run->steps, i);
        AUTO_FREE char *folder = fs_join_dup(dir, run->mesh->members[i].name);
        if (write_member(folder, objects, err) < 0)
            return -1;
    }
    return 0;
}
