/* The exec section of a user. */
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

#include "config_user.h"

#define MAX_HINT 4096

static const char field[] = "exec";

static const struct {
    const char *name;
    enum kube_interactive mode;
} modes[] = {
    {"Never", KUBE_INTERACTIVE_NEVER},
    {"IfAvailable", KUBE_INTERACTIVE_IF_AVAILABLE},
    {"Always", KUBE_INTERACTIVE_ALWAYS},
};

static const char v1[] = "client.authentication.k8s.io/v1";
static const char v1beta1[] = "client.authentication.k8s.io/v1beta1";

void config_exec_free(struct kube_exec_plugin *exec)
{
    if (!exec)
        return;
    free(exec->command);
    strlist_release(&exec->args);
    for (size_t i = 0; i < exec->env.count; i++)
        mem_wipe(exec->env.items[i], strlen(exec->env.items[i]));
    strlist_release(&exec->env);
    free(exec->api_version);
    free(exec->install_hint);
    free(exec->cluster_config);
    free(exec->dir);
    free(exec);
}
MC_DEFINE_CLEANUP(exec_cleanup, struct kube_exec_plugin, config_exec_free);

static int read_api_version(const struct config_entry *exec, struct kube_exec_plugin *p,
                            struct error **err)
{
    if (config_string_dup(exec, "apiVersion", &p->api_version, err) < 0)
        return -1;
    if (!p->api_version)
        return config_fail(exec, NULL, NULL, err, "the exec plug-in has no apiVersion");
    if (strcmp(p->api_version, v1) == 0 || strcmp(p->api_version, v1beta1) == 0)
        return 0;
    config_fail(exec, "apiVersion", NULL, err, "the exec plug-in has apiVersion \"%s\"",
                p->api_version);
    return error_hint(err,
                      "%s and %s are known; a newer version of the plug-in's program writes "
                      "such a kubeconfig",
                      v1, v1beta1);
}

/* Required in v1; IfAvailable when v1beta1 leaves it out (clientcmd/api/v1/defaults.go). */
static int read_mode(const struct config_entry *exec, struct kube_exec_plugin *p,
                     struct error **err)
{
    const char *text = NULL;
    if (config_string(exec, "interactiveMode", &text, err) < 0)
        return -1;
    if (!text && strcmp(p->api_version, v1) == 0)
        return config_fail(exec, NULL, NULL, err, "the exec plug-in has no interactiveMode");
    if (!text)
        text = "IfAvailable";
    for (size_t i = 0; i < MC_ARRAY_LEN(modes); i++) {
        if (strcmp(modes[i].name, text) == 0) {
            p->interactive = modes[i].mode;
            return 0;
        }
    }
    config_fail(exec, "interactiveMode", NULL, err, "the exec plug-in has interactiveMode \"%s\"",
                text);
    return error_hint(err, "it is Never, IfAvailable or Always");
}

static int read_env(const struct config_entry *exec, struct kube_exec_plugin *p, struct error **err)
{
    const json_t *list = json_object_get(exec->value, "env");
    if (list && !json_is_null(list) && !json_is_array(list))
        return config_fail(exec, "env", NULL, err, "env of the exec plug-in is no list");
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item) {
        const char *name = NULL, *value = NULL;
        if (config_check_string(exec, "env", NULL, json_object_get(item, "name"), &name, err) < 0 ||
            config_check_string(exec, "env", NULL, json_object_get(item, "value"), &value, err) < 0)
            return -1;
        if (!name || strchr(name, '='))
            return config_fail(exec, "env", NULL, err,
                               "an environment variable of the exec plug-in has no name");
        strlist_addf(&p->env, "%s=%s", name, value ? value : "");
    }
    return 0;
}

static int read_hint(const struct config_entry *exec, struct kube_exec_plugin *p,
                     struct error **err)
{
    const char *text = NULL;
    if (config_string(exec, "installHint", &text, err) < 0)
        return -1;
    if (!text)
        return 0;
    AUTO_BUF clean = BUF_INIT_MAX(MAX_HINT);
    text_append_clean(&clean, text, strnlen(text, MAX_HINT));
    while (clean.len && strchr(" \t\n", clean.data[clean.len - 1]))
        buf_truncate(&clean, clean.len - 1);
    p->install_hint = clean.len ? mem_strdup(clean.data) : NULL;
    return 0;
}

/* client_config.go clusterExtensionKey. */
static char *cluster_config_dup(const struct config_entry *cluster)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(cluster->value, "extensions"), i, item) {
        const char *name = json_string_value(json_object_get(item, "name"));
        const json_t *extension = json_object_get(item, "extension");
        if (name && extension && strcmp(name, "client.authentication.k8s.io/exec") == 0)
            return json_write_dup(extension, 0);
    }
    return NULL;
}

int config_exec_read(const struct config_entry *user, const struct config_entry *cluster,
                     struct kube_exec_plugin **ret_exec, struct error **err)
{
    const json_t *value = json_object_get(user->value, field);
    *ret_exec = NULL;
    if (!value || json_is_null(value))
        return 0;
    if (!json_is_object(value))
        return config_fail(user, field, NULL, err, "exec is no mapping");
    /* Its fields are read like an entry's own; errors place them at the entry's exec. */
    struct config_entry exec = *user;
    exec.value = value;
    exec.below = field;
    MC_CLEANUP(exec_cleanup) struct kube_exec_plugin *p = mem_zalloc(sizeof(*p));
    if (config_string_dup(&exec, "command", &p->command, err) < 0)
        return -1;
    if (!p->command)
        return config_fail(&exec, NULL, NULL, err, "the exec plug-in has no command");
    if (read_api_version(&exec, p, err) < 0 || read_mode(&exec, p, err) < 0 ||
        config_strings(&exec, "args", &p->args, err) < 0 || read_env(&exec, p, err) < 0 ||
        read_hint(&exec, p, err) < 0 ||
        config_bool(&exec, "provideClusterInfo", &p->provide_cluster_info, err) < 0)
        return -1;
    p->cluster_config = cluster_config_dup(cluster);
    p->dir = mem_strdup(user->file->dir);
    *ret_exec = TAKE(p);
    return 0;
}
