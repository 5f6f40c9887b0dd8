/* Who we are to an API server: the authentication of one kube_config, kept fresh. One object a
 * client, one thread at a time. Matches client-go (transport/round_trippers.go,
 * transport/token_source.go, plugin/pkg/client/auth/exec/exec.go).
 *
 * The way of a request:
 *   kube_auth_refresh          runs the exec plug-in or reads the token file when due
 *   kube_auth_tls              when the generation is another than at the last request, the client
 *                              certificate is another: the http_client is made anew
 *   kube_auth_headers_append   the request's headers
 * and on an answer 401, once: kube_auth_reject; when it says true, the request is sent again. */
#ifndef KUBE_AUTH_H
#define KUBE_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/error.h"
#include "meshctl/base/strlist.h"
#include "meshctl/kube/client.h"
#include "meshctl/net/tls.h"

struct kube_auth;

#define KUBE_AUTH_MAX_TOKEN ((size_t)1024 * 1024)    /* bytes of a token file */
#define KUBE_AUTH_MAX_EXEC ((size_t)4 * 1024 * 1024) /* bytes that an exec plug-in may print */
/* How long a plug-in may run: some open a browser and wait for a log-in there. */
#define KUBE_AUTH_EXEC_TIMEOUT_MS (240 * 1000)
/* How long one that asks on the terminal may, where the run has no deadline of its own. */
#define KUBE_AUTH_ASK_TIMEOUT_MS (600 * 1000)
#define KUBE_AUTH_FAILURE_MS (10 * 1000) /* until one that failed is run again */

/* `config` and `options` (may be NULL) are borrowed for its life. Runs and reads nothing yet. An
 * exec apiVersion or a combination of methods that cannot work is ERROR_INPUT. Clients with the
 * same exec plug-in share what it answers (auth_plugin.h). */
int kube_auth_new(const struct kube_config *config, const struct kube_client_options *options,
                  struct kube_auth **ret_auth, struct error **err) MC_WARN_UNUSED;
void kube_auth_free(struct kube_auth *a);

/* Makes the credentials current: cheap when they are. Done by the two functions below too. A token
 * file that cannot be read any more leaves the last good token; a failed plug-in is ERROR_DENIED,
 * one that must ask where nobody may be asked ERROR_REFUSED, one that is not installed
 * ERROR_NOT_FOUND with the kubeconfig's installHint as hint. */
int kube_auth_refresh(struct kube_auth *a, struct error **err) MC_WARN_UNUSED;

/* Appends "Authorization: ..." and "Impersonate-...: ..." lines. They hold secrets: release the
 * list with kube_auth_headers_release, which wipes. */
int kube_auth_headers_append(struct kube_auth *a, struct strlist *out, struct error **err)
    MC_WARN_UNUSED;
void kube_auth_headers_release(struct strlist *headers);

/* How to connect: the config's net_tls, or a copy with the plug-in's client certificate. Borrowed
 * from `a` until the generation changes. The generation starts at 1 and grows with every other
 * client certificate; a new token alone leaves it (as client-go closes connections only then). */
int kube_auth_tls(struct kube_auth *a, const struct net_tls **ret_tls, uint64_t *ret_generation,
                  struct error **err) MC_WARN_UNUSED;

/* The server said 401: drops what was cached from a plug-in or token file. True when the next
 * request may carry other credentials. */
bool kube_auth_reject(struct kube_auth *a);

MC_DEFINE_CLEANUP(kube_auth_cleanup, struct kube_auth, kube_auth_free);
#define AUTO_KUBE_HEADERS MC_CLEANUP(kube_auth_headers_release) struct strlist

#endif
