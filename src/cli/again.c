/* Commands that are printed for a person to paste: with the flags that were given to this one. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "options_change.h"
#include "options_check.h"
#include "options_cut.h"
#include "options_images.h"
#include "options_mesh.h"
#include "options_objects.h"
#include "options_proof.h"
#include "options_run.h"
#include "options_verify.h"

#define SAME_FLAGS " with the same flags"

static bool is_among(const struct option_family *const *families, const struct option_family *f)
{
    while (*families && *families != f)
        families++;
    return *families != NULL;
}

/* How this command was run, and not on what. */
static bool is_manner(const struct option_family *family)
{
    static const struct option_family *const manners[] = {
        &options_change_family, &options_check_family,
        &options_cut_family,    &options_output_family,
        &options_proof_family,  &options_run_family,
        &options_verify_family, NULL,
    };
    return is_among(manners, family);
}

/* What only a part of what a command does needs to know: it is given again where it was given. */
static bool may_be_missing(const struct option_family *family)
{
    static const struct option_family *const families[] = {
        &options_images_family,
        &options_manager_family,
        &options_manifests_family,
        &options_only_family,
        NULL,
    };
    return is_manner(family) || is_among(families, family);
}

/* Whether this command could be told of it, the way that it was run. */
static bool is_taken(const struct cli *cli, const struct option_family *family)
{
    bool is_check = is_among(cli->command->options.families, &options_check_family);
    if (is_check && !options_check_of(&cli->typed)->pre && is_among(options_pre_families, family))
        return false;
    return is_among(cli->command->options.families, family);
}

/* Whether a command only looks, for which the clusters and their names are enough. */
static bool only_looks(const struct command *c)
{
    static const char *const names[] = {"check", "graph", "report", "status", "verify"};
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++)
        if (strcmp(names[i], c->name) == 0)
            return true;
    return false;
}

/* Whether all that `c` has to be told could be given to this command as well. */
static bool is_told_all(const struct cli *cli, const struct command *c)
{
    if (c == cli->command || only_looks(c))
        return true;
    for (const struct option_family *const *f = c->options.families; *f; f++)
        if (!may_be_missing(*f) && !is_taken(cli, *f))
            return false;
    return true;
}

static void append_word(struct buf *out, const char *word)
{
    bool is_plain = word[0] && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789-_./:=@,+%") == strlen(word);
    if (is_plain) {
        buf_appends(out, word);
        return;
    }
    buf_appendc(out, '\'');
    for (const char *p = word; *p; p++)
        if (*p == '\'')
            buf_appends(out, "'\\''");
        else
            buf_appendc(out, *p);
    buf_appendc(out, '\'');
}

/* Charts' values, of which any may be one, and passwords in URLs. */
static bool may_be_secret(const struct option *option, const char *value)
{
    const char *host = value ? strstr(value, "://") : NULL;
    return strncmp(option->name, "set", 3) == 0 || (host && strchr(host, '@'));
}

/* False when the value may be a secret, which is not printed. */
static bool append_option(void *ctx, const struct option *option, const char *value)
{
    struct buf *out = ctx;
    if (may_be_secret(option, value))
        return false;
    buf_appendf(out, " --%s", option->name);
    if (value) {
        buf_appendc(out, ' ');
        append_word(out, value);
    }
    return true;
}

/* Whether options of a family are printed for `c`. Another command that only looks takes no word on what
 * is installed. */
static bool is_repeated(const struct cli *cli, const struct command *c,
                        const struct option_family *family)
{
    if (c != cli->command && only_looks(c))
        return family == &options_mesh_family || family == &options_only_family;
    return !is_manner(family);
}

static bool append_flags(const struct cli *cli, const struct command *c, struct buf *out)
{
    for (const struct option_family *const *f = c->options.families; *f; f++)
        if (is_repeated(cli, c, *f) && !options_each_given(&cli->typed, *f, append_option, out))
            return false;
    return true;
}

/* The command that a text names last before `end`: "meshctl gateway", "meshctl ca init". */
static const struct command *named_before(const char *text, const char *end)
{
    static const char own[] = "meshctl ";
    const char *at = NULL;
    for (const char *p = strstr(text, own); p && p < end; p = strstr(p + 1, own))
        at = p + strlen(own);
    if (!at)
        return NULL;
    AUTO_FREE char *name = mem_strndup(at, strcspn(at, " "));
    return cli_find_command(name);
}

char *cli_pasteable_dup(const struct cli *cli, const char *text)
{
    AUTO_BUF out = BUF_INIT;
    const char *rest = text;
    for (const char *same; cli->command && (same = strstr(rest, SAME_FLAGS));) {
        const struct command *c = named_before(rest, same);
        AUTO_BUF flags = BUF_INIT;
        bool whole = c && is_told_all(cli, c) && append_flags(cli, c, &flags);
        buf_append(&out, rest, (size_t)(same - rest));
        buf_appends(&out, whole ? buf_str(&flags) : SAME_FLAGS);
        rest = same + strlen(SAME_FLAGS);
    }
    buf_appends(&out, rest);
    return buf_detach(&out, NULL);
}
