/* Which credential a request carries, and when it is fetched anew. */
#include "auth.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/log.h"
#include "meshctl/base/text.h"

#include "auth_exec.h"

#define TOKEN_FILE_AGE_MS (10 * 1000)

struct kube_auth {
    const struct kube_config *config;
    struct cancel *cancel;
    char *token;         /* from the token file, or NULL */
    int64_t token_at_ms; /* when it was read, 0: read it before the next use */
    struct auth_exec_answer answer;
    bool answered;          /* `answer` is good until it expires */
    struct net_tls tls;     /* the config's with the plug-in's certificate */
    struct net_tls old_tls; /* of the generation before: connections may still hold it */
    bool has_tls;
    uint64_t generation;
};

int kube_auth_new(const struct kube_config *config, struct cancel *cancel,
                  struct kube_auth **ret_auth, struct error **err)
{
    if ((config->token || config->token_file) && config->username)
        return error_set(err, ERROR_INPUT, "user %s has both a token and a password",
                         config->user_name);
    struct kube_auth *a = mem_zalloc(sizeof(*a));
    a->config = config;
    a->cancel = cancel;
    a->generation = 1;
    *ret_auth = a;
    return 0;
}

void kube_auth_free(struct kube_auth *a)
{
    if (!a)
        return;
    mem_free_secret(a->token);
    auth_exec_answer_release(&a->answer);
    net_tls_release(&a->tls);
    net_tls_release(&a->old_tls);
    free(a);
}

/* White space around it is not part of the token (token_source.go fileTokenSource). */
static int trimmed_token(const char *path, struct buf *text, char **ret_token, struct error **err)
{
    static const char space[] = " \t\r\n\v\f";
    const char *start = buf_str(text) + strspn(buf_str(text), space);
    size_t len = strlen(start);
    if (strlen(buf_str(text)) != text->len)
        return error_set(err, ERROR_INPUT, "token file %s holds a NUL", path);
    while (len && strchr(space, start[len - 1]))
        len--;
    if (len == 0)
        return error_set(err, ERROR_INPUT, "token file %s is empty", path);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)start[i] < ' ' || start[i] == 0x7f)
            return error_set(err, ERROR_INPUT, "token file %s holds more than one line", path);
    *ret_token = mem_strndup(start, len);
    return 0;
}

static int read_token(struct kube_auth *a, struct error **err)
{
    const char *path = a->config->token_file;
    AUTO_SECRET_BUF text = BUF_INIT_MAX(KUBE_AUTH_MAX_TOKEN);
    char *token = NULL;
    if (fs_read(path, KUBE_AUTH_MAX_TOKEN, &text, err) < 0 ||
        trimmed_token(path, &text, &token, err) < 0)
        return -1;
    mem_free_secret(a->token);
    a->token = token;
    return 0;
}

static int refresh_token(struct kube_auth *a, struct error **err)
{
    int64_t now = clock_now_ms();
    if (a->token_at_ms && now - a->token_at_ms < TOKEN_FILE_AGE_MS)
        return 0;
    if (read_token(a, err) < 0) {
        /* The last good one, or the one in the kubeconfig, may still be accepted. */
        if (!a->token && !a->config->token)
            return error_wrap(err, "credentials of user %s", a->config->user_name);
        log_at(1, "%s", (*err)->message);
        error_clear(err);
    }
    a->token_at_ms = now ? now : 1;
    return 0;
}

static void use_certificate(struct kube_auth *a, const struct auth_exec_answer *answer)
{
    if (text_equal(a->tls.cert_pem, answer->cert_pem) &&
        text_equal(a->tls.key_pem, answer->key_pem))
        return;
    const struct net_tls *base = &a->config->tls;
    net_tls_release(&a->old_tls);
    a->old_tls = a->tls;
    a->tls = (struct net_tls){.ca_pem = mem_strdup_opt(base->ca_pem),
                              .cert_pem = mem_strdup_opt(answer->cert_pem),
                              .key_pem = mem_strdup_opt(answer->key_pem),
                              .server_name = mem_strdup_opt(base->server_name),
                              .insecure = base->insecure,
                              .proxy_url = mem_strdup_opt(base->proxy_url)};
    a->has_tls = true;
    a->generation++;
}

static int refresh_exec(struct kube_auth *a, struct error **err)
{
    if (a->answered && (!a->answer.expires || time(NULL) <= a->answer.expires))
        return 0;
    AUTO_EXEC_ANSWER answer = {0};
    if (auth_exec_run(a->config, a->cancel, &answer, err) < 0)
        return -1;
    use_certificate(a, &answer);
    auth_exec_answer_release(&a->answer);
    a->answer = answer;
    answer = (struct auth_exec_answer){0};
    a->answered = true;
    return 0;
}

int kube_auth_refresh(struct kube_auth *a, struct error **err)
{
    if (a->config->exec)
        return refresh_exec(a, err);
    return a->config->token_file ? refresh_token(a, err) : 0;
}

static void add_basic(const struct kube_config *config, struct strlist *out)
{
    AUTO_SECRET char *pair = mem_printf("%s:%s", config->username, config->password);
    AUTO_SECRET char *coded = base64_encode_dup(pair, strlen(pair));
    strlist_addf(out, "Authorization: Basic %s", coded);
}

/* Whether a byte stands for itself in the key of an extra header (round_trippers.go
 * headerKeyEscape: the token characters of RFC 7230 but for the percent sign). */
static bool is_header_key(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c && strchr("!#$&'*+-.^_`|~", c));
}

static void add_impersonation(const struct kube_config *config, struct strlist *out)
{
    strlist_addf(out, "Impersonate-User: %s", config->impersonate_user);
    if (config->impersonate_uid)
        strlist_addf(out, "Impersonate-Uid: %s", config->impersonate_uid);
    for (size_t i = 0; i < config->impersonate_groups.count; i++)
        strlist_addf(out, "Impersonate-Group: %s", config->impersonate_groups.items[i]);
    const struct strlist *extra = &config->impersonate_extra;
    for (size_t i = 0; i + 1 < extra->count; i += 2) {
        AUTO_BUF line = BUF_INIT;
        buf_appends(&line, "Impersonate-Extra-");
        for (const char *p = extra->items[i]; *p; p++)
            if (is_header_key(*p))
                buf_appendc(&line, *p);
            else
                buf_appendf(&line, "%%%02X", (unsigned char)*p);
        strlist_addf(out, "%s: %s", buf_str(&line), extra->items[i + 1]);
    }
}

int kube_auth_headers_append(struct kube_auth *a, struct strlist *out, struct error **err)
{
    if (kube_auth_refresh(a, err) < 0)
        return -1;
    const struct kube_config *config = a->config;
    const char *token = a->answer.token ? a->answer.token : a->token ? a->token : config->token;
    if (token)
        strlist_addf(out, "Authorization: Bearer %s", token);
    else if (config->username)
        add_basic(config, out);
    if (config->impersonate_user)
        add_impersonation(config, out);
    return 0;
}

void kube_auth_headers_release(struct strlist *headers)
{
    for (size_t i = 0; i < headers->count; i++)
        mem_wipe(headers->items[i], strlen(headers->items[i]));
    strlist_release(headers);
}

int kube_auth_tls(struct kube_auth *a, const struct net_tls **ret_tls, uint64_t *ret_generation,
                  struct error **err)
{
    if (kube_auth_refresh(a, err) < 0)
        return -1;
    *ret_tls = a->has_tls ? &a->tls : &a->config->tls;
    *ret_generation = a->generation;
    return 0;
}

bool kube_auth_reject(struct kube_auth *a)
{
    a->answered = false;
    a->token_at_ms = 0;
    return a->config->exec || a->config->token_file;
}
