/* How to identify to the API server, from a users entry. Matches client-go tools/clientcmd
 * (validation.go validateAuthInfo, client_config.go getUserIdentificationPartialConfig). */
#ifndef KUBE_CONFIG_USER_H
#define KUBE_CONFIG_USER_H

#include "config_file.h"
#include "meshctl/kube/kubeconfig.h"

/* `cluster` gives the plug-in its part of the cluster's extensions. */
int config_user_read(const struct config_entry *user, const struct config_entry *cluster,
                     struct kube_config *config, struct error **err) MC_WARN_UNUSED;
/* The part of it about the exec plug-in; *ret_exec is NULL when there is none. */
int config_exec_read(const struct config_entry *user, const struct config_entry *cluster,
                     struct kube_exec_plugin **ret_exec, struct error **err) MC_WARN_UNUSED;
void config_exec_free(struct kube_exec_plugin *exec);

#endif
