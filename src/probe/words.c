/* Reads istiods' logs for why they cannot read another cluster. */
#include "words.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "meshctl/base/text.h"
#include "meshctl/kube/logs.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/link.h"

#define CONTAINER "discovery"
/* A lost connection is noticed after 45 s (golang.org/x/net/http2's pings, as client-go sets them), tried
 * again for 30 s, and then at most every 30 s by each of a dozen watches: while it is so, there is a line
 * in any such time. */
#define MAX_LINES 2000 /* of each */
#define SINCE_S 30
#define MAX_ISTIODS 16
#define MAX_TEXT ((size_t)200)

/* istio pilot/pkg/util/informermetric/informerutil.go; the same words since 1.12. */
#define COMPLAINT "watch error in cluster "

/* What client-go and Go say, in the order of looking. */
static const struct {
    const char *part;
    enum words words;
} parts[] = {
    {"Unauthorized", WORDS_TOKEN},        {"provide credentials", WORDS_TOKEN},
    {"x509:", WORDS_CERTIFICATE},         {"certificate", WORDS_CERTIFICATE},
    {"forbidden", WORDS_RIGHTS},          {"dial tcp", WORDS_NETWORK},
    {"i/o timeout", WORDS_NETWORK},       {"connection refused", WORDS_NETWORK},
    {"connection reset", WORDS_NETWORK},  {"connection lost", WORDS_NETWORK},
    {"no route to host", WORDS_NETWORK},  {"no such host", WORDS_NETWORK},
    {"unreachable", WORDS_NETWORK},       {"handshake timeout", WORDS_NETWORK},
    {"deadline exceeded", WORDS_NETWORK},
};

/* What each is called, and what mends it. */
static const struct {
    const char *id, *wanted;
} findings[] = {
    [WORDS_TOKEN] = {"MC421", "a token that it takes"},
    [WORDS_CERTIFICATE] = {"MC422", "a certificate of the authority in the remote secret"},
    [WORDS_RIGHTS] = {"MC423", "the rights of the reader"},
    [WORDS_NETWORK] = {"MC424", "a connection"},
};

/* ---- one log --------------------------------------------------------------------------------- */

static enum words words_of(const char *text)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(parts); i++)
        if (strcasestr(text, parts[i].part))
            return parts[i].words;
    return WORDS_NONE;
}

/* 'failed to list *v1.Node: Get "https://...": dial tcp ...' is about a request that nobody sent by hand:
 * what stands behind it says why. */
static char *reason_dup(const char *text, size_t len)
{
    AUTO_FREE char *line = mem_strndup(text, len);
    struct buf out = BUF_INIT_MAX(MAX_TEXT);
    const char *from = line;
    /* As JSON, its end is the end of a string. */
    char *end = strstr(line, "\",\"");
    end = end ? end : strstr(line, "\"}");
    if (end)
        *end = '\0';
    for (const char *next; (next = strstr(from, "\": "));)
        from = next + strlen("\": ");
    if (from == line && text_has_prefix(line, "failed to ") && strstr(line, ": "))
        from = strstr(line, ": ") + strlen(": ");
    text_append_clean(&out, from, strlen(from));
    return buf_detach(&out, NULL);
}

enum words words_read(const char *log, const char *cluster, char **ret_text)
{
    AUTO_FREE char *complaint = mem_printf(COMPLAINT "%s: ", cluster);
    enum words newest = WORDS_NONE;
    *ret_text = NULL;
    for (const char *at = log; (at = strstr(at, complaint));) {
        at += strlen(complaint);
        AUTO_FREE char *reason = reason_dup(at, strcspn(at, "\r\n"));
        enum words words = words_of(reason);
        if (words == WORDS_NONE)
            continue;
        newest = words;
        free(*ret_text);
        *ret_text = TAKE(reason);
    }
    return newest;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void tell_fix(struct probe *p, enum words words, const struct mesh_member *peer,
                     const char *server)
{
    const char *address = server ? server : "its API server";
    if (words == WORDS_TOKEN)
        finding_fix(p,
                    "kubectl delete secret %s -n %s in %s; then meshctl remote-secret "
                    "--take-ownership --force-conflicts with the same flags",
                    MESH_READER_TOKEN, p->mesh->istio_namespace, peer->name);
    else if (words == WORDS_RIGHTS)
        finding_fix(p, "meshctl install --only %s with the same flags", peer->name);
    else if (words == WORDS_NETWORK)
        finding_fix(p,
                    "let the nodes of %s reach %s (routes, firewalls), or give an address that "
                    "they reach: meshctl remote-secret --take-ownership --force-conflicts --server "
                    "%s=https://HOST:PORT with the same flags",
                    probe_name(p), address, peer->name);
}

static void judge_peer(struct probe *p, const struct kube_log *logs, size_t count, size_t at)
{
    const struct mesh_member *peer = &p->mesh->members[at];
    AUTO_LINK link = {0};
    link_read(facts_link(probe_facts(p), peer->cluster), peer->cluster, &link);
    for (size_t i = 0; i < count; i++) {
        AUTO_FREE char *text = NULL;
        enum words words = words_read(buf_str(&logs[i].text), peer->cluster, &text);
        if (words == WORDS_NONE)
            continue;
        finding_bad(p, findings[words].id, findings[words].wanted, "%s says of %s%s%s: %s",
                    logs[i].pod, peer->cluster, link.server ? " at " : "",
                    link.server ? link.server : "", text);
        finding_peer(p, peer->name);
        tell_fix(p, words, peer, link.server);
        return;
    }
}

static void judge(struct probe *p, const struct kube_log *logs, size_t count)
{
    size_t before = finding_count(p), read = 0;
    for (size_t i = 0; i < count; i++) {
        read += !logs[i].error;
        if (logs[i].error && logs[i].error->kind == ERROR_DENIED)
            finding_warn(p, "MC105", "get pods/log", "%s", logs[i].error->message);
    }
    for (size_t i = 0; i < p->mesh->members_count; i++)
        if (probe_has_peer(p, i))
            judge_peer(p, logs, count, i);
    if (finding_count(p) == before && read)
        finding_ok(p, "MC424", "no complaint of %zu istiod", read);
}

int words_check(struct probe *p, const json_t *istiods, struct error **err)
{
    static const struct kube_logs_wish wish = {.lines = MAX_LINES, .since_s = SINCE_S};
    struct kube_log logs[MAX_ISTIODS] = {0};
    size_t i, count = 0;
    json_t *pod;
    json_array_foreach(istiods, i, pod)
        if (count < MAX_ISTIODS &&
            text_equal(json_dig_str(pod, "metadata", "namespace", NULL), p->mesh->istio_namespace))
            logs[count++] =
                (struct kube_log){.namespace_ = json_dig_str(pod, "metadata", "namespace", NULL),
                                  .pod = json_dig_str(pod, "metadata", "name", NULL),
                                  .container = CONTAINER};
    if (p->mesh->members_count < 2 || !count)
        return 0;
    int rc = kube_logs_read(p->client, logs, count, &wish, err);
    if (rc == 0)
        judge(p, logs, count);
    kube_logs_release(logs, count);
    return rc;
}
