/* The webhook through which istiod gives new pods a proxy, as a mesh that runs has it. */
#ifndef INJECTOR_H
#define INJECTOR_H

#include "fakeapi.h"

#define INJECTOR                                                                                   \
    "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/istio-sidecar-injector"

static inline void injector_put(struct fakeapi *api)
{
    fakeapi_put(
        api, "{\"apiVersion\":\"admissionregistration.k8s.io/v1\",\"kind\":"
             "\"MutatingWebhookConfiguration\",\"metadata\":{\"name\":\"istio-sidecar-injector\"},"
             "\"webhooks\":[{\"name\":\"namespace.sidecar-injector.istio.io\",\"clientConfig\":{"
             "\"service\":{\"name\":\"istiod\",\"namespace\":\"istio-system\"}}}]}");
}

#endif
