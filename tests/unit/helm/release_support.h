/* Records without charts, and Secrets as a server would keep them. */
#ifndef TEST_CHART_RELEASE_SUPPORT_H
#define TEST_CHART_RELEASE_SUPPORT_H

#include "charts.h"

#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"
#include "meshctl/helm/release_history.h"

static inline struct release *make_record(const char *name, int version, enum release_status status)
{
    struct release *r = mem_zalloc(sizeof(*r));
    r->name = mem_strdup(name);
    r->namespace_ = mem_strdup("ns");
    r->version = version;
    r->status = status;
    r->first_deployed = mem_printf("2026-01-01T00:00:%02dZ", version % 60);
    r->last_deployed = mem_strdup(r->first_deployed);
    r->description = mem_strdup("");
    r->manifest = json_string("");
    r->config = json_object();
    r->chart = parse("{\"metadata\": {\"name\": \"c\", \"version\": \"1.2.0\"}}");
    return r;
}

static inline json_t *secret_of(const struct release *r)
{
    struct error *err = NULL;
    json_t *secret = NULL;
    OK(release_to_secret(r, &secret, NULL, &err));
    return secret;
}

/* As a PUT or POST: the whole Secret replaces what has its name. */
static inline void store(json_t *secrets, const struct release *r)
{
    json_t *secret = secret_of(r), *old;
    size_t i;
    const char *name = json_dig_str(secret, "metadata", "name", NULL);
    json_array_foreach(secrets, i, old)
        if (text_equal(json_dig_str(old, "metadata", "name", NULL), name)) {
            json_array_set_new(secrets, i, secret);
            return;
        }
    json_array_append_new(secrets, secret);
}

/* Revisions 1.. of release "r" with these statuses, by letter. */
static inline json_t *make_secrets(const char *letters)
{
    static const struct {
        char letter;
        enum release_status status;
    } statuses[] = {
        {'d', RELEASE_DEPLOYED},        {'s', RELEASE_SUPERSEDED},      {'f', RELEASE_FAILED},
        {'i', RELEASE_PENDING_INSTALL}, {'p', RELEASE_PENDING_UPGRADE}, {'u', RELEASE_UNINSTALLED},
        {'n', RELEASE_UNINSTALLING},
    };
    json_t *secrets = json_array();
    for (int version = 1; letters[version - 1]; version++) {
        MC_CLEANUP(release_cleanup) struct release *r = make_record("r", version, RELEASE_UNKNOWN);
        for (size_t i = 0; i < MC_ARRAY_LEN(statuses); i++)
            if (statuses[i].letter == letters[version - 1])
                r->status = statuses[i].status;
        store(secrets, r);
    }
    return secrets;
}

/* PartialObjectMetadata of them. */
static inline json_t *metadata_only(const json_t *secrets)
{
    json_t *all = json_array();
    const json_t *secret;
    size_t i;
    json_array_foreach(secrets, i, secret)
        json_array_append_new(all,
                              json_pack("{s:O}", "metadata", json_object_get(secret, "metadata")));
    return all;
}

static inline struct release_history *history_of(const json_t *secrets)
{
    struct error *err = NULL;
    struct release_history *h = NULL;
    OK(release_history_new(secrets, "r", &h, &err));
    return h;
}

static inline int version_of(const struct release_revision *r)
{
    return r ? r->version : 0;
}

/* What helm 3.22.0 and 4.3.1 did (pkg/action and pkg/storage over the memory driver and a client
 * that only takes notes). */
static inline json_t *golden_actions(int major)
{
    AUTO_BUF text = BUF_INIT;
    AUTO_FREE char *name = mem_printf("release/actions%d.json", major);
    read_golden(name, &text);
    return parse(buf_str(&text));
}

#endif
