/* Clusters on one network: what pods' addresses say of it. */
#include "flat.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/kube/client.h"
#include "meshctl/probe/finding.h"

#define MAX_NAMED 3

/* ---- addresses ------------------------------------------------------------------------------- */

static void take_slice(const json_t *slice, json_t *out)
{
    json_int_t port = json_dig_int(slice, 0, "ports", "0", "port", NULL);
    size_t i, k;
    json_t *endpoint, *address;
    json_array_foreach(json_object_get(slice, "endpoints"), i, endpoint) {
        const json_t *pod = json_object_get(endpoint, "targetRef");
        const char *namespace_ = json_dig_str(pod, "namespace", NULL);
        const char *name = json_dig_str(pod, "name", NULL);
        if (!text_equal(json_dig_str(pod, "kind", NULL), "Pod") || !namespace_ || !name)
            continue;
        AUTO_FREE char *text = mem_printf("%s/%s", namespace_, name);
        json_array_foreach(json_object_get(endpoint, "addresses"), k, address)
            if (json_is_string(address))
                json_object_set_new(out, json_string_value(address),
                                    json_pack("{s:s, s:I}", "pod", text, "port", port));
    }
}

int flat_read(struct kube_client *c, json_t **ret_addresses, struct error **err)
{
    const struct kube_ref ref = {"discovery.k8s.io/v1", "EndpointSlice", NULL, NULL};
    json_auto_t *slices = NULL;
    size_t i;
    json_t *slice;
    *ret_addresses = NULL;
    if (kube_list(c, &ref, NULL, NULL, &slices, err) < 0) {
        if ((*err)->kind != ERROR_DENIED && (*err)->kind != ERROR_NOT_FOUND)
            return -1;
        error_clear(err);
        return 0;
    }
    *ret_addresses = json_object();
    json_array_foreach(slices, i, slice)
        take_slice(slice, *ret_addresses);
    return 0;
}

const char *flat_pod_at(const struct facts *f, const char *address)
{
    return address ? json_dig_str(json_object_get(f->addresses, address), "pod", NULL) : NULL;
}

bool flat_goes_direct(const struct probe *p, size_t to)
{
    return to != p->at && mesh_shares_network(probe_member(p), &p->mesh->members[to]);
}

/* ---- judging --------------------------------------------------------------------------------- */

/* "10.244.0.5 (a/x and b/y)" of the first few; how many there are. */
static size_t common_addresses(const struct facts *mine, const struct facts *theirs,
                               struct strlist *out)
{
    const char *address;
    json_t *row;
    size_t count = 0;
    json_object_foreach(mine->addresses, address, row) {
        const char *other = flat_pod_at(theirs, address);
        if (other && ++count <= MAX_NAMED)
            strlist_addf(out, "%s (%s and %s)", address, json_dig_str(row, "pod", NULL), other);
    }
    return count;
}

/* Whether its istiod has that network already. */
static bool is_set_up(const struct facts *f, const struct mesh_member *member)
{
    return text_equal(f->network, member->network);
}

int facts_check_flat(const struct mesh *m, struct facts *const *facts, size_t at,
                     struct error **err)
{
    const struct mesh_member *member = &m->members[at];
    for (size_t i = 0; facts[at] && i < m->members_count; i++) {
        const struct mesh_member *mate = &m->members[i];
        AUTO_STRLIST common = STRLIST_INIT;
        if (i == at || !facts[i] || !mesh_shares_network(member, mate))
            continue;
        size_t count = common_addresses(facts[at], facts[i], &common);
        if (!count)
            continue;
        AUTO_FREE char *text = strlist_join_dup(&common, ", ");
        error_set(err, ERROR_CHECK,
                  "%s and %s are said to share network %s, and pods of both have the same "
                  "addresses: %s%s",
                  member->name, mate->name, member->network, text,
                  count > MAX_NAMED ? ", and more" : "");
        error_id(err, "MC313");
        return error_hint(err, "%s",
                          is_set_up(facts[at], member) || is_set_up(facts[i], mate)
                              ? "their proxies know the network by now: meshctl down with the same "
                                "flags, then meshctl up with a network of its own for each"
                              : "give each a network of its own, as each has without --network "
                                "and network: in the mesh file; gateways then lead from one to "
                                "the other");
    }
    return 0;
}

void flat_check(struct probe *p)
{
    AUTO_ERROR struct error *problem = NULL;
    size_t mates = 0;
    for (size_t i = 0; i < p->mesh->members_count; i++)
        mates += flat_goes_direct(p, i);
    if (!mates || !probe_facts(p)->addresses)
        return;
    if (facts_check_flat(p->mesh, p->facts, p->at, &problem) < 0)
        finding_error(p, "MC313", "pod addresses that no two clusters of the network have",
                      problem);
    else
        finding_ok(p, "MC313", "%zu pod addresses, none of them elsewhere on network %s",
                   json_object_size(probe_facts(p)->addresses), probe_member(p)->network);
}
