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

enum kube_interactive {
    KUBE_INTERACTIVE_NEVER,
    KUBE_INTERACTIVE_IF_AVAILABLE,
    KUBE_INTERACTIVE_ALWAYS, /* refused where standard input is no terminal */
};

struct kube_exec_plugin {
    char *command;
    struct strlist args;
    struct strlist env; /* "K=V"; may hold secrets */
    char *api_version;  /* client.authentication.k8s.io/v1 or v1beta1 */
    char *install_hint; /* cleaned, or NULL */
    enum kube_interactive interactive;
    bool provide_cluster_info;
    char *cluster_config; /* JSON text of the cluster's extension client.authentication.k8s.io/exec,
                           * or NULL */
    char *dir;            /* folder of the kubeconfig: base of a relative command */
};

/* One context, resolved: where the API server is and how to identify to it. */
struct kube_config {
    char *source;       /* file of the user entry, for messages */
    char *context;      /* its name */
    char *cluster_name; /* the kubeconfig's names, for messages */
    char *user_name;
    char *server;     /* https://HOST:PORT, no final slash */
    char *namespace_; /* of the context, or "default" */
    struct net_tls tls;
    bool disable_compression; /* only an exec plug-in is told */
    char *token;              /* secret, or NULL */
    char *token_file;         /* or NULL; read again when older than 10 s */
    char *username;           /* basic, or NULL */
    char *password;           /* secret, or NULL */
    char *impersonate_user;   /* or NULL: no impersonation */
    char *impersonate_uid;    /* or NULL */
    struct strlist impersonate_groups;
    struct strlist impersonate_extra; /* key, value, key, value ... */
    struct kube_exec_plugin *exec;    /* or NULL */
    struct strlist warnings;          /* of what is used all the same, for a person */
};

/* `path` NULL: KUBECONFIG or ~/.kube/config. `context` NULL: current-context. All problems of the
 * file (unknown context with near spelling, missing cluster or user entry, missing certificate
 * file, PEM that does not parse, no server) are ERROR_INPUT with where = FILE or FILE:LINE:COL. */
int kube_config_load(const char *path, const char *context, struct kube_config **ret_config,
                     struct error **err) MC_WARN_UNUSED;
void kube_config_free(struct kube_config *config);

/* Looks at the certificates inside: a client certificate that has expired is ERROR_DENIED ("client
 * certificate of user X in FILE expired on DATE"); one that is not valid yet too. */
int kube_config_check(const struct kube_config *config, struct error **err) MC_WARN_UNUSED;

MC_DEFINE_CLEANUP(kube_config_cleanup, struct kube_config, kube_config_free);

#endif
