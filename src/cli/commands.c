/* The table of commands: what each is called with, and which function does it. */
#include <string.h>

#include "cli.h"
#include "meshctl/base/text.h"
#include "options_ca.h"
#include "options_change.h"
#include "options_charts.h"
#include "options_check.h"
#include "options_cut.h"
#include "options_down.h"
#include "options_gateway.h"
#include "options_graph.h"
#include "options_images.h"
#include "options_limits.h"
#include "options_list.h"
#include "options_mesh.h"
#include "options_objects.h"
#include "options_out.h"
#include "options_proof.h"
#include "options_pull.h"
#include "options_render.h"
#include "options_report.h"
#include "options_run.h"
#include "options_source.h"
#include "options_status.h"
#include "options_upgrade.h"
#include "options_verify.h"
#include "options_watch.h"

#define FORMS_RENDER "text|json"
#define FORMS_DOCUMENT "text|json|jsonl|yaml"
#define FORMS_RUN "text|short|json|jsonl|yaml"
#define FORMS_PLAN "text|short|json|jsonl|yaml|name"
#define FORMS_REPORT "text|json|yaml"
#define FORMS_GRAPH "ascii|dot|svg|html|json|yaml"
#define FORMS_STATUS "text|wide|short|json|jsonl|yaml"

/* Of `ca`, what has no meaning where only files are made or shown. */
#define CA_FILES_WITHOUT                                                                           \
    {                                                                                              \
        &options_change_family, &options_manager_family, &options_only_family, &options_run_family \
    }

static const struct command commands[] = {
    {
        "up",
        "make one verified mesh of the clusters: all steps in order",
        "  meshctl up --west west.kubeconfig --east east.kubeconfig\n"
        "  meshctl up --west west.kubeconfig --east east.kubeconfig --bookinfo\n"
        "  meshctl up --cluster tokyo=tokyo.yaml --cluster osaka=all.yaml@osaka --istio-version "
        "1.30.1\n",
        {{&options_mesh_family, &options_charts_family, &options_source_family,
          &options_limits_family, &options_images_family, &options_ca_family,
          &options_gateway_family, &options_verify_family, &options_cut_family,
          &options_change_family, &options_manifests_family, &options_manager_family,
          &options_only_family, &options_run_family, &options_output_family},
         FORMS_RUN},
        {{"", "", cmd_up, {0}}},
    },
    {
        "plan",
        "what up would create, change and delete, and why; nothing is written",
        "  meshctl plan --west west.kubeconfig --east east.kubeconfig         exit 2: something to "
        "do\n"
        "  meshctl plan --west west.kubeconfig --east east.kubeconfig --out gitops\n",
        {{&options_mesh_family, &options_charts_family, &options_source_family,
          &options_limits_family, &options_images_family, &options_ca_family,
          &options_gateway_family, &options_verify_family, &options_cut_family,
          &options_change_family, &options_out_family, &options_manifests_family,
          &options_manager_family, &options_only_family, &options_run_family,
          &options_output_family},
         FORMS_PLAN},
        {{"", "", cmd_plan, {0}}},
    },
    {
        "upgrade",
        "go to another version of Istio, one cluster after another",
        "  meshctl upgrade --to 1.31.1 --west west.kubeconfig --east east.kubeconfig\n"
        "  meshctl upgrade --to 1.31.1 -f mesh.yaml --dry-run=server       the changes alone\n"
        "  meshctl upgrade abort --west west.kubeconfig --east east.kubeconfig      back again\n",
        {{&options_upgrade_family, &options_mesh_family, &options_charts_family,
          &options_source_family, &options_limits_family, &options_images_family,
          &options_gateway_family, &options_verify_family, &options_change_family,
          &options_manifests_family, &options_manager_family, &options_only_family,
          &options_run_family, &options_output_family},
         FORMS_RUN},
        {{"", "", cmd_upgrade, {0}}, {"abort", "", cmd_upgrade_abort, {&options_upgrade_family}}},
    },
    {
        "down",
        "take the mesh off again: links, gateways, istiod, certificates",
        "  meshctl down --west west.kubeconfig --east east.kubeconfig --confirm mesh\n"
        "  meshctl down --west west.kubeconfig --east east.kubeconfig --only west\n",
        {{&options_mesh_family, &options_down_family, &options_manager_family, &options_only_family,
          &options_run_family, &options_output_family},
         FORMS_PLAN},
        {{"", "", cmd_down, {0}}},
    },
    {
        "add",
        "let one more cluster join; of the others nothing changes but that they know it",
        "  meshctl add north=north.kubeconfig --west west.kubeconfig --east east.kubeconfig\n"
        "  meshctl add north -f mesh.yaml                                     one that the file "
        "has\n",
        {{&options_mesh_family, &options_charts_family, &options_source_family,
          &options_limits_family, &options_images_family, &options_ca_family,
          &options_gateway_family, &options_verify_family, &options_change_family,
          &options_manifests_family, &options_manager_family, &options_run_family,
          &options_output_family},
         FORMS_RUN},
        {{"", "NAME[=FILE[@CONTEXT]]", cmd_add, {0}}},
    },
    {
        "remove",
        "take one cluster out of the mesh",
        "  meshctl remove east --west west.kubeconfig --east east.kubeconfig --confirm mesh\n",
        {{&options_mesh_family, &options_down_family, &options_remove_family,
          &options_manager_family, &options_run_family, &options_output_family},
         FORMS_PLAN},
        {{"", "NAME", cmd_remove, {0}}},
    },
    {
        "ca",
        "one root, one intermediate a cluster, as Secret cacerts",
        "  meshctl ca init --west west.kubeconfig --east east.kubeconfig      files only\n"
        "  meshctl ca --west west.kubeconfig --east east.kubeconfig           into the clusters\n"
        "  meshctl ca show --west west.kubeconfig --east east.kubeconfig      fingerprints and "
        "ends\n",
        {{&options_mesh_family, &options_ca_family, &options_change_family, &options_manager_family,
          &options_only_family, &options_run_family, &options_output_family},
         FORMS_DOCUMENT},
        {{"", "", cmd_ca, {0}},
         {"init", "", cmd_ca_init, CA_FILES_WITHOUT},
         {"show", "", cmd_ca_show, CA_FILES_WITHOUT}},
    },
    {
        "install",
        "charts base and istiod, waited for",
        "  meshctl install --west west.kubeconfig --east east.kubeconfig --set "
        "istiod.pilot.autoscaleMin=2\n",
        {{&options_mesh_family, &options_charts_family, &options_source_family,
          &options_limits_family, &options_images_family, &options_change_family,
          &options_manifests_family, &options_manager_family, &options_only_family,
          &options_run_family, &options_output_family},
         FORMS_RUN},
        {{"", "", cmd_install, {0}}},
    },
    {
        "gateway",
        "ingress and east-west gateways, waited for",
        "  meshctl gateway --west west.kubeconfig --east east.kubeconfig --cloud hatoba\n",
        {{&options_mesh_family, &options_charts_family, &options_source_family,
          &options_limits_family, &options_images_family, &options_gateway_family,
          &options_change_family, &options_manifests_family, &options_manager_family,
          &options_only_family, &options_run_family, &options_output_family},
         FORMS_RUN},
        {{"", "", cmd_gateway, {0}}},
    },
    {
        "remote-secret",
        "each cluster's istiod gets a reader's token of every other one",
        "  meshctl remote-secret --west west.kubeconfig --east east.kubeconfig \\\n"
        "      --server west=https://api.west:6443\n",
        {{&options_mesh_family, &options_change_family, &options_manager_family,
          &options_only_family, &options_run_family, &options_output_family},
         FORMS_RUN},
        {{"", "", cmd_remote_secret, {0}}},
    },
    {
        "expose",
        "services of each cluster reachable through its east-west gateway",
        "  meshctl expose --west west.kubeconfig --east east.kubeconfig\n",
        {{&options_mesh_family, &options_change_family, &options_manifests_family,
          &options_manager_family, &options_only_family, &options_run_family,
          &options_output_family},
         FORMS_RUN},
        {{"", "", cmd_expose, {0}}},
    },
    {
        "check",
        "what is right and what is wrong, cluster by cluster; reads only",
        "  meshctl check --west west.kubeconfig --east east.kubeconfig --pre --charts ./charts\n"
        "  meshctl check --west west.kubeconfig --east east.kubeconfig\n"
        "  meshctl check --west west.kubeconfig --east east.kubeconfig -o json\n",
        {{&options_mesh_family, &options_check_family, &options_only_family, &options_charts_family,
          &options_source_family, &options_limits_family, &options_images_family,
          &options_ca_family, &options_gateway_family, &options_run_family, &options_output_family},
         FORMS_RUN},
        {{"", "", cmd_check, {0}}},
    },
    {
        "status",
        "the whole mesh in one screen: versions, gateways, peers, traffic; reads only",
        "  meshctl status --west west.kubeconfig --east east.kubeconfig\n"
        "  meshctl status --west west.kubeconfig --east east.kubeconfig --watch -n bookinfo\n"
        "  meshctl status --west west.kubeconfig --east east.kubeconfig -o short\n",
        {{&options_mesh_family, &options_only_family, &options_status_family, &options_watch_family,
          &options_run_family, &options_output_family},
         FORMS_STATUS},
        {{"", "", cmd_status, {0}}},
    },
    {
        "graph",
        "draw the mesh: clusters, gateways, links, and who calls whom; reads only",
        "  meshctl graph --west west.kubeconfig --east east.kubeconfig -n bookinfo\n"
        "  meshctl graph --west west.kubeconfig --east east.kubeconfig -o html      > mesh.html\n"
        "  meshctl graph --west west.kubeconfig --east east.kubeconfig --serve 127.0.0.1:8080\n",
        {{&options_mesh_family, &options_only_family, &options_status_family, &options_graph_family,
          &options_run_family, &options_output_family},
         FORMS_GRAPH},
        {{"", "", cmd_graph, {0}}},
    },
    {
        "verify",
        "prove that the mesh works: trust, gateways, sync, requests of its own",
        "  meshctl verify --west west.kubeconfig --east east.kubeconfig\n"
        "  meshctl verify --west west.kubeconfig --east east.kubeconfig --bookinfo --requests "
        "200\n",
        {{&options_mesh_family, &options_images_family, &options_proof_family,
          &options_verify_family, &options_manifests_family, &options_manager_family,
          &options_only_family, &options_run_family, &options_output_family},
         FORMS_RUN},
        {{"", "", cmd_verify, {0}}},
    },
    {
        "report",
        "one archive of all that is needed to find a fault; no secret in it; reads only",
        "  meshctl report --west west.kubeconfig --east east.kubeconfig\n"
        "  meshctl report --west west.kubeconfig --east east.kubeconfig -n bookinfo --to "
        "mesh.tar.gz\n",
        {{&options_mesh_family, &options_status_family, &options_report_family, &options_run_family,
          &options_output_family},
         FORMS_REPORT},
        {{"", "", cmd_report, {0}}},
    },
    {
        "render",
        "print what helm template prints",
        "  meshctl render istiod ./charts/istiod -n istio-system --set "
        "global.network=west-network\n"
        "  meshctl render istiod ./charts/istiod -f values.yaml --compat 3 -s "
        "templates/deployment.yaml\n",
        {{&options_render_family, &options_source_family, &options_limits_family,
          &options_output_family},
         FORMS_RENDER},
        {{"", "[NAME] CHART", cmd_render, {0}}},
    },
    {
        "charts",
        "what a chart source has; copy charts into a folder",
        "  meshctl charts list istiod --charts oci://registry.example.com/istio/charts\n"
        "  meshctl charts pull --istio-version 1.31.0 --to ./charts     then: up --charts "
        "./charts\n",
        {{&options_list_family, &options_pull_family, &options_source_family,
          &options_output_family},
         FORMS_DOCUMENT},
        {{"list", "[NAME...]", cmd_charts_list, {&options_pull_family}},
         {"pull", "[NAME...]", cmd_charts_pull, {&options_list_family}}},
    },
    {
        "config",
        "the mesh file: as it is understood, made of options, its JSON Schema",
        "  meshctl config init --west west.kubeconfig --east east.kubeconfig      a file to begin "
        "with\n"
        "  meshctl config view -f mesh.yaml                                       with all "
        "defaults\n"
        "  meshctl config schema                                                  for editors\n",
        {{&options_mesh_family, &options_charts_family, &options_source_family,
          &options_images_family, &options_ca_family, &options_gateway_family,
          &options_verify_family, &options_manifests_family, &options_manager_family,
          &options_output_family},
         "text|json|jsonl|yaml"},
        {{"view", "", cmd_config_view, {0}},
         {"init", "", cmd_config_init, {0}},
         {"schema", "", cmd_config_schema, {0}}},
    },
    {
        "explain",
        "what a finding means and what to do",
        "  meshctl explain MC303\n",
        {{&options_output_family}, FORMS_DOCUMENT},
        {{"", "[ID|ports|rbac|exit-codes]", cmd_explain, {0}}},
    },
    {
        "version",
        "the program's version",
        "  meshctl version -o json\n",
        {{&options_output_family}, FORMS_DOCUMENT},
        {{"", "", cmd_version, {0}}},
    },
};

const struct command *cli_commands(size_t *ret_count)
{
    *ret_count = MC_ARRAY_LEN(commands);
    return commands;
}

const struct command *cli_find_command(const char *name)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* What the same is called by other programs of the field: helm, kubectl, istioctl, linkerd, cilium,
 * subctl, terraform. */
static const struct {
    const char *theirs, *ours;
} other_words[] = {
    {"analyze", "check"},
    {"apply", "up"},
    {"bug-report", "report"},
    {"connectivity", "verify"},
    {"create-remote-secret", "remote-secret"},
    {"dashboard", "graph"},
    {"delete", "down"},
    {"deploy", "up"},
    {"destroy", "down"},
    {"diagnose", "check"},
    {"diff", "plan"},
    {"doctor", "check"},
    {"gather", "report"},
    {"join", "add"},
    {"link", "remote-secret"},
    {"precheck", "check"},
    {"proxy-status", "status"},
    {"sysdump", "report"},
    {"template", "render"},
    {"test", "verify"},
    {"uninstall", "down"},
    {"unjoin", "remove"},
    {"validate", "check"},
    {"viz", "graph"},
};

static const char *near_command(const char *name)
{
    const char *names[MC_ARRAY_LEN(commands)];
    for (size_t i = 0; i < MC_ARRAY_LEN(other_words); i++)
        if (strcmp(other_words[i].theirs, name) == 0 && cli_find_command(other_words[i].ours))
            return other_words[i].ours;
    for (size_t i = 0; i < MC_ARRAY_LEN(commands); i++)
        names[i] = commands[i].name;
    return text_suggest(name, names, MC_ARRAY_LEN(names));
}

int cli_unknown_command(const struct cli *cli, const char *name, struct error **err)
{
    const char *near = near_command(name);
    error_set(err, ERROR_USAGE, "there is no command \"%s\"", name);
    return near ? error_hint(err, "did you mean %s?", near)
                : error_hint(err, "%s help lists the commands", cli->program);
}

/* ---- verbs and arguments --------------------------------------------------------------------- */

static const struct command_verb *find_verb(const struct command *c, const char *name)
{
    for (const struct command_verb *verb = c->verbs; verb->run; verb++)
        if (strcmp(verb->name, name) == 0)
            return verb;
    return NULL;
}

/* "charts has no verb "pul"", or none was given. */
static int unknown_verb(const struct cli *cli, const char *name, struct error **err)
{
    const struct command *c = cli->command;
    const char *names[COMMAND_MAX_VERBS];
    size_t count = 0;
    AUTO_STRLIST all = STRLIST_INIT;
    for (const struct command_verb *verb = c->verbs; verb->run; verb++) {
        strlist_addf(&all, "%s%s%s", c->name, verb->name[0] ? " " : "", verb->name);
        if (verb->name[0])
            names[count++] = verb->name;
    }
    const char *near = name ? text_suggest(name, names, count) : NULL;
    if (name)
        error_set(err, ERROR_USAGE, "%s has no verb \"%s\"", c->name, name);
    else
        error_set(err, ERROR_USAGE, "%s needs a verb", c->name);
    if (near)
        return error_hint(err, "did you mean %s %s?", c->name, near);
    AUTO_FREE char *list = strlist_join_dup(&all, ", ");
    return error_hint(err, "there are: %s", list);
}

/* How many words the arguments of a usage line stand for: [WORD] may be left out, and what ends in
 * "..." stands for any number. */
static void count_arguments(const char *usage, size_t *ret_min, size_t *ret_max)
{
    *ret_min = *ret_max = 0;
    for (const char *word = usage; *word;) {
        size_t len = strcspn(word, " ");
        bool optional = word[0] == '[';
        size_t end = len - (optional ? 1 : 0);
        bool many = end > 3 && memcmp(word + end - 3, "...", 3) == 0;
        *ret_min += optional ? 0 : 1;
        *ret_max = many || *ret_max == SIZE_MAX ? SIZE_MAX : *ret_max + 1;
        word += len + (word[len] == ' ');
    }
}

static char *verb_name_dup(const struct cli *cli)
{
    const char *verb = cli->verb->name;
    return mem_printf("%s%s%s", cli->command->name, verb[0] ? " " : "", verb);
}

static int check_arguments(const struct cli *cli, struct error **err)
{
    const char *usage = cli->verb->arguments;
    AUTO_FREE char *name = verb_name_dup(cli);
    size_t min, max;
    count_arguments(usage, &min, &max);
    if (cli->arguments_count < min)
        return error_set(err, ERROR_USAGE, "%s needs %s", name, usage);
    if (cli->arguments_count <= max)
        return 0;
    if (max == 0)
        return error_set(err, ERROR_USAGE, "%s takes no argument \"%s\"", name, cli->arguments[0]);
    return error_set(err, ERROR_USAGE, "%s takes %s, not %zu arguments", name, usage,
                     cli->arguments_count);
}

static int check_options(const struct cli *cli, struct error **err)
{
    for (const struct option_family *const *f = cli->verb->without; *f; f++) {
        const char *option = options_first_given(&cli->options, *f);
        AUTO_FREE char *name = verb_name_dup(cli);
        if (option)
            return error_set(err, ERROR_USAGE, "%s takes no --%s", name, option);
    }
    return 0;
}

int cli_choose_verb(struct cli *cli, struct error **err)
{
    const struct strlist *words = &cli->options.arguments;
    const struct command_verb *alone = find_verb(cli->command, "");
    const char *first = words->count ? words->items[0] : NULL;
    cli->verb = first && first[0] ? find_verb(cli->command, first) : NULL;
    size_t skip = cli->verb ? 1 : 0;
    /* What is no verb is an argument, where the command alone takes one or is all that there is. */
    if (!cli->verb && alone && (!first || alone->arguments[0] || !cli->command->verbs[1].run))
        cli->verb = alone;
    if (!cli->verb)
        return unknown_verb(cli, first, err);
    cli->arguments = words->items ? words->items + skip : NULL;
    cli->arguments_count = words->count - skip;
    return check_arguments(cli, err) < 0 ? -1 : check_options(cli, err);
}
