/* What the tests of credentials share: exec plug-ins that are shell scripts. */
#ifndef KUBE_PLUGIN_SUPPORT_H
#define KUBE_PLUGIN_SUPPORT_H

#include "config_support.h"

#include "auth.h"

/* The structs own their strings; here they borrow literals and are never released. */
#define S(text) ((char *)(text))
#define AUTO_AUTH MC_CLEANUP(kube_auth_cleanup) struct kube_auth

static inline struct kube_config base_config(void)
{
    return (struct kube_config){
        .source = S("config"), .user_name = S("u"), .server = S("https://c")};
}

/* A plug-in that is a shell script of the test folder. */
static inline struct kube_exec_plugin plugin(const char *script)
{
    AUTO_FREE char *text = mem_printf("#!/bin/sh\n%s\n", script);
    AUTO_FREE char *path = mem_strdup(save("plugin.new", text, 0755));
    AUTO_FREE char *final = fs_join_dup(test_folder, "plugin");
    assert_int_equal(rename(path, final), 0);
    return (struct kube_exec_plugin){.command = S("./plugin"),
                                     .api_version = S("client.authentication.k8s.io/v1"),
                                     .interactive = KUBE_INTERACTIVE_IF_AVAILABLE,
                                     .dir = test_folder};
}

#define ANSWER(status)                                                                             \
    "printf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\","     \
    "\"status\":{" status "}}'"
#define COUNT "echo run >>count; "

/* How often the plug-in ran since the last call of this. */
static inline size_t runs(void)
{
    AUTO_FREE char *path = fs_join_dup(test_folder, "count");
    if (!fs_exists(path))
        return 0;
    AUTO_FREE char *text = read_dup(path);
    unlink(path);
    return strlen(text) / strlen("run\n");
}

#endif
