/* The objects of a plan as YAML files in the order of applying. */
#include "plan_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
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

static char *folder_dup(const char *dir, const struct cli_run *run, size_t member)
{
    return fs_join_dup(dir, run->mesh->members[member].name);
}

static int check_empty(const char *dir, const struct cli_run *run, struct error **err)
{
    for (size_t i = 0; i < run->mesh->members_count; i++) {
        AUTO_FREE char *folder = folder_dup(dir, run, i);
        if (is_empty_folder(folder))
            continue;
        error_set(err, ERROR_INPUT, "%s is not empty", folder);
        return error_hint(err,
                          "give another folder, or empty this one: files of an earlier plan would "
                          "be applied with the new ones");
    }
    return 0;
}

static int write_all(const char *dir, const struct cli_run *run, struct error **err)
{
    for (size_t i = 0; i < run->mesh->members_count; i++) {
        json_auto_t *objects = steps_objects(run->steps, i);
        AUTO_FREE char *folder = folder_dup(dir, run, i);
        if (write_member(folder, objects, err) < 0)
            return -1;
    }
    return 0;
}

/* All of them, or none: then those that were moved go back. */
static int move_all(const char *from, const char *to, const struct cli_run *run, struct error **err)
{
    for (size_t i = 0; i < run->mesh->members_count; i++) {
        AUTO_FREE char *source = folder_dup(from, run, i);
        AUTO_FREE char *target = folder_dup(to, run, i);
        if (fs_rename(source, target, err) == 0)
            continue;
        while (i-- > 0) {
            AUTO_ERROR struct error *ignored = NULL;
            AUTO_FREE char *back = folder_dup(from, run, i);
            AUTO_FREE char *there = folder_dup(to, run, i);
            (void)!fs_rename(there, back, &ignored);
        }
        return -1;
    }
    return 0;
}

static void remove_temporary(char **dir)
{
    if (*dir)
        fs_remove_tree(*dir);
    free(*dir);
}

int plan_files_write(const char *dir, const struct cli_run *run, struct error **err)
{
    if (check_empty(dir, run, err) < 0 || fs_mkdirs(dir, 0755, err) < 0)
        return -1;
    /* Of a plan that was written in part, the same command would say that it is not empty. */
    MC_CLEANUP(remove_temporary) char *temporary = mem_printf("%s/.plan-XXXXXX", dir);
    if (!mkdtemp(temporary))
        return error_errno(err, fs_error_kind(errno), errno, "create a folder in %s", dir);
    if (write_all(temporary, run, err) < 0)
        return -1;
    return move_all(temporary, dir, run, err);
}
