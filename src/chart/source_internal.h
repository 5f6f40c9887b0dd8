/* The two kinds of chart sources behind chart_source, and what they share. */
#ifndef MESHCTL_CHART_SOURCE_INTERNAL_H
#define MESHCTL_CHART_SOURCE_INTERNAL_H

#include "meshctl/chart/source.h"
#include "meshctl/net/http.h"

#define SOURCE_MAX_INDEX ((size_t)128 * 1024 * 1024)
#define SOURCE_TRIES 3
#define SOURCE_TIMEOUT_MS 120000
#define SOURCE_MAX_CANDIDATES 20000

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
#define AUTO_SOURCE_LIST MC_CLEANUP(source_list_release) struct source_list

struct chart_source {
    char *text;      /* as given */
    char *shown;     /* without credentials, for messages */
    char *cache_dir; /* NULL: no cache */
    struct cancel *cancel;
    bool is_remote;
    struct http_client *http; /* made when first needed */
    json_t *index;            /* fetched when first needed */
};

/* source_folder.c */
int source_folder_list(struct chart_source *s, const char *name, struct source_list *out,
                       struct error **err) MC_WARN_UNUSED;

/* source_repo.c */
int source_repo_list(struct chart_source *s, const char *name, struct source_list *out,
                     struct error **err) MC_WARN_UNUSED;
int source_repo_fetch(struct chart_source *s, const char *name,
                      const struct source_candidate *candidate, struct chart **ret_chart,
                      struct error **err) MC_WARN_UNUSED;

/* source_cache.c: misses and failures are silent, a cache is no source. */
char *source_cache_dir_dup(void);
bool source_cache_get(const char *dir, const char *digest, struct buf *out);
void source_cache_put(const char *dir, const char *digest, const void *data, size_t len);

/* source_url.c */
/* URL/NAME before the query. */
char *source_url_join_dup(const char *url, const char *name);
/* Helm's ResolveReferenceURL. */
char *source_url_resolve_dup(const char *base, const char *reference);
/* Without user and password. */
char *source_url_public_dup(const char *url);

#endif
