/* A source by its text: which kind it is, and what it holds. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "meshctl/base/text.h"

static int fail_scheme(const char *source, struct error **err)
{
    AUTO_FREE char *shown = url_public_dup(source);
    error_set(err, ERROR_INPUT, "charts cannot be fetched from %s", shown);
    return error_hint(err, "give a folder, an http:// or https:// chart repository, or oci://");
}

/* A registry's place for charts, not a chart in it. */
static int parse_oci(struct chart_source *s, struct error **err)
{
    if (oci_ref_parse(s->text, &s->oci, err))
        return -1;
    if (!s->oci.tag && !s->oci.digest)
        return 0;
    error_set(err, ERROR_INPUT, "%s is one chart, not a place with charts", s->shown);
    return error_hint(err, "leave out the chart's name, tag and digest");
}

int chart_source_new(const char *source, const struct chart_source_options *options,
                     struct chart_source **ret_source, struct error **err)
{
    bool oci = text_has_prefix(source, "oci://");
    if (!source[0])
        return error_set(err, ERROR_INPUT, "the chart source is empty");
    if (!oci && !source_url_is_http(source) && strstr(source, "://"))
        return fail_scheme(source, err);
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = mem_zalloc(sizeof(*s));
    s->options = *options;
    s->text = mem_strdup(source);
    s->shown = url_public_dup(source);
    s->cache_dir = options->cache_dir ? mem_strdup(options->cache_dir) : source_cache_dir_dup();
    s->kind = oci ? SOURCE_OCI : source_url_is_http(source) ? SOURCE_REPO : SOURCE_FOLDER;
    if (oci && parse_oci(s, err))
        return -1;
    *ret_source = TAKE(s);
    return 0;
}

void chart_source_free(struct chart_source *s)
{
    if (!s)
        return;
    if (s->http)
        http_client_free(s->http);
    net_tls_release(&s->tls);
    json_decref(s->index);
    oci_ref_release(&s->oci);
    mem_free_secret(s->token);
    free(s->token_repository);
    mem_free_secret(s->login);
    free(s->text);
    free(s->shown);
    free(s->cache_dir);
    free(s);
}

const char *chart_source_shown(const struct chart_source *s)
{
    return s->shown;
}
