/* kubeconfig, read exactly as kubectl reads it (client-go tools/clientcmd): one named file, or the
 * KUBECONFIG list merged (the first to set a value wins, missing files of the list are skipped), or
 * ~/.kube/config; relative paths are relative to the file they stand in.
 *
 * Immutable after load, but for credentials that are read again (tokenFile, exec plug-in). */
#ifndef MESHCTL_KUBE_KUBECONFIG_H
#define MESHCTL_KUBE_KUBECONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/error.h"
#include "meshctl/base/strlist.h"
#include "meshctl/net/tls.h"

#define KUBECONFIG_MAX_BYTES ((size_t)16 * 1024 * 1024)

struct kube_exec_plugin {
    char *command;
    struct strlist args;
    struct strlist env; /* "K=V" */
    char *api_version;  /* client.authentication.k8s.io/v1 or v1beta1 */
    char *install_hint; /* or NULL */
    bool provide_cluster_info;
    char *dir; /* folder of the kubeconfig: base of a relative command */
};

/* One context, resolved: where the API server is and how to identify to it. */
struct kube_config {
    char *source;       /* file(s) it came from, for messages */
    char *context;      /* its name */
    char *cluster_name; /* the kubeconfig's names, for messages */
    char *user_name;
    char *server;     /* https://HOST:PORT, no final slash */
    char *namespace_; /* of the context, or "default" */
    struct net_tls tls;
    char *token;      /* secret, or NULL */
    char *token_file; /* or NULL; read again when older than 10 s */
    char *username;   /* basic, or NULL */
    char *password;   /* secret, or NULL */
    char *impersonate_user;
    struct strlist impersonate_groups;
    struct kube_exec_plugin *exec; /* or NULL */
};

/* `path` NULL: KUBECONFIG or ~/.kube/config. `context` NULL: current-context. All problems of the file
 * (unknown context with near spelling, missing cluster or user entry, missing certificate file, PEM
 * that does not parse, no server) are ERROR_INPUT with where = FILE or FILE:LINE:COL. */
int kube_config_load(const char *path, const char *context, struct kube_config **ret_config,
                     struct error **err) MC_WARN_UNUSED;
void kube_config_free(struct kube_config *config);

MC_DEFINE_CLEANUP(kube_config_cleanup, struct kube_config, kube_config_free);

#endif
