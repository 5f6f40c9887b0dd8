/* Whether an istiod knows every address of the other networks' gateways, names resolved. */
#include "known_gateways.h"

#include <stdlib.h>
#include <string.h>

#include "eastwest.h"
#include "flat.h"
#include "gateways.h"
#include "meshctl/base/strlist.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/mesh/objects.h"
#include "sample_judge.h"

#define NO_RECORD " (no A and no AAAA record)"

static bool is_row_of(const json_t *row, const char *network, json_int_t port)
{
    return text_equal(json_dig_str(row, "Network", NULL), network) &&
           json_dig_int(row, 0, "Port", NULL) == port;
}

static bool knows_ip(const json_t *networkz, const char *network, const char *ip, json_int_t port)
{
    size_t i;
    json_t *row;
    json_array_foreach(networkz, i, row)
        if (is_row_of(row, network, port) && text_equal(json_dig_str(row, "Addr", NULL), ip))
            return true;
    return false;
}

/* Whether a row is there that is none of the addresses given as numbers. */
static bool knows_name(const json_t *networkz, const char *network, const struct strlist *addresses,
                       json_int_t port)
{
    size_t i;
    json_t *row;
    json_array_foreach(networkz, i, row) {
        const char *address = json_dig_str(row, "Addr", NULL);
        if (is_row_of(row, network, port) && address && !strlist_has(addresses, address))
            return true;
    }
    return false;
}

static void add_missing(const json_t *networkz, const char *network, const json_t *service,
                        const struct strlist *all, struct strlist *missing)
{
    AUTO_STRLIST addresses = STRLIST_INIT;
    json_int_t port = eastwest_reached_port(service);
    kube_service_addresses(service, &addresses);
    for (size_t i = 0; i < addresses.count; i++) {
        const char *address = addresses.items[i];
        bool is_ip = gateways_is_ip(address);
        AUTO_FREE char *shown = sample_authority_dup(address, (unsigned)port);
        if (is_ip ? knows_ip(networkz, network, address, port)
                  : knows_name(networkz, network, all, port))
            continue;
        strlist_addf(missing, "%s%s", shown, is_ip ? "" : NO_RECORD);
    }
}

char *known_gateways_missing_dup(const struct probe *p, const json_t *networkz, size_t member)
{
    const char *network = p->mesh->members[member].network;
    const json_t *services = p->facts[member] ? p->facts[member]->network_services : NULL;
    AUTO_STRLIST all = STRLIST_INIT, missing = STRLIST_INIT;
    size_t i;
    json_t *service;
    json_array_foreach(services, i, service)
        if (eastwest_is_of_network(service, network))
            kube_service_addresses(service, &all);
    json_array_foreach(services, i, service)
        if (eastwest_is_of_network(service, network) && eastwest_has_port(service))
            add_missing(networkz, network, service, &all, &missing);
    return missing.count ? strlist_join_dup(&missing, ", ") : NULL;
}

bool known_gateways_lacks_name(const char *missing)
{
    return strstr(missing, NO_RECORD) != NULL;
}

/* Of a cluster that shares the network. */
static bool is_of_another(const json_t *row, const struct mesh_member *member)
{
    const char *cluster = json_dig_str(row, "Cluster", NULL);
    return cluster && *cluster && !text_equal(cluster, member->cluster);
}

char *known_gateways_text_dup(const struct probe *p, const json_t *networkz)
{
    AUTO_STRLIST texts = STRLIST_INIT;
    size_t k;
    json_t *row;
    for (size_t i = 0; i < p->mesh->members_count; i++)
        json_array_foreach(networkz, k, row) {
            const struct mesh_member *peer = &p->mesh->members[i];
            json_int_t port = json_dig_int(row, 0, "Port", NULL);
            if (!probe_has_peer(p, i) || flat_goes_direct(p, i) || !port ||
                !is_row_of(row, peer->network, port) || is_of_another(row, peer))
                continue;
            AUTO_FREE char *shown =
                sample_authority_dup(json_dig_str(row, "Addr", NULL), (unsigned)port);
            strlist_addf(&texts, "%s %s", peer->name, shown);
        }
    return strlist_join_dup(&texts, ", ");
}
