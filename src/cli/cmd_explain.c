/* `explain ID|exit-codes|ports|rbac`: offline, from the same tables that the program uses. */
#include <ctype.h>
#include <string.h>

#include "cli.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/checks.h"
#include "meshctl/probe/needs.h"
#include "wrap.h"

static const struct {
    enum exit_code code;
    const char *text;
} exit_codes[] = {
    {EXIT_CODE_OK, "good"},
    {EXIT_CODE_FAILED, "a step or check failed"},
    {EXIT_CODE_DIFFERS, "plan found differences"},
    {EXIT_CODE_TIMEOUT, "timed out, safe to run again"},
    {EXIT_CODE_UNREACHABLE, "cluster unreachable or access denied"},
    {EXIT_CODE_REFUSED, "refused without confirmation"},
    {EXIT_CODE_USAGE, "the command line is wrong"},
    {EXIT_CODE_INPUT, "bad input: kubeconfig, chart, values, certificates"},
    {EXIT_CODE_CANCELLED, "interrupted; the same command goes on"},
};

static void append_exit_codes(struct buf *out)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(exit_codes); i++)
        buf_appendf(out, "%-4d %s\n", (int)exit_codes[i].code, exit_codes[i].text);
}

/* What kubectl apply takes. */
static void append_roles(struct buf *out)
{
    buf_appends(out,
                "# bind one of them to whoever runs it: kubectl create clusterrolebinding NAME "
                "--clusterrole=meshctl-check --user=USER\n"
                "# check, and check --pre, which says what up would lack\n");
    needs_append_role(out, "check", NEED_CHECK);
    buf_appends(out, "---\n# verify\n");
    needs_append_role(out, "verify", NEED_VERIFY);
    buf_appends(
        out, "---\n# up and its steps, plan, down; who may make roles may do anything: it is for "
             "administrators\n");
    needs_append_role(out, "up", NEED_UP);
}

static const struct {
    const char *name, *text;
    void (*append)(struct buf *out); /* in place of a text */
} topics[] = {
    {"exit-codes", NULL, append_exit_codes},
    {"rbac", NULL, append_roles},
    {"ports",
     "from                       to                          port    purpose\n"
     "this machine               every API server            443*    what meshctl does\n"
     "istiod of each cluster     API server of every other   443*    endpoint discovery "
     "(remote secret)\n"
     "pods of each cluster       east-west gateway of every  15443   requests, mutual TLS "
     "end to end\n"
     "load balancer              east-west gateway           15021   health\n"
     "this machine               ingress gateway             80      verify --bookinfo\n"
     "* or the port of the kubeconfig\n",
     NULL},
};

static json_t *needs_json(const struct check_info *info)
{
    json_t *needs = json_array();
    for (unsigned i = 0; i < CHECK_NEEDS_COUNT; i++)
        if (info->needs & (1U << i))
            json_array_append_new(needs, json_string(check_need_name(1U << i)));
    return needs;
}

static void append_check(struct buf *out, const struct check_info *info)
{
    json_auto_t *needs = needs_json(info);
    size_t i;
    json_t *need;
    buf_appendf(out, "%s  %s\n    level   %s\n    effect  ", info->id, info->title,
                check_level_name(info->level));
    wrap_append(out, info->effect, 12);
    buf_appends(out, "    fix     ");
    wrap_append(out, info->fix, 12);
    json_array_foreach(needs, i, need)
        buf_appendf(out, "    needs   the right to %s\n", json_string_value(need));
    if (info->settle_ms)
        buf_appendf(out, "    settles within %d s after a change, or not by itself\n",
                    info->settle_ms / 1000);
}

static json_t *check_json(const struct check_info *info)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:o}", "id", info->id, "title", info->title,
                     "level", check_level_name(info->level), "effect", info->effect, "fix",
                     info->fix, "settleSeconds", info->settle_ms / 1000, "needs", needs_json(info));
}

static int print_checks(struct cli *cli, const struct check_info *first, size_t count,
                        struct error **err)
{
    json_t *checks = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(checks, check_json(&first[i]));
    json_auto_t *doc = json_pack("{s:s, s:s, s:o}", "apiVersion", "meshctl.io/v1", "kind", "Checks",
                                 "checks", checks);
    return cli_print_document(cli, doc, err);
}

static void append_topic(size_t topic, struct buf *out)
{
    if (topics[topic].append)
        topics[topic].append(out);
    else
        buf_appends(out, topics[topic].text);
}

static int print_topic(struct cli *cli, size_t topic, struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    append_topic(topic, &out);
    if (cli_wants_document(cli)) {
        json_auto_t *doc = json_pack("{s:s, s:s, s:s, s:s}", "apiVersion", "meshctl.io/v1", "kind",
                                     "Topic", "name", topics[topic].name, "text", buf_str(&out));
        return cli_print_document(cli, doc, err);
    }
    return cli_print(cli, &out, err);
}

static int explain_all(struct cli *cli, struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    size_t count;
    const struct check_info *all = check_all(&count);
    if (cli_wants_document(cli))
        return print_checks(cli, all, count, err);
    for (size_t i = 0; i < count; i++)
        buf_appendf(&out, "%s  %s\n", all[i].id, all[i].title);
    for (size_t i = 0; i < MC_ARRAY_LEN(topics); i++)
        buf_appendf(&out, "%s\n", topics[i].name);
    return cli_print(cli, &out, err);
}

int cmd_explain(struct cli *cli, struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    if (cli->arguments_count == 0)
        return explain_all(cli, err);
    AUTO_FREE char *word = mem_strdup(cli->arguments[0]);
    for (size_t i = 0; i < MC_ARRAY_LEN(topics); i++)
        if (strcmp(topics[i].name, word) == 0)
            return print_topic(cli, i, err);
    for (char *p = word; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    const struct check_info *info = check_find(word);
    if (!info) {
        error_set(err, ERROR_USAGE, "there is nothing to explain about \"%s\"", cli->arguments[0]);
        return error_hint(err, "%s explain lists what there is", cli->program);
    }
    if (cli_wants_document(cli))
        return print_checks(cli, info, 1, err);
    append_check(&out, info);
    return cli_print(cli, &out, err);
}

int cmd_version(struct cli *cli, struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    if (cli_wants_document(cli)) {
        json_auto_t *doc = json_pack("{s:s, s:s, s:s}", "apiVersion", "meshctl.io/v1", "kind",
                                     "Version", "version", MESHCTL_VERSION);
        return cli_print_document(cli, doc, err);
    }
    buf_appends(&out, "meshctl " MESHCTL_VERSION "\n");
    return cli_print(cli, &out, err);
}
