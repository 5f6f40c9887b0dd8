/* A registry as a source: tags, manifests, layers, references. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "meshctl/base/semver.h"
#include "meshctl/base/text.h"
#include "meshctl/pki/digest.h"

#define ACCEPT_MANIFEST OCI_DOCKER_MANIFEST ", " OCI_DOCKER_LIST ", " OCI_MANIFEST ", " OCI_INDEX

/* One chart's repository; the requests below are about it. */
struct repository {
    struct chart_source *s;
    char *name;    /* "istio/charts/base" */
    int manifests; /* that may still be fetched */
};

static void release_repository(struct repository *r)
{
    free(r->name);
}
#define AUTO_REPOSITORY MC_CLEANUP(release_repository) struct repository

static int open_repository(struct chart_source *s, const char *name, struct repository *ret,
                           struct error **err)
{
    *ret = (struct repository){.s = s, .manifests = SOURCE_MAX_MANIFESTS};
    if (oci_repository_join(s->oci.repository, name, &ret->name, err))
        return -1;
    return source_oci_open(s, err);
}

static char *url_dup(const struct repository *r, const char *what, const char *reference)
{
    return mem_printf("%s://%s/v2/%s/%s/%s", r->s->oci_scheme, r->s->oci.host, r->name, what,
                      reference);
}

/* --- tags --- */

/* registry/client.go Tags: strict versions only. */
static void take_tags(const json_t *tags, struct source_list *out)
{
    for (size_t i = 0; i < json_array_size(tags) && out->count < SOURCE_MAX_CANDIDATES; i++) {
        const char *tag = json_string_value(json_array_get(tags, i));
        AUTO_FREE char *version = oci_version_dup(tag ? tag : "");
        AUTO_ERROR struct error *ignored = NULL;
        struct semver parsed;
        if (!semver_parse_strict(version, &parsed, &ignored))
            source_list_add(out, version);
    }
}

/* The token is for this registry: a link that leads elsewhere is not followed. */
static int next_page(const struct repository *r, const char *link, char **url, struct error **err)
{
    AUTO_FREE char *root = mem_printf("%s://%s/", r->s->oci_scheme, r->s->oci.host);
    AUTO_FREE char *next = NULL;
    if (link[0] == '/' && link[1] != '/')
        next = mem_printf("%s%s", root, link + 1);
    else if (link[0] == '?')
        next = mem_printf("%.*s%s", (int)strcspn(*url, "?"), *url, link);
    else if (text_has_prefix(link, root))
        next = mem_strdup(link);
    else
        return error_set(err, ERROR_REMOTE, "the list of tags of %s goes on at another server",
                         r->name);
    free(*url);
    *url = TAKE(next);
    return 0;
}

/* Takes over what follows in *url; NULL at the last page. */
static int take_page(struct repository *r, char **url, struct source_list *out, struct error **err)
{
    AUTO_HTTP_RESPONSE response = {0};
    json_auto_t *page = NULL;
    if (source_oci_get(r->s, r->name, *url, "application/json", SOURCE_MAX_MANIFEST, &response,
                       err) ||
        json_read(buf_str(&response.body), response.body.len, r->name, &page, err))
        return -1;
    take_tags(json_object_get(page, "tags"), out);
    AUTO_FREE char *link = response.link ? oci_next_link_dup(response.link) : NULL;
    if (link)
        return next_page(r, link, url, err);
    free(*url);
    *url = NULL;
    return 0;
}

int source_oci_list(struct chart_source *s, const char *name, struct source_list *out,
                    struct error **err)
{
    AUTO_REPOSITORY r = {0};
    if (open_repository(s, name, &r, err))
        return -1;
    AUTO_FREE char *url = url_dup(&r, "tags", "list");
    for (int page = 0; url && out->count < SOURCE_MAX_CANDIDATES; page++) {
        if (page == SOURCE_MAX_TAG_PAGES)
            return error_set(err, ERROR_REMOTE, "the list of tags of %s does not end", r.name);
        if (take_page(&r, &url, out, err) == 0)
            continue;
        if ((*err)->kind != ERROR_NOT_FOUND)
            return error_wrap(err, "list the versions of oci://%s/%s", s->oci.host, r.name);
        error_clear(err);
        error_set(err, ERROR_NOT_FOUND, "chart \"%s\" not found in %s", name, s->shown);
        return error_hint(err, "there is no repository %s: look at the path and the chart's name",
                          r.name);
    }
    return 0;
}

/* --- manifests --- */

static int fail_digest(const char *what, const char *found, const char *wanted, struct error **err)
{
    error_set(err, ERROR_INPUT, "%s has digest sha256:%s, but the registry says %s", what, found,
              wanted);
    return error_hint(err, "it was changed or damaged on its way; it is not used");
}

/* `reference` is a tag or a digest; *ret_digest (may be NULL) is the manifest's own. */
static int fetch_manifest(struct repository *r, const char *reference, struct oci_manifest *ret,
                          char **ret_digest, struct error **err)
{
    AUTO_HTTP_RESPONSE response = {0};
    AUTO_FREE char *url = url_dup(r, "manifests", reference);
    AUTO_FREE char *shown = url_public_dup(url);
    if (r->manifests-- == 0)
        return error_set(err, ERROR_REMOTE, "%s: no chart in its first %d manifests", r->name,
                         SOURCE_MAX_MANIFESTS);
    if (source_oci_get(r->s, r->name, url, ACCEPT_MANIFEST, SOURCE_MAX_MANIFEST, &response, err))
        return -1;
    AUTO_FREE char *found = pki_digest_dup("SHA256", buf_str(&response.body), response.body.len);
    bool by_digest = strchr(reference, ':') != NULL;
    const char *wanted = by_digest ? reference : response.digest;
    if (wanted && (by_digest || text_has_prefix(wanted, "sha256:")) &&
        strcmp(wanted + strlen("sha256:"), found) != 0)
        return fail_digest(shown, found, wanted, err);
    if (oci_manifest_parse(buf_str(&response.body), response.body.len, response.content_type, ret,
                           err))
        return error_wrap(err, "%s", shown);
    if (ret_digest)
        *ret_digest = mem_printf("sha256:%s", found);
    return 0;
}

static int find_manifest(struct repository *r, const char *reference, int depth,
                         struct oci_manifest *ret, struct error **err);

static bool may_be_chart(const struct oci_descriptor *d)
{
    return oci_digest_is_valid(d->digest) &&
           (!d->artifact_type[0] || strcmp(d->artifact_type, OCI_HELM_CONFIG) == 0);
}

/* Helm copies everything that an index leads to and keeps what came last, in the order of its
 * threads; here it is the first chart. */
static int find_in_index(struct repository *r, const struct oci_manifest *index, int depth,
                         struct oci_manifest *ret, struct error **err)
{
    for (size_t i = 0; i < index->count; i++) {
        AUTO_OCI_MANIFEST found = {0};
        if (!may_be_chart(&index->parts[i]))
            continue;
        if (find_manifest(r, index->parts[i].digest, depth + 1, &found, err))
            return -1;
        if (found.is_index || strcmp(found.config.media_type, OCI_HELM_CONFIG) != 0)
            continue;
        *ret = found;
        found = (struct oci_manifest){0};
        return 0;
    }
    return 0;
}

/* A manifest; an index only where it leads to no chart. */
static int find_manifest(struct repository *r, const char *reference, int depth,
                         struct oci_manifest *ret, struct error **err)
{
    AUTO_OCI_MANIFEST found = {0};
    if (fetch_manifest(r, reference, &found, NULL, err))
        return -1;
    if (found.is_index && depth < SOURCE_MAX_INDEX_DEPTH &&
        find_in_index(r, &found, depth, ret, err))
        return -1;
    if (found.is_index && ret->parts)
        return 0;
    *ret = found;
    found = (struct oci_manifest){0};
    return 0;
}

/* --- the archive --- */

static int check_layer(const char *place, const struct oci_descriptor *layer, struct error **err)
{
    if (!oci_digest_is_valid(layer->digest))
        return error_set(err, ERROR_REMOTE, "%s: its chart has no sha256 digest", place);
    if (layer->size > (json_int_t)CHART_MAX_TOTAL)
        return error_set(err, ERROR_INPUT, "%s: its chart of %lld bytes is larger than %zu", place,
                         (long long)layer->size, CHART_MAX_TOTAL);
    return 0;
}

static int fetch_layer(struct repository *r, const char *place, const struct oci_descriptor *layer,
                       struct buf *out, struct error **err)
{
    AUTO_HTTP_RESPONSE response = {0};
    if (check_layer(place, layer, err))
        return -1;
    const char *hex = layer->digest + strlen("sha256:");
    if (source_cache_get(r->s->cache_dir, hex, out))
        return 0;
    AUTO_FREE char *url = url_dup(r, "blobs", layer->digest);
    if (source_oci_get(r->s, r->name, url, NULL, (size_t)layer->size + 1, &response, err))
        return error_wrap(err, "fetch %s", place);
    AUTO_FREE char *found = pki_digest_dup("SHA256", buf_str(&response.body), response.body.len);
    if (strcmp(found, hex) != 0)
        return fail_digest(place, found, layer->digest, err);
    source_cache_put(r->s->cache_dir, hex, buf_str(&response.body), response.body.len);
    size_t len;
    char *bytes = buf_detach(&response.body, &len);
    buf_attach_take(out, bytes, len);
    return 0;
}

static int fetch_chart(struct repository *r, const char *reference, struct source_archive *ret,
                       struct error **err)
{
    AUTO_OCI_MANIFEST manifest = {0};
    const struct oci_descriptor *layer;
    AUTO_FREE char *place = mem_printf("oci://%s/%s%s%s", r->s->oci.host, r->name,
                                       strchr(reference, ':') ? "@" : ":", reference);
    if (find_manifest(r, reference, 0, &manifest, err))
        return -1;
    if (oci_manifest_chart(&manifest, &layer, err)) {
        error_wrap(err, "%s", place);
        return error_hint(err, "this is no Helm chart; look at the reference");
    }
    if (fetch_layer(r, place, layer, &ret->data, err))
        return -1;
    ret->place = TAKE(place);
    return 0;
}

static int fetch_version(struct chart_source *s, const char *name, const char *version,
                         struct source_archive *ret, struct error **err)
{
    AUTO_REPOSITORY r = {0};
    AUTO_FREE char *tag = oci_tag_dup(version);
    if (!oci_tag_is_valid(tag))
        return error_set(err, ERROR_INPUT, "version \"%s\" cannot be a tag", version);
    if (open_repository(s, name, &r, err))
        return -1;
    return fetch_chart(&r, tag, ret, err);
}

/* registry/client.go ValidateReference: a tag beside a digest is checked where it exists. */
static int check_tag(struct repository *r, const char *tag, const char *digest, struct error **err)
{
    AUTO_OCI_MANIFEST manifest = {0};
    AUTO_ERROR struct error *ignored = NULL;
    AUTO_FREE char *found = NULL;
    if (fetch_manifest(r, tag, &manifest, &found, &ignored) || strcmp(found, digest) == 0)
        return 0;
    return error_set(err, ERROR_INPUT, "chart reference digest mismatch: %s is not %s", found,
                     digest);
}

static int fetch_digest(struct chart_source *s, const char *name, const char *digest,
                        const char *tag, struct source_archive *ret, struct error **err)
{
    AUTO_REPOSITORY r = {0};
    if (open_repository(s, name, &r, err) || (tag && check_tag(&r, tag, digest, err)))
        return -1;
    return fetch_chart(&r, digest, ret, err);
}

/* registry/client.go ValidateReference: what reads as a version is a tag and needs no list. 1 when
 * there is no such tag, or none was named. */
static int fetch_tag(struct chart_source *s, const char *name, const char *version,
                     struct source_archive *ret, struct error **err)
{
    AUTO_ERROR struct error *ignored = NULL;
    struct semver parsed;
    if (!version || semver_parse(version, &parsed, &ignored))
        return 1;
    if (fetch_version(s, name, version, ret, err) == 0)
        return 0;
    if ((*err)->kind != ERROR_NOT_FOUND)
        return -1;
    error_clear(err);
    source_archive_release(ret);
    return 1;
}

int source_oci_get_archive(struct chart_source *s, const char *name, const char *version,
                           struct source_archive *ret, struct error **err)
{
    AUTO_SOURCE_LIST list = {0};
    const struct source_candidate *c;
    int rc = fetch_tag(s, name, version, ret, err);
    if (rc <= 0)
        return rc;
    if (source_check_name(name, err) || source_oci_list(s, name, &list, err))
        return -1;
    source_list_sort(&list);
    if (source_list_choose(s, name, version, &list, &c, err))
        return -1;
    return fetch_version(s, name, c->version, ret, err);
}

/* --- references --- */

/* The tag of the reference or the version asked for, which must be the same where both are there
 * (registry/client.go ValidateReference). Yours to free; NULL when there is neither. */
static int pick_version(const struct oci_ref *ref, const char *version, char **ret_version,
                        struct error **err)
{
    AUTO_FREE char *wanted = version && version[0] ? oci_tag_dup(version) : NULL;
    if (ref->tag && wanted && strcmp(ref->tag, wanted) != 0)
        return error_set(err, ERROR_INPUT, "chart reference and version mismatch: %s is not %s",
                         version, ref->tag);
    if (ref->tag)
        *ret_version = oci_version_dup(ref->tag);
    else
        *ret_version = wanted ? mem_strdup(version) : NULL;
    return 0;
}

int source_oci_fetch_ref(const char *text, const char *version,
                         const struct chart_source_options *options, struct source_archive *ret,
                         struct error **err)
{
    AUTO_OCI_REF ref = {0};
    AUTO_FREE char *wanted = NULL;
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = NULL;
    if (oci_ref_parse(text, &ref, err) || pick_version(&ref, version, &wanted, err))
        return -1;
    const char *slash = strrchr(ref.repository, '/');
    const char *name = slash ? slash + 1 : ref.repository;
    AUTO_FREE char *folder =
        mem_strndup(ref.repository, slash ? (size_t)(slash - ref.repository) : 0);
    AUTO_FREE char *place = mem_printf("oci://%s/%s", ref.host, folder);
    if (!name[0]) {
        error_set(err, ERROR_INPUT, "%s names no chart", text);
        return error_hint(err, "a chart is oci://HOST/PATH/NAME");
    }
    if (chart_source_new(place, options, &s, err))
        return -1;
    if (!ref.digest)
        return source_oci_get_archive(s, name, wanted, ret, err);
    AUTO_FREE char *tag = wanted ? oci_tag_dup(wanted) : NULL;
    return fetch_digest(s, name, ref.digest, tag, ret, err);
}
