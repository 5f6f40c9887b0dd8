/* Whether istiod is given something to see each other cluster with, and something that can work. */
#include "links.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/checks.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/link.h"

#define MAX_TOKEN ((size_t)64 * 1024)

/* What a token made for a Secret says of it (kubernetes pkg/serviceaccount/legacy.go). */
#define CLAIM_NAMESPACE "kubernetes.io/serviceaccount/namespace"
#define CLAIM_SECRET "kubernetes.io/serviceaccount/secret.name"

/* ---- tokens ---------------------------------------------------------------------------------- */

/* The claims of a JWT (RFC 7519: base64url without padding between dots); NULL when it is none. Nothing
 * is proved by them: they say which Secret a token was made for. */
static json_t *claims_of(const char *token)
{
    const char *dot = token ? strchr(token, '.') : NULL;
    const char *end = dot ? strchr(dot + 1, '.') : NULL;
    AUTO_SECRET_BUF text = BUF_INIT, claims = BUF_INIT;
    AUTO_ERROR struct error *unread = NULL;
    json_t *value = NULL;
    if (!end || (size_t)(end - dot) > MAX_TOKEN)
        return NULL;
    for (const char *p = dot + 1; p < end; p++)
        buf_appendc(&text, *p == '-' ? '+' : *p == '_' ? '/' : *p);
    buf_pad(&text, '=', (4 - text.len % 4) % 4);
    if (base64_decode(&claims, buf_str(&text), text.len) < 0 ||
        json_read(buf_str(&claims), claims.len, "token", &value, &unread) < 0)
        return NULL;
    return value;
}

static bool names_reader_secret(const struct probe *p, const char *token)
{
    json_auto_t *claims = claims_of(token);
    return text_equal(json_dig_str(claims, CLAIM_SECRET, NULL), MESH_READER_TOKEN) &&
           text_equal(json_dig_str(claims, CLAIM_NAMESPACE, NULL), p->mesh->istio_namespace);
}

/* The token that the peer's Secret holds now; NULL while it has none. A secret, yours to free. */
static char *held_dup(const struct facts *peer)
{
    const char *text = json_dig_str(peer->reader_token, "data", "token", NULL);
    AUTO_SECRET_BUF token = BUF_INIT;
    if (!text || !text[0] || base64_decode(&token, text, strlen(text)) < 0)
        return NULL;
    return buf_detach(&token, NULL);
}

/* An API server takes a token that was made for a Secret only while that Secret holds it. Of other
 * tokens, and of a Secret that is still being filled, nothing can be said. */
static void check_token(struct probe *p, size_t at, const struct link *link, const char *secret)
{
    const struct mesh_member *peer = &p->mesh->members[at];
    const struct facts *f = p->facts[at];
    if (!f || (f->lacks & CHECK_NEEDS_SECRETS) || !link->token ||
        !names_reader_secret(p, link->token))
        return;
    char *held = held_dup(f);
    if (text_equal(held, link->token)) {
        finding_ok(p, "MC407", "of %s", peer->cluster);
    } else if (held || !f->reader_token) {
        finding_bad(p, "MC407",
                    f->reader_token ? "the token that the Secret there holds now"
                                    : "a token whose Secret is still there",
                    "Secret %s: a former token of Secret %s/%s in %s", secret,
                    p->mesh->istio_namespace, MESH_READER_TOKEN, peer->name);
        finding_peer(p, peer->name);
    }
    mem_free_secret(held);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void check_server(struct probe *p, size_t at, const struct link *link, const char *secret)
{
    const struct mesh_member *peer = &p->mesh->members[at];
    if (!link->server || link->has_proxy)
        return;
    if (!mesh_is_own_server(link->server)) {
        finding_ok(p, "MC406", "%s", link->server);
        return;
    }
    AUTO_FREE char *wanted =
        mem_printf("an address of %s that %s reaches", peer->name, probe_name(p));
    finding_bad(p, "MC406", wanted, "Secret %s: server %s", secret, link->server);
    finding_peer(p, peer->name);
}

/* Another Secret with that cluster's name: istiod takes whichever it meets first. */
static void check_twice(struct probe *p, const json_t *secret, const char *cluster)
{
    const char *name = json_dig_str(secret, "metadata", "name", NULL);
    size_t i;
    json_t *other;
    json_array_foreach(probe_facts(p)->links, i, other) {
        const char *also = json_dig_str(other, "metadata", "name", NULL);
        if (other == secret || !json_dig_str(other, "data", cluster, NULL))
            continue;
        AUTO_FREE char *usual = mem_printf("istio-remote-secret-%s", cluster);
        finding_bad(p, "MC412", "one Secret", "Secrets %s and %s are both for %s", name, also,
                    cluster);
        finding_fix(p, "kubectl delete secret %s -n %s", strcmp(also, usual) ? also : name,
                    p->mesh->istio_namespace);
    }
}

static void check_link(struct probe *p, size_t at, const json_t *secret)
{
    const char *name = json_dig_str(secret, "metadata", "name", NULL);
    const struct mesh_member *peer = &p->mesh->members[at];
    AUTO_LINK link = {0};
    link_read(secret, peer->cluster, &link);
    check_twice(p, secret, peer->cluster);
    if (!link.server) {
        finding_bad(p, "MC413", "a kubeconfig with a server and a current context",
                    "Secret %s has none for %s", name, peer->cluster);
        finding_peer(p, peer->name);
    } else if (link.refused) {
        /* Unless istiod was told to take them (PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS). */
        finding_warn(p, "MC413", "a token", "Secret %s has %s, which istiod does not take", name,
                     link.refused);
    }
    check_server(p, at, &link, name);
    check_token(p, at, &link, name);
}

/* ---- other names ----------------------------------------------------------------------------- */

static bool is_member(const struct mesh *m, const char *cluster)
{
    for (size_t i = 0; i < m->members_count; i++)
        if (strcmp(m->members[i].cluster, cluster) == 0)
            return true;
    return false;
}

/* Whether what a Secret holds under some other name leads to that peer: by the peer's own token. */
static bool leads_to(const struct probe *p, const json_t *secret, const char *key, size_t at)
{
    char *held = p->facts[at] ? held_dup(p->facts[at]) : NULL;
    AUTO_LINK link = {0};
    link_read(secret, key, &link);
    bool is_its = held && text_equal(held, link.token);
    mem_free_secret(held);
    return is_its;
}

/* A peer that istiod is given under another name; false when there is none. */
static bool check_misnamed(struct probe *p, size_t at)
{
    const struct mesh_member *peer = &p->mesh->members[at];
    size_t i;
    json_t *secret, *data;
    const char *key;
    json_array_foreach(probe_facts(p)->links, i, secret)
        json_object_foreach(json_object_get(secret, "data"), key, data) {
            if (is_member(p->mesh, key) || !leads_to(p, secret, key, at))
                continue;
            const char *name = json_dig_str(secret, "metadata", "name", NULL);
            finding_bad(p, "MC411", peer->cluster, "Secret %s has %s under the name %s", name,
                        peer->name, key);
            finding_peer(p, peer->name);
            finding_fix(p,
                        "kubectl delete secret %s -n %s && meshctl remote-secret with the same "
                        "flags",
                        name, p->mesh->istio_namespace);
            return true;
        }
    return false;
}

/* Whether it is a member's, under another name. */
static bool is_misnamed(const struct probe *p, const json_t *secret, const char *key)
{
    for (size_t i = 0; i < p->mesh->members_count; i++)
        if (i != p->at && leads_to(p, secret, key, i))
            return true;
    return false;
}

/* A Secret may tell of several clusters, a key each (istio secretcontroller). */
static void check_strangers(struct probe *p, const json_t *secret)
{
    const char *name = json_dig_str(secret, "metadata", "name", NULL);
    json_t *data = json_object_get(secret, "data");
    const char *cluster;
    json_t *value;
    json_object_foreach(data, cluster, value) {
        if (is_member(p->mesh, cluster) || is_misnamed(p, secret, cluster))
            continue;
        finding_warn(p, "MC408", "only clusters that were given", "%s (Secret %s)", cluster, name);
        if (json_object_size(data) == 1)
            finding_fix(p,
                        "name it too, with --cluster NAME=FILE; if it is gone for good: kubectl "
                        "delete secret %s -n %s",
                        name, p->mesh->istio_namespace);
    }
}

void links_check(struct probe *p)
{
    const struct facts *f = probe_facts(p);
    AUTO_STRLIST linked = STRLIST_INIT;
    size_t peers = 0;
    for (size_t i = 0; f->links && i < p->mesh->members_count; i++) {
        const char *cluster = p->mesh->members[i].cluster;
        const json_t *secret = facts_link(f, cluster);
        if (!probe_has_peer(p, i))
            continue;
        peers++;
        if (!secret && check_misnamed(p, i))
            continue;
        if (!secret) {
            finding_bad(p, "MC402", "a Secret labelled " MESH_MULTICLUSTER_LABEL "=true",
                        "%s has none for %s", probe_name(p), cluster);
            finding_peer(p, p->mesh->members[i].name);
            continue;
        }
        strlist_add(&linked, cluster);
        check_link(p, i, secret);
    }
    size_t i;
    json_t *secret;
    json_array_foreach(f->links, i, secret)
        check_strangers(p, secret);
    AUTO_FREE char *text = strlist_join_dup(&linked, ", ");
    if (linked.count && linked.count == peers)
        finding_ok(p, "MC402", "of %s", text);
}
