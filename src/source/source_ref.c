/* The chart that a person names: by a path, a URL, a reference, or in a source. */
#include "internal.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"

static int fetch_url(const char *url, const struct chart_source_options *options,
                     struct source_archive *ret, struct error **err)
{
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = NULL;
    if (chart_source_new(url, options, &s, err))
        return -1;
    return source_repo_fetch_url(s, url, ret, err);
}

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
    if (text_has_prefix(ref, "oci://") ? source_oci_fetch_ref(ref, version, options, &archive, err)
                                       : fetch_url(ref, options, &archive, err))
        return -1;
    return chart_load_archive(buf_str(&archive.data), archive.data.len, archive.place, ret_chart,
                              err);
}
