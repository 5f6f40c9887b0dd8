/* The beginning of verify's own traffic: a name for its namespaces, and whether the user may make them in
 * every cluster. `up` that found all as it should be sends none. */
#include "proof.h"

#include <stdlib.h>
#include <string.h>

#include "look.h"
#include "meshctl/pki/digest.h"
#include "meshctl/probe/finding.h"

#define SUFFIX_LEN 5

/* Without vowels and what looks alike, as Kubernetes' own suffixes (apimachinery util/rand). */
static void name_namespace(struct steps *s)
{
    static const char letters[] = "bcdfghjklmnpqrstvwxz2456789";
    unsigned char random[SUFFIX_LEN];
    char suffix[SUFFIX_LEN + 1] = {0};
    pki_random(random, sizeof(random));
    for (size_t i = 0; i < SUFFIX_LEN; i++)
        suffix[i] = letters[random[i] % (sizeof(letters) - 1)];
    s->proof_namespace = mem_printf("meshctl-verify-%s", suffix);
}

void proof_new(struct steps *s)
{
    name_namespace(s);
    for (size_t i = 0; i < s->lanes_count; i++) {
        s->lanes[i].proof = mem_zalloc(sizeof(struct lane_proof));
        s->lanes[i].proof->measured.passed = -1;
    }
}

void lane_proof_free(struct lane_proof *proof)
{
    if (!proof)
        return;
    proof_release(&proof->measured);
    json_decref(proof->result);
    json_decref(proof->policy);
    free(proof->uid);
    free(proof);
}

/* What the workloads take to be made, asked and taken away. */
static const struct kube_right rights[] = {
    {.verb = "create", .resource = "namespaces"},
    {.verb = "delete", .resource = "namespaces"},
    {.verb = "create", .resource = "serviceaccounts"},
    {.verb = "create", .resource = "configmaps"},
    {.verb = "create", .resource = "services"},
    {.verb = "create", .group = "apps", .resource = "deployments"},
    {.verb = "patch", .resource = "serviceaccounts"},
    {.verb = "patch", .resource = "configmaps"},
    {.verb = "patch", .resource = "services"},
    {.verb = "patch", .group = "apps", .resource = "deployments"},
    {.verb = "get", .resource = "pods", .subresource = "proxy"},
    {.verb = "get", .resource = "pods", .subresource = "portforward"},
    {.verb = "create", .resource = "pods", .subresource = "portforward"},
};

/* All that is written has been when this is asked. */
static bool is_wanted(const struct steps *s)
{
    bool has_written = false;
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane *lane = &s->lanes[i];
        has_written = has_written || lane->has_written || lane->created || lane->changed;
    }
    return s->options.proof == PROOF_ALWAYS || has_written;
}

int task_proof_ask(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    if (!is_wanted(lane->steps))
        return 0;
    struct kube_right asked[MC_ARRAY_LEN(rights)];
    bool allowed[MC_ARRAY_LEN(rights)];
    AUTO_STRLIST missing = STRLIST_INIT;
    struct look look;
    look_begin(lane, &look);
    lane->proof->first = look.first;
    for (size_t i = 0; i < MC_ARRAY_LEN(rights); i++) {
        asked[i] = rights[i];
        if (strcmp(rights[i].resource, "namespaces"))
            asked[i].namespace_ = lane->steps->proof_namespace;
    }
    if (kube_can_many(lane->client, asked, MC_ARRAY_LEN(asked), allowed, err) < 0)
        return -1;
    for (size_t i = 0; i < MC_ARRAY_LEN(rights); i++)
        if (!allowed[i])
            strlist_add_take(&missing, kube_right_text_dup(&rights[i]));
    lane->proof->may = !missing.count;
    if (missing.count) {
        AUTO_FREE char *text = strlist_join_dup(&missing, ", ");
        finding_warn(&look.probe, "MC105", text,
                     "no request was sent: the user may not make a namespace for it");
    }
    return 0;
}
