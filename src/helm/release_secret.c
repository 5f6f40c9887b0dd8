/* Records from and to the Secrets that hold them. */
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

/* --- writing --- */

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text && text[0])
        json_object_set_new(object, key, json_string(text));
}

/* The JSON in the shape of Helm 3, which both majors read; "deleted" is always there in it. */
static json_t *release_json(const struct release *r)
{
    json_t *info = json_object(), *out = json_object();
    set_text(info, "first_deployed", r->first_deployed);
    set_text(info, "last_deployed", r->last_deployed);
    json_object_set_new(info, "deleted", json_string(""));
    set_text(info, "description", r->description);
    set_text(info, "status", release_status_name(r->status));
    set_text(info, "notes", r->notes);
    set_text(out, "name", r->name);
    json_object_set_new(out, "info", info);
    json_object_set_new(out, "chart", json_copy(r->chart));
    if (json_object_size(r->config))
        json_object_set(out, "config", r->config);
    set_text(out, "manifest", r->manifest);
    if (json_array_size(r->hooks))
        json_object_set(out, "hooks", r->hooks);
    json_object_set_new(out, "version", json_integer(r->version));
    set_text(out, "namespace", r->namespace_);
    if (r->server_side)
        json_object_set_new(out, "apply_method", json_string("ssa"));
    return out;
}

static int pack(const json_t *json, struct buf *out, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    json_write(&text, json, JSON_WRITE_KEEP_ORDER);
    buf_clear(out);
    return record_pack(buf_str(&text), text.len, out, err);
}

/* Leaves spare parts out until the text fits the API server's limit. */
static int pack_within_limit(json_t *json, struct buf *out, bool *ret_trimmed, struct error **err)
{
    *ret_trimmed = false;
    if (pack(json, out, err))
        return -1;
    for (size_t i = 0; i < MC_ARRAY_LEN(spare_parts) && out->len > RELEASE_MAX_SECRET; i++) {
        json_object_set_new(json_object_get(json, "chart"), spare_parts[i], json_null());
        *ret_trimmed = true;
        if (pack(json, out, err))
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

static bool is_system_label(const char *key)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(system_labels); i++)
        if (strcmp(key, system_labels[i]) == 0)
            return true;
    return false;
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

int release_to_secret(const struct release *r, json_t **ret_secret, bool *ret_trimmed,
                      struct error **err)
{
    json_auto_t *json = release_json(r);
    AUTO_BUF text = BUF_INIT;
    bool trimmed;
    if (pack_within_limit(json, &text, &trimmed, err))
        return error_wrap(err, "store release %s", r->name);
    AUTO_FREE char *name = mem_printf(SECRET_PREFIX "%s.v%d", r->name, r->version);
    AUTO_FREE char *data = base64_encode_dup(buf_str(&text), text.len);
    *ret_secret = json_pack("{s:s, s:s, s:{s:s, s:s, s:o}, s:s, s:{s:s}}", "apiVersion", "v1",
                            "kind", "Secret", "metadata", "name", name, "namespace", r->namespace_,
                            "labels", labels_json(r), "type", SECRET_TYPE, "data", "release", data);
    if (ret_trimmed)
        *ret_trimmed = trimmed;
    return 0;
}

/* --- reading --- */

static char *text_dup(const json_t *json, const char *key)
{
    const char *text = json_dig_str(json, key, NULL);
    return mem_strdup(text ? text : "");
}

static enum release_status status_of(const char *name)
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

static struct release *from_json(const json_t *json, const json_t *secret)
{
    struct release *r = mem_zalloc(sizeof(*r));
    const json_t *info = json_object_get(json, "info");
    const json_t *config = json_object_get(json, "config");
    const json_t *chart = json_object_get(json, "chart");
    const json_t *values = json_object_get(chart, "values");
    const json_t *hooks = json_object_get(json, "hooks");
    r->name = text_dup(json, "name");
    r->namespace_ = text_dup(json, "namespace");
    r->version = (int)json_dig_int(json, 0, "version", NULL);
    r->status = status_of(json_dig_str(info, "status", NULL));
    r->first_deployed = text_dup(info, "first_deployed");
    r->last_deployed = text_dup(info, "last_deployed");
    r->description = text_dup(info, "description");
    r->notes = mem_strdup_opt(json_dig_str(info, "notes", NULL));
    r->manifest = text_dup(json, "manifest");
    r->config = json_is_object(config) ? with_reals(config) : json_object();
    r->chart = json_is_object(chart) ? json_copy((json_t *)chart) : json_object();
    if (json_is_object(values))
        json_object_set_new(r->chart, "values", with_reals(values));
    r->hooks = json_array_size(hooks) ? json_incref((json_t *)hooks) : NULL;
    r->server_side = text_equal(json_dig_str(json, "apply_method", NULL), "ssa");
    r->labels = user_labels(secret);
    return r;
}

int release_from_secret(const json_t *secret, struct release **ret_release, struct error **err)
{
    const char *name = json_dig_str(secret, "metadata", "name", NULL);
    const char *data = json_dig_str(secret, "data", "release", NULL);
    AUTO_BUF text = BUF_INIT, json_text = BUF_INIT;
    if (!name)
        name = "of a release";
    if (!data)
        return error_set(err, ERROR_INPUT, "Secret %s holds no release", name);
    if (base64_decode(&text, data, strlen(data)))
        return error_set(err, ERROR_INPUT, "Secret %s: data.release is no base64 text", name);
    json_auto_t *json = NULL;
    if (record_unpack(buf_str(&text), text.len, &json_text, err) ||
        json_read(buf_str(&json_text), json_text.len, name, &json, err))
        return error_wrap(err, "Secret %s", name);
    if (!json_dig_str(json, "name", NULL))
        return error_set(err, ERROR_INPUT, "Secret %s: the record has no name", name);
    *ret_release = from_json(json, secret);
    return 0;
}

/* The revision that a Secret's labels and name say it holds, 0 when it is none of the release's. */
static long revision_of(const json_t *secret, const char *release)
{
    const char *owner = json_dig_str(secret, "metadata", "labels", "owner", NULL);
    const char *name = json_dig_str(secret, "metadata", "labels", "name", NULL);
    const char *version = json_dig_str(secret, "metadata", "labels", "version", NULL);
    if (!text_equal(owner, "helm") || !text_equal(name, release) || !version)
        return 0;
    return strtol(version, NULL, 10);
}

int release_newest(const json_t *secrets, const char *name, struct release **ret_release,
                   struct error **err)
{
    const json_t *newest = NULL;
    long best = 0;
    for (size_t i = 0; i < json_array_size(secrets); i++) {
        const json_t *secret = json_array_get(secrets, i);
        long revision = revision_of(secret, name);
        if (revision <= best)
            continue;
        best = revision;
        newest = secret;
    }
    *ret_release = NULL;
    return newest ? release_from_secret(newest, ret_release, err) : 0;
}
