/* One exec plug-in for all clients that would get the same answer from it. */
#include "auth_plugin.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"

#include "auth.h"

#define LOOK_EVERY_MS 100 /* for a cancel */

struct auth_plugin {
    struct auth_plugin *next;
    char *key;
    size_t users; /* guarded by `plugins.lock` */

    /* The lock guards all below; it is not held while the program runs. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_running;
    struct auth_exec_answer answer;
    uint64_t serial;  /* of the answer; 0: none yet */
    bool is_rejected; /* the answer */
    struct error *failure;
    int64_t failed_ms;
};

static struct {
    pthread_mutex_t lock;
    struct auth_plugin *first;
} plugins = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- which one ------------------------------------------------------------------------------- */

/* With its length, so that no two lists of texts make the same key. */
static void append_part(struct buf *key, const char *text)
{
    buf_appendf(key, "%zu:%s,", strlen(text), text);
}

static void append_list(struct buf *key, const struct strlist *list)
{
    buf_appendf(key, "%zu;", list->count);
    for (size_t i = 0; i < list->count; i++)
        append_part(key, list->items[i]);
}

static void append_key(struct buf *key, const struct kube_config *config,
                       const struct kube_client_options *options)
{
    const struct kube_exec_plugin *exec = config->exec;
    AUTO_ERROR struct error *ignored = NULL;
    AUTO_FREE char *file = auth_exec_file_dup(exec);
    AUTO_FREE char *info = NULL; /* the apiVersion, and the cluster as far as it is told */
    append_part(key, file);
    append_list(key, &exec->args);
    append_list(key, &exec->env);
    buf_appendf(key, "%d %d ", (int)exec->interactive, (int)options->no_input);
    if (auth_exec_info_dup(config, 0, &info, &ignored) == 0)
        append_part(key, info);
}

static struct auth_plugin *plugin_new(const char *key)
{
    struct auth_plugin *p = mem_zalloc(sizeof(*p));
    p->key = mem_strdup(key);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    return p;
}

static void plugin_free(struct auth_plugin *p)
{
    auth_exec_answer_release(&p->answer);
    error_free(p->failure);
    mem_free_secret(p->key); /* the environment may hold secrets */
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

struct auth_plugin *auth_plugin_ref(const struct kube_config *config,
                                    const struct kube_client_options *options)
{
    AUTO_SECRET_BUF key = BUF_INIT;
    append_key(&key, config, options);
    pthread_mutex_lock(&plugins.lock);
    struct auth_plugin *p = plugins.first;
    while (p && strcmp(p->key, buf_str(&key)) != 0)
        p = p->next;
    if (!p) {
        p = plugin_new(buf_str(&key));
        p->next = plugins.first;
        plugins.first = p;
    }
    p->users++;
    pthread_mutex_unlock(&plugins.lock);
    return p;
}

void auth_plugin_unref(struct auth_plugin *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&plugins.lock);
    bool was_last = --p->users == 0;
    struct auth_plugin **link = &plugins.first;
    while (*link != p)
        link = &(*link)->next;
    if (was_last)
        *link = p->next;
    pthread_mutex_unlock(&plugins.lock);
    if (was_last)
        plugin_free(p);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static bool has_good_answer(const struct auth_plugin *p)
{
    return p->serial && !p->is_rejected && (!p->answer.expires || time(NULL) <= p->answer.expires);
}

static bool failed_lately(const struct auth_plugin *p)
{
    return p->failure && clock_now_ms() - p->failed_ms < KUBE_AUTH_FAILURE_MS;
}

static void copy_answer(const struct auth_plugin *p, uint64_t *serial,
                        struct auth_exec_answer *ret_answer)
{
    if (*serial == p->serial)
        return;
    *serial = p->serial;
    *ret_answer = (struct auth_exec_answer){.token = mem_strdup_opt(p->answer.token),
                                            .cert_pem = mem_strdup_opt(p->answer.cert_pem),
                                            .key_pem = mem_strdup_opt(p->answer.key_pem),
                                            .expires = p->answer.expires};
}

/* Called and left with the lock held. */
static int run(struct auth_plugin *p, const struct kube_config *config,
               const struct kube_client_options *options, struct error **err)
{
    struct auth_exec_answer answer = {0};
    p->is_running = true;
    pthread_mutex_unlock(&p->lock);
    int rc = auth_exec_run(config, options, &answer, err);
    pthread_mutex_lock(&p->lock);
    p->is_running = false;
    error_clear(&p->failure);
    if (rc == 0) {
        auth_exec_answer_release(&p->answer);
        p->answer = answer;
        p->serial++;
        p->is_rejected = false;
    } else if ((*err)->kind != ERROR_CANCELLED) {
        p->failure = error_dup(*err);
        p->failed_ms = clock_now_ms();
    }
    pthread_cond_broadcast(&p->changed);
    return rc;
}

/* Another client has it asked. Called and left with the lock held. */
static int wait_for_other(struct auth_plugin *p, const struct kube_client_options *options,
                          struct error **err)
{
    if (cancel_is_set(options->cancel))
        return error_set(err, ERROR_CANCELLED, "interrupted");
    if (options->deadline_ms && clock_left_ms(options->deadline_ms) == 0)
        return error_set(err, ERROR_TIMEOUT, "another cluster's run of it did not end in time");
    clock_wait(&p->changed, &p->lock, LOOK_EVERY_MS);
    return 0;
}

static int ask(struct auth_plugin *p, const struct kube_config *config,
               const struct kube_client_options *options, struct error **err)
{
    while (!has_good_answer(p)) {
        if (failed_lately(p)) {
            *err = error_dup(p->failure);
            return -1;
        }
        /* What it answers may have expired already: it serves this once. */
        if (!p->is_running)
            return run(p, config, options, err);
        if (wait_for_other(p, options, err) < 0)
            return -1;
    }
    return 0;
}

static int explain(const struct kube_config *config, struct error **err)
{
    const struct kube_exec_plugin *exec = config->exec;
    error_wrap(err, "credentials of user %s in %s: exec plug-in", config->user_name,
               config->source);
    error_where(err, "%s", config->source);
    if ((*err)->kind == ERROR_CANCELLED || (*err)->hint)
        return -1;
    if ((*err)->kind == ERROR_NOT_FOUND && exec->install_hint)
        return error_hint(err, "%s", exec->install_hint);
    if ((*err)->kind == ERROR_NOT_FOUND)
        return error_hint(err, "install %s, or put it on PATH: the kubeconfig asks for it",
                          exec->command);
    AUTO_FREE char *command = auth_exec_command_dup(config);
    if (!command)
        return error_hint(err, "run it by hand to see why: it is the exec of user %s in %s",
                          config->user_name, config->source);
    return error_hint(err, "run it by hand to see why%s: %s",
                      strstr(command, AUTH_EXEC_LEFT_OUT)
                          ? " (with what the kubeconfig has where " AUTH_EXEC_LEFT_OUT " stands)"
                          : "",
                      command);
}

int auth_plugin_ask(struct auth_plugin *p, const struct kube_config *config,
                    const struct kube_client_options *options, uint64_t *serial,
                    struct auth_exec_answer *ret_answer, struct error **err)
{
    pthread_mutex_lock(&p->lock);
    int rc = ask(p, config, options, err);
    if (rc == 0)
        copy_answer(p, serial, ret_answer);
    pthread_mutex_unlock(&p->lock);
    return rc < 0 ? explain(config, err) : 0;
}

void auth_plugin_reject(struct auth_plugin *p, uint64_t serial)
{
    pthread_mutex_lock(&p->lock);
    if (p->serial == serial)
        p->is_rejected = true;
    pthread_mutex_unlock(&p->lock);
}
