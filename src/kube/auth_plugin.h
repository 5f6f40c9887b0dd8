/* The exec plug-ins of the process, each asked once for all clients that would get the same answer:
 * same program, arguments, environment, apiVersion, way of asking and, where it is told of one,
 * cluster (exec.go cacheKey). A client may come from another kubeconfig and another thread.
 *
 * An answer serves until it expires (exec.go credsExpired) or is rejected. A failure serves those
 * who ask within KUBE_AUTH_FAILURE_MS, each told in the words of its own kubeconfig. */
#ifndef KUBE_AUTH_PLUGIN_H
#define KUBE_AUTH_PLUGIN_H

#include "auth_exec.h"

struct auth_plugin;

/* The plug-in of `config`, which has one. Lives as long as somebody has it; then what it answered
 * is wiped. */
struct auth_plugin *auth_plugin_ref(const struct kube_config *config,
                                    const struct kube_client_options *options);
/* NULL is fine. */
void auth_plugin_unref(struct auth_plugin *p);

/* Answers with what is newer than answer number *serial (0: none is known yet) and its number, or
 * leaves both alone. Waits while another client has it asked. `config` and `options` are the
 * caller's own. Errors: ERROR_NOT_FOUND where it is not installed, ERROR_DENIED, ERROR_REFUSED (it
 * must ask, and nobody may be asked), ERROR_INPUT (too much output), ERROR_TIMEOUT,
 * ERROR_CANCELLED. */
int auth_plugin_ask(struct auth_plugin *p, const struct kube_config *config,
                    const struct kube_client_options *options, uint64_t *serial,
                    struct auth_exec_answer *ret_answer, struct error **err) MC_WARN_UNUSED;

/* A server did not take answer number `serial`: asked again, unless a newer one is there already
 * (exec.go maybeRefreshCreds). */
void auth_plugin_reject(struct auth_plugin *p, uint64_t serial);

#endif
