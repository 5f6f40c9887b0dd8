/* An exec plug-in's command as a person can run it by hand. A kubeconfig may hold secrets in the
 * arguments and the environment of its plug-in; those do not go into an error. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

#include "auth_exec.h"

#define MAX_COMMAND 4096 /* bytes that are of use in a hint */

static const char *const secret_words[] = {"token", "secret", "pass",  "credential",
                                           "key",   "pwd",    "bearer"};
static const char *const place_words[] = {"file", "path", "dir"};

static const char plain_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "_@%+:,./-";

static char *lower_dup(const char *text, size_t len)
{
    char *lower = mem_strndup(text, len);
    for (char *p = lower; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return lower;
}

static bool speaks_of_secrets(const char *lower)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(secret_words); i++)
        if (strstr(lower, secret_words[i]))
            return true;
    return false;
}

/* Whether a value of that name is not shown: where a secret stands is none. */
static bool is_secret_name(const char *name, size_t len)
{
    AUTO_FREE char *lower = lower_dup(name, len);
    for (size_t i = 0; i < MC_ARRAY_LEN(place_words); i++)
        if (text_has_suffix(lower, place_words[i]))
            return false;
    return speaks_of_secrets(lower);
}

/* A JSON Web Token, or a URL with a password. */
static bool is_secret_value(const char *value)
{
    const char *host = strstr(value, "://");
    return strstr(value, "eyJ") || (host && strchr(host, '@'));
}

/* Also a piece of script that speaks of secrets; "get-token" does not tell any. */
static bool is_secret_argument(const char *arg)
{
    AUTO_FREE char *lower = lower_dup(arg, strlen(arg));
    bool is_word = arg[strspn(arg, plain_chars)] == '\0';
    return is_secret_value(arg) || (!is_word && speaks_of_secrets(lower));
}

/* Words in single quotes are the shell's own way of taking them as they are. */
static void append_quoted(struct buf *out, const char *text)
{
    if (text[0] && text[strspn(text, plain_chars)] == '\0') {
        buf_appends(out, text);
        return;
    }
    buf_appendc(out, '\'');
    for (const char *p = text; *p; p++)
        if (*p == '\'')
            buf_appends(out, "'\\''");
        else
            buf_appendc(out, *p);
    buf_appendc(out, '\'');
}

/* NAME=VALUE, of the environment or an option. */
static void append_pair(struct buf *out, const char *text, size_t name_len)
{
    const char *value = text + name_len + 1;
    AUTO_FREE char *name = mem_strndup(text, name_len);
    append_quoted(out, name);
    buf_appendc(out, '=');
    if (*value && (is_secret_name(text, name_len) || is_secret_argument(value)))
        buf_appends(out, AUTH_EXEC_LEFT_OUT);
    else if (*value)
        append_quoted(out, value);
}

static bool is_option(const char *arg)
{
    return arg[0] == '-' && arg[1];
}

/* The option whose value follows as an argument of its own. */
static bool names_secret(const char *before)
{
    return before && is_option(before) && !strchr(before, '=') &&
           is_secret_name(before, strlen(before));
}

static void append_argument(struct buf *out, const char *arg, const char *before)
{
    size_t name_len = strcspn(arg, "=");
    buf_appendc(out, ' ');
    if (names_secret(before))
        buf_appends(out, AUTH_EXEC_LEFT_OUT);
    else if (is_option(arg) && arg[name_len])
        append_pair(out, arg, name_len);
    else if (is_secret_argument(arg))
        buf_appends(out, AUTH_EXEC_LEFT_OUT);
    else
        append_quoted(out, arg);
}

static void append_info(const struct kube_config *config, struct buf *out)
{
    AUTO_ERROR struct error *ignored = NULL;
    AUTO_FREE char *info = NULL;
    bool may_ask = config->exec->interactive != KUBE_INTERACTIVE_NEVER;
    unsigned flags = AUTH_EXEC_BRIEF | (may_ask ? AUTH_EXEC_INTERACTIVE : 0);
    if (auth_exec_info_dup(config, flags, &info, &ignored) < 0)
        return;
    buf_appends(out, "KUBERNETES_EXEC_INFO=");
    append_quoted(out, info);
    buf_appendc(out, ' ');
}

char *auth_exec_command_dup(const struct kube_config *config)
{
    const struct kube_exec_plugin *exec = config->exec;
    struct buf out = BUF_INIT;
    AUTO_FREE char *file = auth_exec_file_dup(exec);
    for (size_t i = 0; i < exec->env.count; i++) {
        append_pair(&out, exec->env.items[i], strcspn(exec->env.items[i], "="));
        buf_appendc(&out, ' ');
    }
    append_info(config, &out);
    append_quoted(&out, file);
    for (size_t i = 0; i < exec->args.count; i++)
        append_argument(&out, exec->args.items[i], i ? exec->args.items[i - 1] : NULL);
    if (out.len <= MAX_COMMAND)
        return buf_detach(&out, NULL);
    buf_release(&out);
    return NULL;
}
