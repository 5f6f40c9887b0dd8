/* Step remote-secret: a reader's token of each cluster for every other one. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/mesh/objects.h"

static int decode_key(const struct lane *lane, const json_t *secret, const char *key,
                      struct buf *out, struct error **err)
{
    const char *text = json_dig_str(secret, "data", key, NULL);
    if (text && base64_decode(out, text, strlen(text)) == 0 && out->len)
        return 0;
    return error_set(err, ERROR_REMOTE, "%s: Secret %s/%s has no usable %s", lane_name(lane),
                     lane->steps->mesh->istio_namespace, MESH_READER_TOKEN, key);
}

/* The reader's ServiceAccount comes with chart base; without it there is no Istio here yet. */
static int check_reader(struct lane *lane, struct error **err)
{
    struct kube_ref ref = {"v1", "ServiceAccount", lane->steps->mesh->istio_namespace,
                           MESH_READER_ACCOUNT};
    json_auto_t *account = NULL;
    if (kube_get_opt(lane->client, &ref, &account, err) < 0)
        return -1;
    if (account)
        return 0;
    error_set(err, ERROR_NOT_FOUND, "%s: there is no ServiceAccount %s/%s", lane_name(lane),
              ref.namespace_, ref.name);
    error_id(err, "MC401");
    return error_hint(err, "run meshctl install first");
}

/* Makes the reader's token where it misses, and out of it the Secret for the other clusters. */
int step_remote_secret_read(struct plan_task *task, void *ctx, struct error **err)
{
    static const char *const keys[] = {"token", "ca.crt", NULL};
    struct lane *lane = lane_begin(task, ctx);
    const struct mesh *mesh = lane->steps->mesh;
    struct kube_ref ref = {"v1", "Secret", mesh->istio_namespace, MESH_READER_TOKEN};
    json_auto_t *secret = NULL;
    AUTO_SECRET_BUF token = BUF_INIT;
    AUTO_BUF ca = BUF_INIT;
    if (check_reader(lane, err) < 0 || lane_apply_one_new(lane, mesh_reader_token(mesh), err) < 0)
        return -1;
    AUTO_FREE char *what = mem_printf("Secret %s/%s to get its token", ref.namespace_, ref.name);
    if (lane_wait(lane, &ref, what, kube_has_keys, (void *)keys, &secret, err) < 0)
        return -1;
    if (decode_key(lane, secret, "token", &token, err) < 0 ||
        decode_key(lane, secret, "ca.crt", &ca, err) < 0)
        return -1;
    const char *server = lane->member->server ? lane->member->server : lane->config->server;
    json_decref(lane->remote_secret);
    lane->remote_secret =
        mesh_remote_secret(mesh, lane->member, server, buf_str(&ca), buf_str(&token));
    if (!lane->remote_secret)
        return error_set(err, ERROR_REMOTE, "%s: Secret %s/%s holds a token that is no text",
                         lane_name(lane), ref.namespace_, ref.name);
    return 0;
}

/* Puts the other clusters' Secrets into this one. */
int step_remote_secret_apply(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    const struct steps *s = lane->steps;
    AUTO_BUF known = BUF_INIT;
    json_auto_t *secrets = json_array();
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane *peer = &s->lanes[i];
        if (peer == lane)
            continue;
        json_array_append_new(secrets, json_deep_copy(peer->remote_secret));
        buf_appendf(&known, "%s%s", known.len ? ", " : "", lane_name(peer));
    }
    if (lane_apply_array(lane, secrets, err) < 0)
        return -1;
    plan_result(task, "%s knows %s", lane_name(lane), buf_str(&known));
    return 0;
}
