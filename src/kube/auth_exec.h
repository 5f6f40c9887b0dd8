/* The exec plug-in of a kubeconfig: one run of it. Matches client-go
 * plugin/pkg/client/auth/exec/exec.go and pkg/apis/clientauthentication. */
#ifndef KUBE_AUTH_EXEC_H
#define KUBE_AUTH_EXEC_H

#include <time.h>

#include "meshctl/kube/client.h"

/* What it answered; each is NULL when not given, the certificate and its key only together. */
struct auth_exec_answer {
    char *token; /* secret */
    char *cert_pem;
    char *key_pem;  /* secret */
    time_t expires; /* 0: never */
};
void auth_exec_answer_release(struct auth_exec_answer *a);
#define AUTO_EXEC_ANSWER MC_CLEANUP(auth_exec_answer_release) struct auth_exec_answer

/* What it printed, read. Errors never quote it. */
int auth_exec_answer_read(const struct kube_exec_plugin *exec, const struct buf *out,
                          struct auth_exec_answer *ret_answer, struct error **err) MC_WARN_UNUSED;

/* What of KUBERNETES_EXEC_INFO is wanted. */
enum auth_exec_info {
    AUTH_EXEC_INTERACTIVE = 1 << 0, /* it may ask a person */
    AUTH_EXEC_BRIEF = 1 << 1,       /* for people: without the certificates and the extension */
};
/* The value of KUBERNETES_EXEC_INFO: an ExecCredential that says what is wanted, with the cluster
 * where provideClusterInfo is set. */
int auth_exec_info_dup(const struct kube_config *config, unsigned flags, char **ret_text,
                       struct error **err) MC_WARN_UNUSED;

/* The program's path: a relative one with a slash begins at the kubeconfig's folder. */
char *auth_exec_file_dup(const struct kube_exec_plugin *exec);
/* The command with its environment and arguments, as a person can paste it into a shell, on one
 * line; NULL when it is too long for that. What looks like a secret is left out (AUTH_EXEC_LEFT_OUT
 * stands for it). */
char *auth_exec_command_dup(const struct kube_config *config);
#define AUTH_EXEC_LEFT_OUT "'***'"

/* Runs the plug-in with argv, never a shell. One that may ask a person has the terminal for itself
 * meanwhile; what another one says on standard error goes to options->on_warning, and its last
 * lines into the error. Errors name the command only, not whose it is. */
int auth_exec_run(const struct kube_config *config, const struct kube_client_options *options,
                  struct auth_exec_answer *ret_answer, struct error **err) MC_WARN_UNUSED;

#endif
