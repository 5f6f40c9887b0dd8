/* The CA folder without any cluster: `ca init` and `ca show`. */
#include "meshctl/steps/steps.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/fs.h"
#include "meshctl/ca/issue.h"

static void add_row(json_t *report, const char *member, const char *file,
                    const struct pki_cert *cert)
{
    AUTO_FREE char *fingerprint = pki_cert_fingerprint_dup(cert);
    AUTO_FREE char *subject = pki_cert_subject_dup(cert);
    AUTO_FREE char *end = clock_rfc3339_dup(pki_cert_not_after(cert));
    json_array_append_new(report, json_pack("{s:s, s:s, s:s, s:s, s:s}", "member", member, "file",
                                            file, "fingerprint", fingerprint, "subject", subject,
                                            "notAfter", end));
}

/* To the newest row, of which they are. */
static void add_warnings(json_t *report, const struct strlist *warnings)
{
    json_t *row = json_array_get(report, json_array_size(report) - 1);
    for (size_t i = 0; i < warnings->count; i++) {
        if (!json_dig(row, "warnings", NULL))
            json_object_set_new(row, "warnings", json_array());
        json_array_append_new(json_object_get(row, "warnings"), json_string(warnings->items[i]));
    }
}

static void add_root(json_t *report, const struct authority *a)
{
    add_row(report, "", authority_root_file(a), authority_root(a));
}

static int add_intermediate(json_t *report, const struct authority *a, const char *cluster,
                            const struct authority_files *files, struct error **err)
{
    AUTO_FREE char *file = mem_printf("%s/%s/ca-cert.pem", authority_dir(a), cluster);
    struct pki_cert **certs = NULL;
    size_t count = 0;
    if (pki_certs_read(files->ca_cert, strlen(files->ca_cert), file, &certs, &count, err) < 0)
        return -1;
    add_row(report, cluster, file, certs[0]);
    pki_certs_free(certs, count);
    return 0;
}

static int no_root(const char *dir, struct error **err)
{
    error_set(err, ERROR_NOT_FOUND, "there is no root certificate in %s", dir);
    return error_hint(err, "make one with meshctl ca init --ca-dir %s", dir);
}

static int make_member(struct ca_issue *issue, const char *cluster, json_t *report,
                       struct error **err)
{
    MC_CLEANUP(authority_files_cleanup) struct authority_files *files = NULL;
    AUTO_STRLIST warnings = STRLIST_INIT;
    if (ca_issue_finish(issue, cluster, &files, err) < 0 ||
        add_intermediate(report, ca_issue_authority(issue), cluster, files, err) < 0)
        return -1;
    ca_issue_take_warnings(issue, &warnings);
    add_warnings(report, &warnings);
    return 0;
}

int steps_ca_init(const struct mesh *mesh, const char *ca_dir, struct cancel *cancel,
                  json_t **ret_report, struct error **err)
{
    MC_CLEANUP(ca_issue_cleanup) struct ca_issue *issue = NULL;
    json_auto_t *report = json_array();
    AUTO_FREE const char **clusters = mem_array(mesh->members_count, sizeof(*clusters));
    struct ca_issue_options options = {.dir = ca_dir,
                                       .istio_namespace = mesh->istio_namespace,
                                       .clusters = clusters,
                                       .clusters_count = mesh->members_count,
                                       .cancel = cancel};
    for (size_t i = 0; i < mesh->members_count; i++)
        clusters[i] = mesh->members[i].cluster;
    if (ca_issue_begin(&options, &issue, err) < 0 || ca_issue_root(issue, err) < 0)
        return -1;
    add_root(report, ca_issue_authority(issue));
    for (size_t i = 0; i < mesh->members_count; i++)
        if (make_member(issue, clusters[i], report, err) < 0)
            return -1;
    *ret_report = json_incref(report);
    return 0;
}

int steps_ca_show(const struct mesh *mesh, const char *ca_dir, json_t **ret_report,
                  struct error **err)
{
    MC_CLEANUP(authority_cleanup) struct authority *a = NULL;
    json_auto_t *report = json_array();
    if (authority_open(ca_dir, mesh->istio_namespace, NULL, &a, err) < 0)
        return -1;
    if (!authority_has_root(a))
        return no_root(ca_dir, err);
    add_root(report, a);
    for (size_t i = 0; i < mesh->members_count; i++) {
        const char *cluster = mesh->members[i].cluster;
        MC_CLEANUP(authority_files_cleanup) struct authority_files *files = NULL;
        if (!authority_has_intermediate(a, cluster))
            continue;
        AUTO_STRLIST warnings = STRLIST_INIT;
        if (authority_intermediate(a, cluster, NULL, &warnings, &files, err) < 0 ||
            add_intermediate(report, a, cluster, files, err) < 0)
            return -1;
        add_warnings(report, &warnings);
    }
    *ret_report = json_incref(report);
    return 0;
}
