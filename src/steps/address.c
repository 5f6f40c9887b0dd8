/* Where the other clusters find an API server, tried before they are told. */
#include "address.h"

#include <stdlib.h>
#include <string.h>

#include "fleet.h"
#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/reach.h"

/* ---- the reader ------------------------------------------------------------------------------ */

bool reader_is_there(const struct lane *lane)
{
    const json_t *secret = lane->facts ? lane->facts->reader_token : NULL;
    return json_dig_str(secret, "data", "token", NULL) &&
           json_dig_str(secret, "data", "ca.crt", NULL);
}

static int decode_key(const struct lane *lane, const json_t *secret, const char *key,
                      struct buf *out, struct error **err)
{
    const char *text = json_dig_str(secret, "data", key, NULL);
    if (text && base64_decode(out, text, strlen(text)) == 0 && out->len)
        return 0;
    return error_set(err, ERROR_REMOTE, "%s: Secret %s/%s has no usable %s", lane_name(lane),
                     lane->steps->mesh->istio_namespace, MESH_READER_TOKEN, key);
}

void reader_release(struct reader *r)
{
    buf_release_secret(&r->token);
    buf_release(&r->ca);
}

int reader_read(const struct lane *lane, const json_t *secret, struct reader *ret_reader,
                struct error **err)
{
    *ret_reader = (struct reader){BUF_INIT, BUF_INIT};
    if (decode_key(lane, secret, "token", &ret_reader->token, err) == 0 &&
        decode_key(lane, secret, "ca.crt", &ret_reader->ca, err) == 0)
        return 0;
    reader_release(ret_reader);
    return -1;
}

/* ---- the address ----------------------------------------------------------------------------- */

struct mesh_server lane_server(const struct lane *lane, const char *ca_pem)
{
    const struct kube_config *config = lane->config;
    struct mesh_server server =
        mesh_server_of(lane->member, config->server, config->tls.server_name);
    if (!server.ca_pem)
        server.ca_pem = lane->shows_config_ca ? config->tls.ca_pem : ca_pem;
    return server;
}

/* The kubeconfig's authority is for the kubeconfig's address. */
static bool has_config_ca(const struct lane *lane, const char *ca_pem)
{
    const struct mesh_member *member = lane->member;
    const char *own = lane->config->tls.ca_pem;
    return !member->server && !member->server_ca && !lane->shows_config_ca && own &&
           !text_equal(own, ca_pem);
}

static int try_once(const struct lane *lane, const char *ca_pem, const char *token,
                    enum reach *ret_reach, struct error **ret_why, struct error **err)
{
    struct mesh_server server = lane_server(lane, ca_pem);
    return reach_try(lane->steps->mesh, lane->member, &server, token, lane->steps->options.cancel,
                     ret_reach, ret_why, err);
}

/* The cluster's own authority, as istioctl takes it; where another one vouches for the address, a load
 * balancer's in front of the API server, the kubeconfig may know it. */
static int try_both(struct lane *lane, const char *ca_pem, const char *token, enum reach *ret_reach,
                    struct error **ret_why, struct error **err)
{
    AUTO_ERROR struct error *why = NULL;
    enum reach reach;
    if (try_once(lane, ca_pem, token, ret_reach, ret_why, err) < 0)
        return -1;
    if (*ret_reach != REACH_STRANGER || !has_config_ca(lane, ca_pem))
        return 0;
    lane->shows_config_ca = true;
    if (try_once(lane, ca_pem, token, &reach, &why, err) < 0)
        return -1;
    lane->shows_config_ca = reach != REACH_STRANGER;
    if (!lane->shows_config_ca)
        return 0;
    plan_note(lane->task,
              "the kubeconfig's authority vouches for %s, the cluster's own does not: the "
              "other clusters are told of the former",
              lane->config->server);
    error_clear(ret_why);
    *ret_why = TAKE(why);
    *ret_reach = reach;
    return 0;
}

/* Whether this run tells anybody of this cluster. */
static bool is_shown(const struct lane *lane)
{
    const struct steps *s = lane->steps;
    for (size_t i = 0; i < s->lanes_count; i++)
        if (lane_learns(&s->lanes[i], lane))
            return true;
    return false;
}

static int try_address(struct lane *lane, const char *ca_pem, const char *token, struct error **err)
{
    AUTO_ERROR struct error *why = NULL;
    enum reach reach;
    if (try_both(lane, ca_pem, token, &reach, &why, err) < 0)
        return -1;
    lane->tried = token || reach == REACH_UNKNOWN;
    if (reach == REACH_GOOD)
        return 0;
    if (reach == REACH_UNKNOWN) {
        plan_warn(lane->task, "%s", why->message);
        return 0;
    }
    *err = TAKE(why);
    if (lane->config->tls.insecure && text_equal((*err)->id, "MC404")) {
        AUTO_FREE char *hint = mem_strdup((*err)->hint);
        error_hint(err, "the kubeconfig skips this check, istiod never does: %s", hint);
    }
    return -1;
}

int lane_try_reader(struct lane *lane, const struct reader *reader, struct error **err)
{
    if (lane->tried || !is_shown(lane))
        return 0;
    return try_address(lane, buf_str(&reader->ca), buf_str(&reader->token), err);
}

/* ---- before anything is written -------------------------------------------------------------- */

/* What the reader's ca.crt will be: the controllers fill both from the same file. NULL where it cannot
 * be read. */
static int read_root_ca(const struct lane *lane, json_t **ret_map, struct error **err)
{
    static const struct kube_ref ref = {"v1", "ConfigMap", "kube-system", "kube-root-ca.crt"};
    if (kube_get_opt(lane->client, &ref, ret_map, err) == 0)
        return 0;
    if ((*err)->kind != ERROR_DENIED)
        return -1;
    error_clear(err);
    return 0;
}

int lane_try_address(struct lane *lane, struct error **err)
{
    if (lane->mode == LANE_ABSENT || !is_shown(lane))
        return 0;
    struct mesh_server server = lane_server(lane, NULL);
    if (mesh_check_server(lane->member, server.url, err) < 0)
        return -1;
    if (reader_is_there(lane)) {
        AUTO_READER reader = {BUF_INIT, BUF_INIT};
        return reader_read(lane, lane->facts->reader_token, &reader, err) < 0
                   ? -1
                   : lane_try_reader(lane, &reader, err);
    }
    json_auto_t *map = NULL;
    if (!server.ca_pem && read_root_ca(lane, &map, err) < 0)
        return -1;
    const char *ca = json_dig_str(map, "data", "ca.crt", NULL);
    return server.ca_pem || ca ? try_address(lane, ca, NULL, err) : 0;
}

int task_try_address(struct plan_task *task, void *ctx, struct error **err)
{
    return lane_try_address(lane_begin(task, ctx), err);
}
