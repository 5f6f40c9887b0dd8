/* A release record out of the Secret that Helm keeps it in, and back into one. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"
#include "meshctl/helm/release.h"
#include "release_record.h"

#define SECRET_TYPE "helm.sh/release.v1"
#define SECRET_PREFIX "sh.helm.release.v1."

/* Labels that Helm sets itself (driver/util.go systemLabels); users may not. */
static const char *const system_labels[] = {"name",    "owner",     "status",
                                            "version", "createdAt", "modifiedAt"};

/* Parts that no Helm command reads back, in the order in which they are given up. */
static const char *const spare_parts[] = {"files", "templates", "schema"};

static bool is_system_label(const char *key)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(system_labels); i++)
        if (strcmp(key, system_labels[i]) == 0)
            return true;
    return false;
}

/* --- reading --- */

static char *text_dup(const json_t *json, const char *key)
{
    const char *text = json_dig_str(json, key, NULL);
    return mem_strdup(text ? text : "");
}

enum release_status release_status_of(const char *name)
{
    for (int s = RELEASE_DEPLOYED; s < RELEASE_UNKNOWN; s++)
        if (text_equal(name, release_status_name((enum release_status)s)))
            return (enum release_status)s;
    return RELEASE_UNKNOWN;
}

/* Go decodes every number of values as float64. */
static json_t *with_reals(const json_t *v)
{
    const char *key;
    json_t *item, *out;
    switch (json_typeof(v)) {
    case JSON_INTEGER:
        return json_real((double)json_integer_value(v));
    case JSON_OBJECT:
        out = json_object();
        json_object_foreach((json_t *)v, key, item)
            json_object_set_new(out, key, with_reals(item));
        return out;
    case JSON_ARRAY:
        out = json_array();
        for (size_t i = 0; i < json_array_size(v); i++)
            json_array_append_new(out, with_reals(json_array_get(v, i)));
        return out;
    default:
        return json_incref((json_t *)v);
    }
}

static json_t *user_labels(const json_t *secret)
{
    json_auto_t *labels = json_object();
    const char *key;
    json_t *value;
    json_object_foreach(json_dig(secret, "metadata", "labels", NULL), key, value)
        if (!is_system_label(key))
            json_object_set(labels, key, value);
    return json_object_size(labels) ? TAKE(labels) : NULL;
}

/* What cannot be read counts as not there: then every value is taken for somebody else's. */
static json_t *own_values(const json_t *secret)
{
    const char *data = json_dig_str(secret, "data", RELEASE_OWN_KEY, NULL);
    AUTO_BUF text = BUF_INIT_MAX(RELEASE_MAX_SECRET);
    AUTO_ERROR struct error *ignored = NULL;
    json_auto_t *values = NULL;
    if (!data || base64_decode(&text, data, strlen(data)) ||
        json_read(buf_str(&text), text.len, RELEASE_OWN_KEY, &values, &ignored) < 0 ||
        !json_is_object(values))
        return NULL;
    return with_reals(values);
}

static json_t *chart_of(const json_t *record)
{
    const json_t *stored = json_object_get(record, "chart");
    const json_t *values = json_object_get(stored, "values");
    json_t *chart = json_is_object(stored) ? json_copy((json_t *)stored) : json_object();
    if (json_is_object(values))
        json_object_set_new(chart, "values", with_reals(values));
    return chart;
}

/* What was stored of a record that keeps no more; NULL of one that is whole. */
static int read_stored(const struct release *r, enum record_part part, json_t **ret_json,
                       struct error **err)
{
    *ret_json = NULL;
    return r->packed ? record_read(r->packed, strlen(r->packed), r->name, part, ret_json, err) : 0;
}

int release_chart(const struct release *r, json_t **ret_chart, struct error **err)
{
    json_auto_t *stored = NULL;
    if (read_stored(r, RECORD_CHART, &stored, err) < 0)
        return -1;
    *ret_chart = stored ? chart_of(stored) : json_incref(r->chart);
    return 0;
}

int release_manifest(const struct release *r, json_t **ret_manifest, struct error **err)
{
    json_auto_t *stored = NULL;
    if (read_stored(r, RECORD_MANIFEST, &stored, err) < 0)
        return -1;
    json_t *manifest = stored ? json_object_get(stored, "manifest") : r->manifest;
    *ret_manifest = json_is_string(manifest) ? json_incref(manifest) : json_string("");
    return 0;
}

void release_packed(struct release *r, const json_t *secret)
{
    const char *data = json_dig_str(secret, "data", "release", NULL);
    AUTO_BUF packed = BUF_INIT;
    if (!data || base64_decode(&packed, data, strlen(data)) < 0)
        return;
    free(r->packed);
    r->packed = buf_detach(&packed, NULL);
    json_decref(TAKE(r->manifest));
    json_auto_t *whole = r->chart;
    r->chart = json_pack("{s:O*}", "metadata", json_object_get(whole, "metadata"));
}

void release_written(struct release *r, const json_t *secret, const json_t *live)
{
    free(r->uid);
    free(r->resource_version);
    r->uid = mem_strdup_opt(json_dig_str(live, "metadata", "uid", NULL));
    r->resource_version = mem_strdup_opt(json_dig_str(live, "metadata", "resourceVersion", NULL));
    release_packed(r, secret);
}

static struct release *from_json(const json_t *json, const json_t *secret)
{
    struct release *r = mem_zalloc(sizeof(*r));
    const json_t *info = json_object_get(json, "info");
    const json_t *config = json_object_get(json, "config");
    const json_t *hooks = json_object_get(json, "hooks");
    r->name = text_dup(json, "name");
    r->namespace_ = text_dup(json, "namespace");
    r->version = (int)json_dig_int(json, 0, "version", NULL);
    r->status = release_status_of(json_dig_str(info, "status", NULL));
    r->first_deployed = text_dup(info, "first_deployed");
    r->last_deployed = text_dup(info, "last_deployed");
    r->description = text_dup(info, "description");
    r->notes = mem_strdup_opt(json_dig_str(info, "notes", NULL));
    r->config = json_is_object(config) ? with_reals(config) : json_object();
    r->chart = chart_of(json);
    r->hooks = json_array_size(hooks) ? json_incref((json_t *)hooks) : NULL;
    r->server_side = text_equal(json_dig_str(json, "apply_method", NULL), "ssa");
    r->labels = user_labels(secret);
    const char *deleted = json_dig_str(info, "deleted", NULL);
    r->deleted = deleted && deleted[0] ? mem_strdup(deleted) : NULL;
    r->rollback_revision = (int)json_dig_int(info, 0, "rollback_revision", NULL);
    r->holder =
        mem_strdup_opt(json_dig_str(secret, "metadata", "annotations", RELEASE_HOLDER, NULL));
    r->own = own_values(secret);
    release_written(r, secret, secret);
    return r;
}

int release_from_secret(const json_t *secret, struct release **ret_release, struct error **err)
{
    const char *name = json_dig_str(secret, "metadata", "name", NULL);
    const char *data = json_dig_str(secret, "data", "release", NULL);
    AUTO_BUF packed = BUF_INIT;
    if (!name)
        name = "of a release";
    if (!data)
        return error_set(err, ERROR_INPUT, "Secret %s holds no release", name);
    if (base64_decode(&packed, data, strlen(data)))
        return error_set(err, ERROR_INPUT, "Secret %s: data.release is no base64 text", name);
    json_auto_t *json = NULL;
    if (record_read(buf_str(&packed), packed.len, name, RECORD_HEAD, &json, err) < 0)
        return error_wrap(err, "Secret %s", name);
    if (!json_dig_str(json, "name", NULL))
        return error_set(err, ERROR_INPUT, "Secret %s: the record has no name", name);
    *ret_release = from_json(json, secret);
    return 0;
}

/* --- writing --- */

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text && text[0])
        json_object_set_new(object, key, json_string(text));
}

/* In the shape of Helm 3, which both majors read; "deleted" is always there in it. */
static json_t *info_json(const struct release *r)
{
    json_t *info = json_object();
    set_text(info, "first_deployed", r->first_deployed);
    set_text(info, "last_deployed", r->last_deployed);
    json_object_set_new(info, "deleted", json_string(r->deleted ? r->deleted : ""));
    set_text(info, "description", r->description);
    set_text(info, "status", release_status_name(r->status));
    if (r->rollback_revision)
        json_object_set_new(info, "rollback_revision", json_integer(r->rollback_revision));
    set_text(info, "notes", r->notes);
    return info;
}

static json_t *release_json(const struct release *r, json_t *chart, json_t *manifest)
{
    json_t *out = json_object();
    set_text(out, "name", r->name);
    json_object_set_new(out, "info", info_json(r));
    json_object_set_new(out, "chart", json_copy(chart));
    if (json_object_size(r->config))
        json_object_set(out, "config", r->config);
    if (json_string_length(manifest))
        json_object_set(out, "manifest", manifest);
    if (json_array_size(r->hooks))
        json_object_set(out, "hooks", r->hooks);
    json_object_set_new(out, "version", json_integer(r->version));
    set_text(out, "namespace", r->namespace_);
    if (r->server_side)
        json_object_set_new(out, "apply_method", json_string("ssa"));
    return out;
}

/* Leaves spare parts out until the text fits the API server's limit. */
static int pack_within_limit(json_t *json, struct buf *out, bool *ret_trimmed, struct error **err)
{
    *ret_trimmed = false;
    if (record_pack(json, out, err) < 0)
        return -1;
    for (size_t i = 0; i < MC_ARRAY_LEN(spare_parts) && out->len > RELEASE_MAX_SECRET; i++) {
        json_object_set_new(json_object_get(json, "chart"), spare_parts[i], json_null());
        *ret_trimmed = true;
        buf_clear(out);
        if (record_pack(json, out, err) < 0)
            return -1;
    }
    if (out->len > RELEASE_MAX_SECRET)
        return error_set(
            err, ERROR_INPUT,
            "the release's record is %zu bytes even without the chart's files; a Secret "
            "holds %zu",
            out->len, RELEASE_MAX_SECRET);
    return 0;
}

static json_t *labels_json(const struct release *r)
{
    json_t *labels = json_object();
    const char *key;
    json_t *value;
    json_object_foreach(r->labels, key, value)
        if (!is_system_label(key))
            json_object_set(labels, key, value);
    /* A first revision is written twice, so that only its second writing stays visible; Helm has
     * modifiedAt then, and createdAt only while the first is under way. */
    const char *when = r->status == RELEASE_PENDING_INSTALL || r->status == RELEASE_PENDING_UPGRADE
                           ? "createdAt"
                           : "modifiedAt";
    AUTO_FREE char *now = mem_printf("%lld", (long long)time(NULL));
    AUTO_FREE char *version = mem_printf("%d", r->version);
    json_object_set_new(labels, when, json_string(now));
    json_object_set_new(labels, "name", json_string(r->name));
    json_object_set_new(labels, "owner", json_string("helm"));
    json_object_set_new(labels, "status", json_string(release_status_name(r->status)));
    json_object_set_new(labels, "version", json_string(version));
    return labels;
}

char *release_secret_name_dup(const char *name, int version)
{
    return mem_printf(SECRET_PREFIX "%s.v%d", name, version);
}

static void set_metadata(json_t *secret, const struct release *r)
{
    json_t *metadata = json_object_get(secret, "metadata");
    set_text(metadata, "uid", r->uid);
    set_text(metadata, "resourceVersion", r->resource_version);
    if (r->holder)
        json_put(metadata, json_string(r->holder), "annotations", RELEASE_HOLDER, NULL);
}

static void set_own(json_t *secret, const struct release *r, size_t room)
{
    if (!r->own)
        return;
    AUTO_FREE char *text = json_write_dup(r->own, 0);
    size_t len = strlen(text);
    if (len > room)
        return;
    AUTO_FREE char *data = base64_encode_dup(text, len);
    json_put(secret, json_string(data), "data", RELEASE_OWN_KEY, NULL);
}

static int pack_whole(const struct release *r, struct buf *out, bool *ret_trimmed,
                      struct error **err)
{
    json_auto_t *chart = NULL, *manifest = NULL;
    if (release_chart(r, &chart, err) < 0 || release_manifest(r, &manifest, err) < 0)
        return -1;
    json_auto_t *json = release_json(r, chart, manifest);
    return pack_within_limit(json, out, ret_trimmed, err);
}

/* What becomes of a record after its first writing is told by these two. */
static int pack_again(const struct release *r, struct buf *out, struct error **err)
{
    json_auto_t *info = info_json(r);
    AUTO_FREE char *info_text = json_write_dup(info, JSON_WRITE_KEEP_ORDER);
    AUTO_FREE char *hooks_text = r->hooks ? json_write_dup(r->hooks, JSON_WRITE_KEEP_ORDER) : NULL;
    struct record_change changes[] = {
        {"info", info_text}, {hooks_text ? "hooks" : NULL, hooks_text}, {NULL, NULL}};
    return record_repack(r->packed, strlen(r->packed), changes, out, err);
}

static int pack(const struct release *r, struct buf *out, bool *ret_trimmed, struct error **err)
{
    if (r->packed && pack_again(r, out, err) < 0)
        return -1;
    *ret_trimmed = false;
    if (r->packed && out->len <= RELEASE_MAX_SECRET)
        return 0;
    buf_clear(out);
    return pack_whole(r, out, ret_trimmed, err);
}

int release_to_secret(const struct release *r, json_t **ret_secret, bool *ret_trimmed,
                      struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    bool trimmed;
    if (pack(r, &text, &trimmed, err) < 0)
        return error_wrap(err, "store release %s", r->name);
    AUTO_FREE char *name = release_secret_name_dup(r->name, r->version);
    AUTO_FREE char *data = base64_encode_dup(buf_str(&text), text.len);
    *ret_secret = json_pack("{s:s, s:s, s:{s:s, s:s, s:o}, s:s, s:{s:s}}", "apiVersion", "v1",
                            "kind", "Secret", "metadata", "name", name, "namespace", r->namespace_,
                            "labels", labels_json(r), "type", SECRET_TYPE, "data", "release", data);
    set_metadata(*ret_secret, r);
    set_own(*ret_secret, r, RELEASE_MAX_SECRET - text.len);
    if (ret_trimmed)
        *ret_trimmed = trimmed;
    return 0;
}
