/* The texts of an OCI registry: references, challenges, manifests. Pure functions; the requests are
 * in source_oci.c. */
#ifndef MESHCTL_SOURCE_OCI_H
#define MESHCTL_SOURCE_OCI_H

#include "meshctl/data/json.h"

#define OCI_MAX_DESCRIPTORS 256
#define OCI_MAX_REFERENCE 1024 /* bytes of a whole reference */

/* helm pkg/registry/constants.go */
#define OCI_HELM_CONFIG "application/vnd.cncf.helm.config.v1+json"
#define OCI_HELM_CHART "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
#define OCI_HELM_CHART_LEGACY "application/tar+gzip"
/* OCI image-spec media types, and what Docker called them. */
#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_INDEX "application/vnd.oci.image.index.v1+json"
#define OCI_DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define OCI_DOCKER_LIST "application/vnd.docker.distribution.manifest.list.v2+json"

/* --- oci://HOST[:PORT]/REPOSITORY[:TAG][@DIGEST] --- */

struct oci_ref {
    char *host;       /* with its port */
    char *repository; /* "istio/charts/base"; "" only where it may be left out */
    char *tag;        /* '+' already written as '_'; NULL when there is none */
    char *digest;     /* "sha256:HEX", or NULL */
};

/* ERROR_INPUT with oras-go's wording for what the distribution-spec does not allow. Credentials
 * before an '@' are refused. */
int oci_ref_parse(const char *text, struct oci_ref *ret_ref, struct error **err) MC_WARN_UNUSED;
void oci_ref_release(struct oci_ref *ref);
#define AUTO_OCI_REF MC_CLEANUP(oci_ref_release) struct oci_ref

/* "a/b" of "a" and "b", "b" of "" and "b"; ERROR_INPUT when that is no repository name. Yours to
 * free. */
int oci_repository_join(const char *base, const char *name, char **ret_repository,
                        struct error **err) MC_WARN_UNUSED;
/* Helm's way of writing a version as a tag and back: '+' is no tag character. Yours to free. */
char *oci_tag_dup(const char *version);
char *oci_version_dup(const char *tag);
bool oci_tag_is_valid(const char *tag);
/* "sha256:" and 64 lower-case hex digits. */
bool oci_digest_is_valid(const char *digest);
/* HOST[:PORT] is this machine by its name or address. */
bool oci_is_loopback(const char *host);

/* --- WWW-Authenticate (RFC 9110 11.6.1, the distribution project's token spec) --- */

struct oci_challenge {
    char *scheme;          /* "Bearer", "Basic" as the server wrote it */
    char *realm, *service; /* each may be NULL; the scope that it names is not asked for */
};

/* The first Bearer challenge of the header, or else the first challenge; false when
 * there is none. */
bool oci_challenge_parse(const char *header, struct oci_challenge *ret_challenge);
void oci_challenge_release(struct oci_challenge *c);
#define AUTO_OCI_CHALLENGE MC_CLEANUP(oci_challenge_release) struct oci_challenge

/* REALM with service and scope in its query; yours to free. */
char *oci_token_url_dup(const struct oci_challenge *c, const char *scope);
/* The token of a token server's answer, NULL when there is none that fits into a header; a secret,
 * yours to free. */
char *oci_token_dup(const char *text, size_t len);

/* The target of rel="next" in a Link header (RFC 8288), or NULL; yours to free. */
char *oci_next_link_dup(const char *header);

/* --- manifests --- */

struct oci_descriptor {
    char *media_type, *artifact_type; /* "" when there is none */
    char *digest;
    json_int_t size;
};

struct oci_manifest {
    bool is_index;
    struct oci_descriptor config; /* of a manifest */
    struct oci_descriptor *parts; /* its layers, or an index's manifests */
    size_t count;
};

/* `content_type` may be NULL; the text's own mediaType counts more. ERROR_REMOTE. */
int oci_manifest_parse(const char *text, size_t len, const char *content_type,
                       struct oci_manifest *ret_manifest, struct error **err) MC_WARN_UNUSED;
void oci_manifest_release(struct oci_manifest *m);
#define AUTO_OCI_MANIFEST MC_CLEANUP(oci_manifest_release) struct oci_manifest

/* The layer with the chart, borrowed; ERROR_INPUT with Helm's text (registry/client.go Pull) when
 * the manifest is of something else. */
int oci_manifest_chart(const struct oci_manifest *m, const struct oci_descriptor **ret_layer,
                       struct error **err) MC_WARN_UNUSED;

#endif
