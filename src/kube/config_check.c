/* What is wrong with a context, all of it at once. */
#include <string.h>
#include <time.h>

#include "meshctl/base/clock.h"
#include "meshctl/kube/kubeconfig.h"
#include "meshctl/pki/cert.h"

int kube_config_check(const struct kube_config *config, struct error **err)
{
    const char *pem = config->tls.cert_pem;
    if (!pem)
        return 0;
    struct pki_cert **certs = NULL;
    size_t count = 0;
    if (pki_certs_read(pem, strlen(pem), config->source, &certs, &count, err) < 0)
        return error_wrap(err, "client certificate of user %s", config->user_name);
    time_t from = pki_cert_not_before(certs[0]), to = pki_cert_not_after(certs[0]);
    pki_certs_free(certs, count);
    time_t now = time(NULL);
    if (now >= from && now <= to)
        return 0;
    AUTO_FREE char *date = clock_rfc3339_dup(now > to ? to : from);
    error_set(err, ERROR_DENIED, "client certificate of user %s in %s %s %s", config->user_name,
              config->source, now > to ? "expired on" : "is not valid before", date);
    error_where(err, "%s", config->source);
    if (now > to)
        return error_hint(err, "get a new kubeconfig for this cluster");
    return error_hint(err, "compare the clock of this machine");
}
