/* Secret cacerts of each cluster: taken from the CA folder, created once. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/mesh/objects.h"

static void warn(struct plan_task *task, struct ca_issue *issue)
{
    AUTO_STRLIST warnings = STRLIST_INIT;
    ca_issue_take_warnings(issue, &warnings);
    for (size_t i = 0; i < warnings.count; i++)
        plan_warn(task, "%s", warnings.items[i]);
}

static int take_files(struct lane *lane, struct authority_files **ret_files, struct error **err)
{
    struct ca_issue *issue = lane->steps->issue;
    struct authority_files *files = NULL;
    if (ca_issue_finish(issue, lane->member->cluster, &files, err) < 0)
        return -1;
    *ret_files = files;
    lane->ca.form = CA_FORM_ISTIO;
    return ca_roots_add_pem(&lane->ca.roots, files->root_cert, strlen(files->root_cert),
                            "root-cert.pem", err);
}

int step_ca(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    MC_CLEANUP(authority_files_cleanup) struct authority_files *files = NULL;
    if (lane_apply_istio_namespace(lane, err) < 0)
        return -1;
    if (!lane->needs_cacerts) {
        AUTO_FREE char *kept = ca_roots_text_dup(&lane->ca.roots);
        plan_result(task, "root %s, kept", kept);
        return 0;
    }
    if (take_files(lane, &files, err) < 0)
        return -1;
    warn(task, lane->steps->issue);
    json_t *secret = mesh_cacerts(lane->steps->mesh, files->ca_cert, files->ca_key,
                                  files->root_cert, files->cert_chain);
    if (lane_apply_one_new(lane, secret, err) < 0)
        return -1;
    AUTO_FREE char *root = ca_roots_text_dup(&lane->ca.roots);
    plan_result(task, "root %s", root);
    return 0;
}
