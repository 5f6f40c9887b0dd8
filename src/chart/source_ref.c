#include <stdlib.h>
#include <string.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"
#include "source_internal.h"

/* --- oci:// --- */

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

static int fetch_oci(const char *text, const char *version,
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
        return source_get_archive(s, name, wanted, ret, err);
    AUTO_FREE char *tag = wanted ? oci_tag_dup(wanted) : NULL;
    return source_oci_fetch_digest(s, name, ref.digest, tag, ret, err);
}

/* --- URLs --- */

static int fetch_url(const char *url, const struct chart_source_options *options,
                     struct source_archive *ret, struct error **err)
{
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = NULL;
    if (chart_source_new(url, options, &s, err))
        return -1;
    return source_repo_fetch_url(s, url, ret, err);
}

int source_ref_fetch(const char *ref, const char *version, const char *cache_dir,
                     const struct chart_source_options *options, struct source_archive *ret,
                     struct error **err)
{
    struct chart_source_options same_cache = *options;
    same_cache.cache_dir = cache_dir;
    if (text_has_prefix(ref, "oci://"))
        return fetch_oci(ref, version, &same_cache, ret, err);
    return fetch_url(ref, &same_cache, ret, err);
}

/* --- any of them --- */

static int open_named(const char *name, const char *version, const char *charts,
                      const struct chart_source_options *options, struct chart **ret_chart,
                      struct error **err)
{
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = NULL;
    if (chart_source_new(charts, options, &s, err))
        return -1;
    return chart_source_get(s, name, version, ret_chart, err);
}

static int fail_path(const char *ref, struct error **err)
{
    error_set(err, ERROR_NOT_FOUND, "path \"%s\" not found", ref);
    return error_hint(err,
                      "a chart is a folder, a .tgz, an http(s):// URL of one, oci://HOST/NAME, "
                      "or with --charts a name");
}

int chart_source_open_ref(const char *ref, const char *version, const char *charts,
                          const struct chart_source_options *options, struct chart **ret_chart,
                          struct error **err)
{
    AUTO_SOURCE_ARCHIVE archive = {0};
    bool remote = source_url_is_http(ref) || text_has_prefix(ref, "oci://");
    if (charts && !remote)
        return open_named(ref, version, charts, options, ret_chart, err);
    if (!remote)
        return fs_exists(ref) ? chart_load(ref, ret_chart, err) : fail_path(ref, err);
    if (source_ref_fetch(ref, version, options->cache_dir, options, &archive, err))
        return -1;
    return chart_load_archive(buf_str(&archive.data), archive.data.len, archive.place, ret_chart,
                              err);
}
