/* One context of a kubeconfig as a cluster that can be reached. */
#include "meshctl/kube/kubeconfig.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/server_url.h"
#include "meshctl/pki/cert.h"

#include "config_file.h"
#include "config_user.h"

#define MAX_NAMES_SHOWN 20

void kube_config_free(struct kube_config *config)
{
    if (!config)
        return;
    free(config->source);
    free(config->context);
    free(config->cluster_name);
    free(config->user_name);
    free(config->server);
    free(config->namespace_);
    net_tls_release(&config->tls);
    mem_free_secret(config->token);
    free(config->token_file);
    free(config->username);
    mem_free_secret(config->password);
    free(config->impersonate_user);
    free(config->impersonate_uid);
    strlist_release(&config->impersonate_groups);
    strlist_release(&config->impersonate_extra);
    config_exec_free(config->exec);
    strlist_release(&config->warnings);
    free(config);
}

/* "did you mean X?" or what there is to choose from. */
static int hint_names(const struct config_files *files, enum config_list list, const char *wanted,
                      struct error **err)
{
    AUTO_STRLIST names = STRLIST_INIT;
    config_names(files, list, &names);
    const char *near =
        wanted ? text_suggest(wanted, (const char *const *)names.items, names.count) : NULL;
    if (near)
        return error_hint(err, "did you mean \"%s\"?", near);
    if (names.count == 0)
        return -1;
    AUTO_BUF text = BUF_INIT;
    for (size_t i = 0; i < names.count && i < MAX_NAMES_SHOWN; i++)
        buf_appendf(&text, "%s%s", i ? ", " : "", names.items[i]);
    if (names.count > MAX_NAMES_SHOWN)
        buf_appendf(&text, " and %zu more", names.count - MAX_NAMES_SHOWN);
    return error_hint(err, "there are: %s", buf_str(&text));
}

static int find_context(const struct config_files *files, const char *wanted,
                        struct config_entry *ret_entry, struct error **err)
{
    const struct config_file *file = NULL;
    const char *name = wanted && wanted[0] ? wanted : config_current_context(files, &file);
    if (!name) {
        error_set(err, ERROR_INPUT, "no context is chosen: %s has no current-context",
                  files->names);
        error_where(err, "%s", files->items[0].path);
        return hint_names(files, CONFIG_CONTEXTS, NULL, err);
    }
    if (config_find(files, CONFIG_CONTEXTS, name, ret_entry))
        return 0;
    error_set(err, ERROR_INPUT, "there is no context \"%s\" in %s", name, files->names);
    error_where(err, "%s", file ? file->path : files->names);
    return hint_names(files, CONFIG_CONTEXTS, name, err);
}

/* The cluster or user that the context names in `field`. */
static int find_part(const struct config_files *files, const struct config_entry *context,
                     const char *field, enum config_list list, struct config_entry *ret_entry,
                     struct error **err)
{
    const char *name = NULL;
    if (config_string(context, field, &name, err) < 0)
        return -1;
    if (!name)
        return config_fail(context, NULL, NULL, err, "it names no %s", field);
    if (config_find(files, list, name, ret_entry))
        return 0;
    config_fail(context, field, NULL, err, "there is no %s \"%s\"", field, name);
    return hint_names(files, list, name, err);
}

static int read_context(const struct config_entry *e, struct kube_config *config,
                        struct error **err)
{
    if (config_string_dup(e, "namespace", &config->namespace_, err) < 0)
        return -1;
    if (!config->namespace_)
        config->namespace_ = mem_strdup("default");
    if (!text_is_dns_label(config->namespace_))
        return config_fail(e, "namespace", NULL, err, "\"%s\" is no name of a namespace",
                           config->namespace_);
    return 0;
}

/* Without a scheme it is http (rest.DefaultServerURL before TLS settings are known). */
static int read_server(const struct config_entry *e, struct kube_config *config, struct error **err)
{
    const char *text = NULL;
    if (config_string(e, "server", &text, err) < 0)
        return -1;
    if (!text)
        return config_fail(e, NULL, NULL, err, "it has no server");
    AUTO_FREE char *whole = mem_printf("%s%s", strstr(text, "://") ? "" : "http://", text);
    AUTO_SERVER_URL url = {0};
    const char *wrong = server_url_parse(whole, &url);
    if (wrong)
        return config_fail(e, "server", NULL, err, "server is no address: %s", wrong);
    if (url.has_user) {
        config_fail(e, "server", NULL, err,
                    "server holds a user or a password, which would be shown");
        return error_hint(err, "username and password are fields of the user");
    }
    for (size_t len = strlen(whole); len && whole[len - 1] == '/'; len--)
        whole[len - 1] = '\0';
    config->server = TAKE(whole);
    return 0;
}

/* It goes with each CONNECT, for all on the way to read. */
static int check_proxy_password(const struct config_entry *e, const char *proxy, struct error **err)
{
    AUTO_FREE char *shown = url_public_dup(proxy);
    const char *host = strstr(shown, "://") + 3;
    AUTO_FREE char *name = mem_strndup(host, strcspn(host, ":/"));
    bool has_user = strlen(shown) < strlen(proxy) && strchr(proxy, '@');
    if (!has_user || text_has_prefix(proxy, "https://") || host_is_own(name))
        return 0;
    config_fail(e, "proxy-url", NULL, err,
                "proxy-url holds a user or a password, which would go there unencrypted");
    return error_hint(err, "name the proxy with https://, or one that asks for no password");
}

/* client_config.go parseProxyURL. The URL may hold a password and stays out of the message. */
static int read_proxy(const struct config_entry *e, struct net_tls *tls, struct error **err)
{
    static const char *const schemes[] = {"http://", "https://", "socks5://"};
    if (config_string_dup(e, "proxy-url", &tls->proxy_url, err) < 0)
        return -1;
    if (!tls->proxy_url)
        return 0;
    for (size_t i = 0; i < MC_ARRAY_LEN(schemes); i++)
        if (text_has_prefix(tls->proxy_url, schemes[i]))
            return check_proxy_password(e, tls->proxy_url, err);
    return config_fail(e, "proxy-url", NULL, err,
                       "proxy-url begins neither with http:// nor https:// nor socks5://");
}

static int read_ca(const struct config_entry *e, struct net_tls *tls, struct error **err)
{
    AUTO_FREE char *name = NULL;
    if (config_pem_dup(e, "certificate-authority", "certificate-authority-data", &tls->ca_pem,
                       &name, err) < 0)
        return -1;
    if (!tls->ca_pem)
        return 0;
    if (tls->insecure) {
        config_fail(e, "insecure-skip-tls-verify", NULL, err,
                    "insecure-skip-tls-verify beside a certificate authority");
        return error_hint(err, "remove insecure-skip-tls-verify");
    }
    struct pki_cert **certs = NULL;
    size_t count = 0;
    if (pki_certs_read(tls->ca_pem, strlen(tls->ca_pem), name, &certs, &count, err) < 0)
        return config_place(e, "certificate-authority-data", NULL, err);
    pki_certs_free(certs, count);
    return 0;
}

static int read_cluster(const struct config_entry *e, struct kube_config *config,
                        struct error **err)
{
    if (read_server(e, config, err) < 0 || read_proxy(e, &config->tls, err) < 0 ||
        config_string_dup(e, "tls-server-name", &config->tls.server_name, err) < 0 ||
        config_bool(e, "insecure-skip-tls-verify", &config->tls.insecure, err) < 0 ||
        config_bool(e, "disable-compression", &config->disable_compression, err) < 0)
        return -1;
    return read_ca(e, &config->tls, err);
}

static int read_config(const struct config_files *files, const char *context,
                       struct kube_config *config, struct error **err)
{
    struct config_entry context_entry, cluster, user;
    if (find_context(files, context, &context_entry, err) < 0 ||
        find_part(files, &context_entry, "cluster", CONFIG_CLUSTERS, &cluster, err) < 0 ||
        find_part(files, &context_entry, "user", CONFIG_USERS, &user, err) < 0)
        return -1;
    config->source = mem_strdup(user.file->path);
    config->context = mem_strdup(context_entry.name);
    config->cluster_name = mem_strdup(cluster.name);
    config->user_name = mem_strdup(user.name);
    if (read_context(&context_entry, config, err) < 0 || read_cluster(&cluster, config, err) < 0)
        return -1;
    return config_user_read(&user, &cluster, config, err);
}

/* Without TLS nothing that identifies is sent (client_config.go ClientConfig); impersonation is. */
static void drop_credentials(struct kube_config *config)
{
    char *proxy = TAKE(config->tls.proxy_url);
    net_tls_release(&config->tls);
    config->tls.proxy_url = proxy;
    mem_free_secret(TAKE(config->token));
    free(TAKE(config->token_file));
    free(TAKE(config->username));
    mem_free_secret(TAKE(config->password));
    config_exec_free(TAKE(config->exec));
}

/* Whoever can write it decides which programs run here; whoever can read it is whom it says. kubectl
 * uses it without a word, helm with one (pkg/cli checkPerms). */
static void warn_of_modes(const struct config_files *files, struct strlist *warnings)
{
    for (size_t i = 0; i < files->count; i++) {
        const char *path = files->items[i].path;
        struct stat st;
        if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & (S_IRWXG | S_IRWXO)))
            continue;
        bool is_written = st.st_mode & (S_IWGRP | S_IWOTH);
        strlist_addf(warnings, "kubeconfig %s can be %s by other users (mode %04o): chmod go= %s",
                     path, is_written ? "written" : "read", (unsigned)(st.st_mode & 07777), path);
    }
}

int kube_config_load(const char *path, const char *context, struct kube_config **ret_config,
                     struct error **err)
{
    AUTO_CONFIG_FILES files = {0};
    if (config_files_load(path, &files, err) < 0)
        return -1;
    MC_CLEANUP(kube_config_cleanup) struct kube_config *config = mem_zalloc(sizeof(*config));
    if (read_config(&files, context, config, err) < 0)
        return -1;
    warn_of_modes(&files, &config->warnings);
    if (!text_has_prefix(config->server, "https://"))
        drop_credentials(config);
    *ret_config = TAKE(config);
    return 0;
}
