/* Clusters on one network: what pods' addresses say of it. */
#include "flat.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
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

/* An address with the length of its prefix: all of it where none is given. */
struct range {
    int family;
    unsigned char bytes[sizeof(struct in6_addr)];
    unsigned long bits;
};

static bool read_range(const char *text, struct range *ret_range)
{
    AUTO_FREE char *address = mem_strndup(text, strcspn(text, "/"));
    const char *slash = strchr(text, '/');
    char *end = NULL;
    *ret_range = (struct range){.family = strchr(address, ':') ? AF_INET6 : AF_INET};
    unsigned long all = ret_range->family == AF_INET6 ? 128 : 32;
    ret_range->bits = slash ? strtoul(slash + 1, &end, 10) : all;
    return inet_pton(ret_range->family, address, ret_range->bytes) == 1 && ret_range->bits <= all &&
           (!slash || (isdigit((unsigned char)slash[1]) && !*end));
}

bool flat_is_in(const char *range, const char *address)
{
    struct range outer, inner;
    if (!read_range(range, &outer) || !read_range(address, &inner) ||
        outer.family != inner.family || outer.bits > inner.bits)
        return false;
    unsigned long whole = outer.bits / 8, rest = outer.bits % 8;
    return memcmp(outer.bytes, inner.bytes, whole) == 0 &&
           (!rest || !((outer.bytes[whole] ^ inner.bytes[whole]) >> (8 - rest)));
}

static bool is_used(const char *range, const json_t *addresses)
{
    const char *address;
    json_t *row;
    json_object_foreach((json_t *)addresses, address, row)
        if (flat_is_in(range, address))
            return true;
    return false;
}

static void take_node(const json_t *node, const json_t *addresses, json_t *out)
{
    size_t i;
    json_t *range;
    json_array_foreach(json_dig(node, "spec", "podCIDRs", NULL), i, range)
        if (json_is_string(range) && is_used(json_string_value(range), addresses))
            json_array_append(out, range);
}

/* NULL where they may not be listed. */
static int list(struct kube_client *c, const struct kube_ref *ref, json_t **ret_items,
                struct error **err)
{
    if (kube_list(c, ref, NULL, NULL, ret_items, err) == 0)
        return 0;
    if ((*err)->kind != ERROR_DENIED && (*err)->kind != ERROR_NOT_FOUND)
        return -1;
    error_clear(err);
    return 0;
}

int flat_read(struct kube_client *c, json_t **ret_addresses, json_t **ret_ranges,
              struct error **err)
{
    static const struct kube_ref slices_ref = {"discovery.k8s.io/v1", "EndpointSlice", NULL, NULL};
    static const struct kube_ref nodes_ref = {"v1", "Node", NULL, NULL};
    json_auto_t *slices = NULL, *nodes = NULL, *addresses = json_object(), *ranges = json_array();
    size_t i;
    json_t *item;
    *ret_addresses = *ret_ranges = NULL;
    if (list(c, &slices_ref, &slices, err) < 0 || list(c, &nodes_ref, &nodes, err) < 0)
        return -1;
    json_array_foreach(slices, i, item)
        take_slice(item, addresses);
    json_array_foreach(nodes, i, item)
        take_node(item, addresses, ranges);
    if (slices)
        *ret_addresses = TAKE(addresses);
    *ret_ranges = TAKE(ranges);
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

/* "10.244.0.0/24" of both, or the one inside the other; NULL when none is. Borrowed. */
static const char *common_range(const struct facts *mine, const struct facts *theirs)
{
    size_t i, k;
    json_t *a, *b;
    json_array_foreach(mine->ranges, i, a)
        json_array_foreach(theirs->ranges, k, b) {
            const char *x = json_string_value(a), *y = json_string_value(b);
            if (flat_is_in(x, y) || flat_is_in(y, x))
                return flat_is_in(x, y) ? y : x;
        }
    return NULL;
}

/* What the two have in common and must not; NULL: nothing. Yours to free. */
static char *common_dup(const struct facts *mine, const struct facts *theirs)
{
    AUTO_STRLIST common = STRLIST_INIT;
    const char *range = common_range(mine, theirs);
    size_t count = common_addresses(mine, theirs, &common);
    AUTO_FREE char *text = strlist_join_dup(&common, ", ");
    if (!count)
        return range ? mem_printf("take their addresses from the same range: %s", range) : NULL;
    return mem_printf("have the same addresses: %s%s", text, count > MAX_NAMED ? ", and more" : "");
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
        if (i == at || !facts[i] || !mesh_shares_network(member, mate))
            continue;
        AUTO_FREE char *common = common_dup(facts[at], facts[i]);
        if (!common)
            continue;
        error_set(err, ERROR_CHECK, "%s and %s are said to share network %s, and pods of both %s",
                  member->name, mate->name, member->network, common);
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
