/* The kinds of chart sources behind chart_source, and what they share. */
#ifndef MESHCTL_SOURCE_INTERNAL_H
#define MESHCTL_SOURCE_INTERNAL_H

#include "meshctl/golang/server_url.h"
#include "meshctl/net/http.h"
#include "meshctl/source/source.h"
#include "oci.h"

#define SOURCE_MAX_INDEX JSON_MAX_TEXT
#define SOURCE_MAX_NAMES 20000
#define SOURCE_MAX_PEM ((size_t)1024 * 1024)
#define SOURCE_TRIES 3
#define SOURCE_TIMEOUT_MS 120000
#define SOURCE_MAX_CANDIDATES 20000
/* oras-go remote defaultMaxMetadataBytes */
#define SOURCE_MAX_MANIFEST ((size_t)4 * 1024 * 1024)
#define SOURCE_MAX_TAG_PAGES 1000
#define SOURCE_MAX_TOKEN_ANSWER ((size_t)1024 * 1024)
/* Manifests that an index may make us look at, and how deep indexes may stand in one another. */
#define SOURCE_MAX_MANIFESTS 16
#define SOURCE_MAX_INDEX_DEPTH 3
/* The cache: what is used longest ago goes first. */
#define SOURCE_CACHE_MAX_BYTES ((off_t)512 * 1024 * 1024)
#define SOURCE_CACHE_MAX_FILES 512

/* One version of a chart that can be had. */
struct source_candidate {
    char *version;
    char *digest;          /* sha256 hex in lower case, or NULL */
    struct strlist places; /* paths or URLs, to be tried in this order */
};

/* Newest first. */
struct source_list {
    struct source_candidate *items;
    size_t count, cap;
};
struct source_candidate *source_list_add(struct source_list *list, const char *version);
void source_list_sort(struct source_list *list);
void source_list_release(struct source_list *list);
/* index.go Get: equal text first, then the newest that fits. ERROR_NOT_FOUND with the nearest
 * versions as hint. */
int source_list_choose(const struct chart_source *s, const char *name, const char *version,
                       const struct source_list *list, const struct source_candidate **ret,
                       struct error **err) MC_WARN_UNUSED;
/* A chart's name becomes part of paths and URLs. */
int source_check_name(const char *name, struct error **err) MC_WARN_UNUSED;
#define AUTO_SOURCE_LIST MC_CLEANUP(source_list_release) struct source_list

enum source_kind { SOURCE_FOLDER, SOURCE_REPO, SOURCE_OCI };

struct chart_source {
    enum source_kind kind;
    char *text;      /* as given */
    char *shown;     /* without credentials, for messages */
    char *cache_dir; /* NULL: no cache */
    struct chart_source_options options;
    struct net_tls tls;
    struct http_client *http; /* made when first needed */
    json_t *index;            /* of a repository; fetched when first needed */
    struct oci_ref oci;
    const char *oci_scheme; /* "https" or "http"; NULL until it is found out */
    char *token;            /* of token_repository; a secret */
    char *token_repository;
    char *login;      /* USER:PASSWORD in base64, or NULL; a secret */
    bool has_login;   /* it was looked for */
    bool sends_login; /* with every request: the registry asked for it itself */
};

/* Bytes of an archive, verified where the source has a digest, and where they came from. */
struct source_archive {
    struct buf data;
    char *place;
};
void source_archive_release(struct source_archive *a);
#define AUTO_SOURCE_ARCHIVE MC_CLEANUP(source_archive_release) struct source_archive

/* source_folder.c */
int source_folder_list(struct chart_source *s, const char *name, struct source_list *out,
                       struct error **err) MC_WARN_UNUSED;
int source_folder_names(struct chart_source *s, struct strlist *out, struct error **err)
    MC_WARN_UNUSED;
int source_folder_fetch(const struct source_candidate *candidate, struct source_archive *ret,
                        struct error **err) MC_WARN_UNUSED;

/* source_repo.c */
int source_repo_list(struct chart_source *s, const char *name, struct source_list *out,
                     struct error **err) MC_WARN_UNUSED;
int source_repo_names(struct chart_source *s, struct strlist *out, struct error **err)
    MC_WARN_UNUSED;
int source_repo_fetch(struct chart_source *s, const char *name,
                      const struct source_candidate *candidate, struct source_archive *ret,
                      struct error **err) MC_WARN_UNUSED;
/* One archive by its URL, of which nothing is known. */
int source_repo_fetch_url(struct chart_source *s, const char *url, struct source_archive *ret,
                          struct error **err) MC_WARN_UNUSED;
/* index.go loadIndex: JSON or YAML. `shown` stands in errors. */
int source_index_parse(const char *shown, const char *text, size_t len, json_t **ret_index,
                       struct error **err) MC_WARN_UNUSED;

/* source_oci.c; a candidate's version is its tag. */
int source_oci_list(struct chart_source *s, const char *name, struct source_list *out,
                    struct error **err) MC_WARN_UNUSED;
/* The chart in the version that is meant: a tag, or the newest tag that fits. */
int source_oci_get_archive(struct chart_source *s, const char *name, const char *version,
                           struct source_archive *ret, struct error **err) MC_WARN_UNUSED;
/* The archive of oci://HOST/PATH/NAME[:TAG][@DIGEST]. */
int source_oci_fetch_ref(const char *ref, const char *version,
                         const struct chart_source_options *options, struct source_archive *ret,
                         struct error **err) MC_WARN_UNUSED;

/* source_oci_login.c: *ret_basic stays NULL when no file knows the host; yours to
 * free, a secret. */
int source_oci_login(const char *host, char **ret_basic, struct error **err) MC_WARN_UNUSED;

/* source_oci_auth.c: GET of a registry's URL with the token or login that it asks for. Any status
 * but 200 is an error: 404 ERROR_NOT_FOUND, 401 and 403 ERROR_DENIED. */
int source_oci_open(struct chart_source *s, struct error **err) MC_WARN_UNUSED;
int source_oci_get(struct chart_source *s, const char *repository, const char *url,
                   const char *accept, size_t max, struct http_response *ret_response,
                   struct error **err) MC_WARN_UNUSED;

/* source_http.c: GET. Transient failures are retried, also answers 429 and from 500 on; every other
 * status is the caller's. */
struct source_request {
    const char *url;
    const struct strlist *headers; /* may be NULL */
    size_t max;
    bool once; /* no second try */
};
int source_http_send(struct chart_source *s, const struct source_request *request,
                     struct http_response *ret_response, struct error **err) MC_WARN_UNUSED;
/* What a status other than 200 means. */
int source_http_fail(const char *url, const struct http_response *response, struct error **err);

/* source_cache.c: misses and failures are silent, a cache is no source. */
char *source_cache_dir_dup(void);
bool source_cache_get(const char *dir, const char *digest, struct buf *out);
void source_cache_put(const char *dir, const char *digest, const void *data, size_t len);

/* source_url.c */
bool source_url_is_http(const char *url);
/* Helm's ResolveReferenceURL: what has no scheme is seen from the folder `base`, whose query it
 * gets. Errors name no credentials. */
int source_url_resolve(const char *base, const char *reference, char **ret_url, struct error **err)
    MC_WARN_UNUSED;

#endif
