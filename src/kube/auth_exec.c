/* One run of an exec plug-in: who is asked, where, for how long. */
#include "auth_exec.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/log.h"
#include "meshctl/base/proc.h"
#include "meshctl/base/terminal.h"
#include "meshctl/base/text.h"

#include "auth.h"
#include "client_internal.h"

#define MAX_TOLD 32       /* lines of standard error that become warnings */
#define MAX_SAID 5        /* the last ones stand in the error */
#define MAX_SAID_LINE 400 /* bytes of each */

char *auth_exec_file_dup(const struct kube_exec_plugin *exec)
{
    return strchr(exec->command, '/') ? fs_join_dup(exec->dir, exec->command)
                                      : mem_strdup(exec->command);
}

/* Go keeps the last of entries with one name, and KUBERNETES_EXEC_INFO comes last there. */
static const char **environment_new(const struct kube_exec_plugin *exec, const char *info)
{
    const char **env = mem_array(exec->env.count + 2, sizeof(*env));
    size_t count = 0;
    env[count++] = info;
    for (size_t i = exec->env.count; i-- > 0;) {
        const char *entry = exec->env.items[i];
        size_t name_len = strcspn(entry, "=") + 1;
        bool known = false;
        for (size_t j = 0; j < count && !known; j++)
            known = strncmp(env[j], entry, name_len) == 0;
        if (!known)
            env[count++] = entry;
    }
    return env;
}

/* ---- what it says on standard error ---------------------------------------------------------- */

struct words {
    const struct kube_client_options *options;
    const char *command;
    size_t count;
    char *last[MAX_SAID]; /* a ring */
};

static void words_release(struct words *w)
{
    for (size_t i = 0; i < MAX_SAID; i++)
        free(w->last[i]);
}

/* A person may have to read it now ("open this page and log in"). */
static void hear(void *ctx, const char *line)
{
    struct words *w = ctx;
    const struct kube_client_options *options = w->options;
    struct buf clean = BUF_INIT;
    if (line[strspn(line, " \t")] == '\0')
        return;
    text_append_clean(&clean, line, strnlen(line, MAX_SAID_LINE));
    char **slot = &w->last[w->count % MAX_SAID];
    free(*slot);
    *slot = buf_detach(&clean, NULL);
    if (w->count++ < MAX_TOLD && options->on_warning) {
        AUTO_FREE char *text = mem_printf("%s: %s", w->command, *slot);
        options->on_warning(options->ctx, options->name, text);
    }
}

static int add_words(const struct words *w, struct error **err)
{
    AUTO_BUF message = BUF_INIT;
    buf_appends(&message, (*err)->message);
    for (size_t i = w->count < MAX_SAID ? 0 : w->count - MAX_SAID; i < w->count; i++)
        buf_appendf(&message, "%s%s", message.len == strlen((*err)->message) ? ": " : "; ",
                    w->last[i % MAX_SAID]);
    free((*err)->message);
    (*err)->message = buf_detach(&message, NULL);
    return -1;
}

/* ---- the run --------------------------------------------------------------------------------- */

/* exec.go isInteractive. */
static int may_ask(const struct kube_exec_plugin *exec, const struct kube_client_options *options,
                   bool *ret_may, struct error **err)
{
    bool is_terminal = isatty(STDIN_FILENO);
    *ret_may = exec->interactive != KUBE_INTERACTIVE_NEVER && is_terminal && !options->no_input;
    if (*ret_may || exec->interactive != KUBE_INTERACTIVE_ALWAYS)
        return 0;
    if (is_terminal) {
        error_set(err, ERROR_REFUSED, "%s must ask a person, and nobody may be asked",
                  exec->command);
        return error_hint(err,
                          "run this without --no-input, or use a kubeconfig with another user");
    }
    error_set(err, ERROR_DENIED, "%s must ask a person, and standard input is no terminal",
              exec->command);
    return error_hint(err, "run this where somebody can answer, or use a kubeconfig with another "
                           "user");
}

static int64_t ask_deadline(const struct kube_client_options *options)
{
    return options->deadline_ms ? options->deadline_ms : clock_now_ms() + KUBE_AUTH_ASK_TIMEOUT_MS;
}

/* With the terminal to itself; the person has all the time there is. */
static int run_asking(const struct kube_config *config, const struct kube_client_options *options,
                      struct proc_spec *spec, struct buf *out, struct error **err)
{
    int64_t deadline = ask_deadline(options);
    AUTO_FREE char *what = mem_printf("%s: exec plug-in %s, for user %s in %s",
                                      options->name ? options->name : config->server,
                                      config->exec->command, config->user_name, config->source);
    if (terminal_take(what, deadline, options->cancel, err) < 0)
        return -1;
    spec->asks = true;
    spec->timeout_ms = kube_limit_ms(INT64_MAX, deadline);
    int rc = proc_run(spec, out, err);
    terminal_give();
    return rc;
}

static int run(const struct kube_config *config, const struct kube_client_options *options,
               struct words *words, struct buf *out, struct error **err)
{
    const struct kube_exec_plugin *exec = config->exec;
    bool asks;
    AUTO_FREE char *info = NULL;
    if (may_ask(exec, options, &asks, err) < 0 ||
        auth_exec_info_dup(config, asks ? AUTH_EXEC_INTERACTIVE : 0, &info, err) < 0)
        return -1;
    AUTO_FREE char *info_entry = mem_printf("KUBERNETES_EXEC_INFO=%s", info);
    AUTO_FREE const char **env = environment_new(exec, info_entry);
    AUTO_FREE const char **argv = mem_array(exec->args.count + 2, sizeof(*argv));
    argv[0] = exec->command;
    for (size_t i = 0; i < exec->args.count; i++)
        argv[i + 1] = exec->args.items[i];
    struct proc_spec spec = {
        .argv = argv,
        .env = env,
        .dir = exec->dir,
        .timeout_ms = kube_limit_ms(KUBE_AUTH_EXEC_TIMEOUT_MS, options->deadline_ms),
        .max_output = KUBE_AUTH_MAX_EXEC,
        .cancel = options->cancel,
    };
    log_at(1, "exec plug-in %s for user %s", exec->command, config->user_name);
    if (asks)
        return run_asking(config, options, &spec, out, err);
    spec.on_error_line = hear;
    spec.ctx = words;
    return proc_run(&spec, out, err);
}

int auth_exec_run(const struct kube_config *config, const struct kube_client_options *options,
                  struct auth_exec_answer *ret_answer, struct error **err)
{
    AUTO_SECRET_BUF out = BUF_INIT_MAX(KUBE_AUTH_MAX_EXEC);
    MC_CLEANUP(words_release)
    struct words words = {.options = options, .command = config->exec->command};
    if (run(config, options, &words, &out, err) < 0 ||
        auth_exec_answer_read(config->exec, &out, ret_answer, err) < 0)
        return add_words(&words, err);
    return 0;
}
