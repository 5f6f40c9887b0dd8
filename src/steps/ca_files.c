/* The CA folder without any cluster: `ca init` and `ca show`. */
#include "meshctl/steps/steps.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/fs.h"
#include "meshctl/ca/authority.h"
#include "meshctl/ca/key_job.h"

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

static void add_root(json_t *report, const struct authority *a)
{
    AUTO_FREE char *file = fs_join_dup(authority_dir(a), "root-cert.pem");
    add_row(report, "", file, authority_root(a));
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

/* All keys that will be needed, made side by side. jobs[0] is the root's, jobs[1 +
 * i] member i's. */
static int begin_keys(const struct mesh *mesh, const struct authority *a, struct key_job **jobs,
                      struct error **err)
{
    if (!authority_has_root(a) && key_job_start(&jobs[0], err) < 0)
        return -1;
    for (size_t i = 0; i < mesh->members_count; i++)
        if (!authority_has_intermediate(a, mesh->members[i].cluster) &&
            key_job_start(&jobs[1 + i], err) < 0)
            return -1;
    return 0;
}

static int make_member(struct authority *a, const char *cluster, struct key_job *job,
                       json_t *report, struct error **err)
{
    MC_CLEANUP(authority_files_cleanup) struct authority_files *files = NULL;
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    if (job && key_job_wait(job, &key, err) < 0)
        return -1;
    if (authority_intermediate(a, cluster, key, &files, err) < 0 ||
        authority_save_intermediate(a, cluster, files, err) < 0)
        return -1;
    return add_intermediate(report, a, cluster, files, err);
}

static int make_files(const struct mesh *mesh, struct authority *a, struct key_job **jobs,
                      json_t *report, struct error **err)
{
    struct pki_key *root_key = NULL;
    if (begin_keys(mesh, a, jobs, err) < 0)
        return -1;
    if (jobs[0] && (key_job_wait(jobs[0], &root_key, err) < 0 ||
                    authority_make_root_take(a, root_key, err) < 0))
        return -1;
    if (authority_save_root(a, err) < 0)
        return -1;
    add_root(report, a);
    for (size_t i = 0; i < mesh->members_count; i++)
        if (make_member(a, mesh->members[i].cluster, jobs[1 + i], report, err) < 0)
            return -1;
    return 0;
}

int steps_ca_init(const struct mesh *mesh, const char *ca_dir, json_t **ret_report,
                  struct error **err)
{
    MC_CLEANUP(authority_cleanup) struct authority *a = NULL;
    json_auto_t *report = json_array();
    if (authority_open(ca_dir, mesh->istio_namespace, &a, err) < 0)
        return -1;
    if (authority_has_root(a) && !authority_can_sign(a)) {
        error_set(err, ERROR_INPUT, "%s holds a root certificate without its key", ca_dir);
        return error_hint(err, "put root-key.pem beside it, or name another folder with --ca-dir");
    }
    AUTO_FREE struct key_job **jobs = mem_array(1 + mesh->members_count, sizeof(*jobs));
    int rc = make_files(mesh, a, jobs, report, err);
    for (size_t i = 0; i < 1 + mesh->members_count; i++)
        key_job_free(jobs[i]);
    if (rc == 0)
        *ret_report = json_incref(report);
    return rc;
}

int steps_ca_show(const struct mesh *mesh, const char *ca_dir, json_t **ret_report,
                  struct error **err)
{
    MC_CLEANUP(authority_cleanup) struct authority *a = NULL;
    json_auto_t *report = json_array();
    if (authority_open(ca_dir, mesh->istio_namespace, &a, err) < 0)
        return -1;
    if (!authority_has_root(a))
        return no_root(ca_dir, err);
    add_root(report, a);
    for (size_t i = 0; i < mesh->members_count; i++) {
        const char *cluster = mesh->members[i].cluster;
        MC_CLEANUP(authority_files_cleanup) struct authority_files *files = NULL;
        if (!authority_has_intermediate(a, cluster))
            continue;
        if (authority_intermediate(a, cluster, NULL, &files, err) < 0 ||
            add_intermediate(report, a, cluster, files, err) < 0)
            return -1;
    }
    *ret_report = json_incref(report);
    return 0;
}
