/* The exec plug-in of a kubeconfig: one run of it. Matches client-go
 * plugin/pkg/client/auth/exec/exec.go and pkg/apis/clientauthentication. */
#ifndef KUBE_AUTH_EXEC_H
#define KUBE_AUTH_EXEC_H

#include <time.h>

#include "meshctl/base/cancel.h"
#include "meshctl/kube/kubeconfig.h"

/* What it answered; each is NULL when not given, the certificate and its key only together. */
struct auth_exec_answer {
    char *token; /* secret */
    char *cert_pem;
    char *key_pem;  /* secret */
    time_t expires; /* 0: never */
};
void auth_exec_answer_release(struct auth_exec_answer *a);
#define AUTO_EXEC_ANSWER MC_CLEANUP(auth_exec_answer_release) struct auth_exec_answer

/* Runs the plug-in with argv, never a shell. Its standard error goes to ours. Errors never quote
 * what it printed. */
int auth_exec_run(const struct kube_config *config, struct cancel *cancel,
                  struct auth_exec_answer *ret_answer, struct error **err) MC_WARN_UNUSED;

#endif
