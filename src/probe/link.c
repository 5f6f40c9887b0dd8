/* Reads the kubeconfig of a remote secret as istiod does. */
#include "meshctl/probe/link.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"

#define MAX_LINK ((size_t)1024 * 1024)

/* What stands under `field` in the row of that name in a kubeconfig's list. */
static const json_t *named(const json_t *config, const char *list, const char *name,
                           const char *field)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(config, list), i, row)
        if (text_equal(json_dig_str(row, "name", NULL), name))
            return json_object_get(row, field);
    return NULL;
}

static const char *refused_of(const json_t *user)
{
    static const char *const fields[] = {"exec", "auth-provider", "tokenFile", "client-certificate",
                                         "client-key"};
    for (size_t i = 0; i < MC_ARRAY_LEN(fields); i++)
        if (json_object_get(user, fields[i]))
            return fields[i];
    return NULL;
}

static char *decoded_dup(const char *text)
{
    AUTO_BUF out = BUF_INIT;
    return text && base64_decode(&out, text, strlen(text)) == 0 ? buf_detach(&out, NULL) : NULL;
}

static void take(const json_t *config, struct link *link)
{
    const char *current = json_dig_str(config, "current-context", NULL);
    const json_t *context = named(config, "contexts", current, "context");
    const json_t *cluster =
        named(config, "clusters", json_dig_str(context, "cluster", NULL), "cluster");
    const json_t *user = named(config, "users", json_dig_str(context, "user", NULL), "user");
    link->server = mem_strdup_opt(json_dig_str(cluster, "server", NULL));
    link->ca_pem = decoded_dup(json_dig_str(cluster, "certificate-authority-data", NULL));
    link->tls_name = mem_strdup_opt(json_dig_str(cluster, "tls-server-name", NULL));
    link->token = mem_strdup_opt(json_dig_str(user, "token", NULL));
    link->refused = refused_of(user);
    link->has_proxy = json_dig_str(cluster, "proxy-url", NULL) != NULL;
}

void link_read(const json_t *secret, const char *cluster, struct link *ret_link)
{
    const char *text = json_dig_str(secret, "data", cluster, NULL);
    AUTO_SECRET_BUF kubeconfig = BUF_INIT;
    AUTO_ERROR struct error *unread = NULL;
    json_auto_t *config = NULL;
    *ret_link = (struct link){0};
    if (text && strlen(text) <= MAX_LINK && base64_decode(&kubeconfig, text, strlen(text)) == 0 &&
        yaml_read(buf_str(&kubeconfig), kubeconfig.len, "kubeconfig", 0, &config, &unread) == 0)
        take(config, ret_link);
}

void link_release(struct link *link)
{
    free(link->server);
    free(link->ca_pem);
    free(link->tls_name);
    mem_free_secret(link->token);
    *link = (struct link){0};
}
