/* Manifests and indexes of a registry: which layer is the chart. */
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "oci.h"

static int bad(struct error **err, const char *what)
{
    return error_set(err, ERROR_REMOTE, "the manifest is not to be used: %s", what);
}

static char *text_dup(const json_t *value, const char *key)
{
    const char *text = json_dig_str(value, key, NULL);
    return mem_strdup(text ? text : "");
}

static int read_descriptor(const json_t *value, struct oci_descriptor *ret, struct error **err)
{
    const json_t *size = json_object_get(value, "size");
    const char *digest = json_dig_str(value, "digest", NULL);
    if (!digest || !json_is_integer(size) || json_integer_value(size) < 0)
        return bad(err, "a descriptor lacks its digest or its size");
    ret->media_type = text_dup(value, "mediaType");
    ret->artifact_type = text_dup(value, "artifactType");
    ret->digest = mem_strdup(digest);
    ret->size = json_integer_value(size);
    return 0;
}

static void release_descriptor(struct oci_descriptor *d)
{
    free(d->media_type);
    free(d->artifact_type);
    free(d->digest);
}

void oci_manifest_release(struct oci_manifest *m)
{
    release_descriptor(&m->config);
    for (size_t i = 0; i < m->count; i++)
        release_descriptor(&m->parts[i]);
    free(m->parts);
    *m = (struct oci_manifest){0};
}

static bool is_type(const char *type, const char *a, const char *b)
{
    size_t n = strcspn(type, "; ");
    return (strlen(a) == n && strncmp(type, a, n) == 0) ||
           (strlen(b) == n && strncmp(type, b, n) == 0);
}

/* Older registries and tools leave the type out of one of the two places. */
static int find_kind(const json_t *value, const char *content_type, bool *ret_index,
                     struct error **err)
{
    const char *type = json_dig_str(value, "mediaType", NULL);
    if (!type || !type[0])
        type = content_type ? content_type : "";
    bool manifest = is_type(type, OCI_MANIFEST, OCI_DOCKER_MANIFEST);
    *ret_index = is_type(type, OCI_INDEX, OCI_DOCKER_LIST);
    if (!manifest && !*ret_index && !is_type(type, "", "application/json")) {
        AUTO_BUF shown = BUF_INIT_MAX(200);
        text_append_clean(&shown, type, strlen(type));
        return error_set(err, ERROR_REMOTE, "the manifest is of type \"%s\", not %s",
                         buf_str(&shown), OCI_MANIFEST);
    }
    if (!manifest && !*ret_index)
        *ret_index = json_is_array(json_object_get(value, "manifests"));
    return 0;
}

int oci_manifest_parse(const char *text, size_t len, const char *content_type,
                       struct oci_manifest *ret_manifest, struct error **err)
{
    AUTO_OCI_MANIFEST m = {0};
    AUTO_ERROR struct error *why = NULL;
    json_auto_t *value = NULL;
    if (json_read(text, len, "manifest", &value, &why) < 0)
        return bad(err, why->message);
    if (!json_is_object(value))
        return bad(err, "it is no JSON object");
    if (find_kind(value, content_type, &m.is_index, err))
        return -1;
    if (!m.is_index && read_descriptor(json_object_get(value, "config"), &m.config, err))
        return -1;
    const json_t *parts = json_object_get(value, m.is_index ? "manifests" : "layers");
    size_t count = json_array_size(parts);
    if (count > OCI_MAX_DESCRIPTORS)
        return bad(err, "it has too many parts");
    m.parts = mem_array(count + 1, sizeof(*m.parts));
    for (; m.count < count; m.count++)
        if (read_descriptor(json_array_get(parts, m.count), &m.parts[m.count], err))
            return -1;
    *ret_manifest = m;
    m = (struct oci_manifest){0};
    return 0;
}

/* Helm counts what it would copy: the manifest, and of config and layers those that it knows. */
int oci_manifest_chart(const struct oci_manifest *m, const struct oci_descriptor **ret_layer,
                       struct error **err)
{
    const struct oci_descriptor *chart = NULL;
    bool has_config = !m->is_index && strcmp(m->config.media_type, OCI_HELM_CONFIG) == 0;
    size_t found = 1 + has_config;
    for (size_t i = 0; i < m->count; i++) {
        if (strcmp(m->parts[i].media_type, OCI_HELM_CHART) != 0 &&
            strcmp(m->parts[i].media_type, OCI_HELM_CHART_LEGACY) != 0)
            continue;
        chart = &m->parts[i];
        found++;
    }
    if (found < 2)
        return error_set(err, ERROR_INPUT,
                         "manifest does not contain minimum number of descriptors (2), "
                         "descriptors found: %zu",
                         found);
    if (!has_config)
        return error_set(err, ERROR_INPUT, "could not load config with mediatype %s",
                         OCI_HELM_CONFIG);
    if (!chart)
        return error_set(err, ERROR_INPUT, "manifest does not contain a layer with mediatype %s",
                         OCI_HELM_CHART);
    *ret_layer = chart;
    return 0;
}
