/* Facts as a value: what others ask of them, and their end. */
#include "meshctl/probe/facts.h"

#include <stdlib.h>
#include <string.h>

#include "facts_traffic.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/mesh/objects.h"

const struct facts_istiod *facts_istiod_of(const struct facts *f, const char *namespace_)
{
    for (size_t i = 0; i < f->istiods_count; i++)
        if (text_equal(f->istiods[i].namespace_, namespace_))
            return &f->istiods[i];
    return NULL;
}

const json_t *facts_namespace(const struct facts *f, const char *name)
{
    size_t i;
    json_t *namespace;
    json_array_foreach(f->namespaces, i, namespace)
        if (text_equal(json_dig_str(namespace, "metadata", "name", NULL), name))
            return namespace;
    return NULL;
}

bool facts_is_injected(const json_t *namespace_)
{
    const json_t *labels = json_dig(namespace_, "metadata", "labels", NULL);
    const char *word = json_dig_str(labels, "istio-injection", NULL);
    return word ? strcmp(word, "enabled") == 0 : json_dig_str(labels, "istio.io/rev", NULL) != NULL;
}

const json_t *facts_link(const struct facts *f, const char *cluster)
{
    size_t i;
    json_t *secret;
    json_array_foreach(f->links, i, secret)
        if (json_dig_str(secret, "data", cluster, NULL))
            return secret;
    return NULL;
}

const json_t *facts_network_service(const struct facts *f, const char *network)
{
    const json_t *first = NULL;
    size_t i;
    json_t *service;
    json_array_foreach(f->network_services, i, service) {
        if (!text_equal(json_dig_str(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL),
                        network))
            continue;
        if (kube_service_address(service))
            return service;
        first = first ? first : service;
    }
    return first;
}

static void release_istiod(struct facts_istiod *istiod)
{
    free(istiod->namespace_);
    free(istiod->name);
    free(istiod->revision);
    free(istiod->version);
    free(istiod->cluster);
    free(istiod->release);
}

void facts_free(struct facts *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->istiods_count; i++)
        release_istiod(&f->istiods[i]);
    free(f->istiods);
    for (int c = 0; c < MESH_COMPONENTS; c++)
        release_history_free(f->releases[c]);
    kube_version_release(&f->version);
    json_decref(f->namespaces);
    ca_found_release(&f->ca);
    error_free(f->ca_problem);
    json_decref(f->reader_token);
    json_decref(f->links);
    json_decref(f->network_services);
    json_decref(f->labelled_services);
    json_decref(f->addresses);
    json_decref(f->ranges);
    json_decref(f->gateways);
    facts_traffic_free(f->traffic);
    strlist_release(&f->lacking);
    free(f->records);
    free(f->uid);
    free(f->mesh_id);
    free(f->network);
    free(f->trust_domain);
    free(f->proxy_cluster);
    free(f->proxy_mesh);
    free(f->ca_address);
    free(f->namespace_network);
    free(f);
}
