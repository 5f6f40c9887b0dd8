/* The table of options: parsing, --help and the README's table come from its rows. */
#include "options.h"

#include <stddef.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "wrap.h"

enum option_type { OPTION_FLAG, OPTION_COUNT, OPTION_TEXT, OPTION_LIST };

struct option {
    const char *name;
    char letter;
    enum option_type type;
    unsigned groups;
    size_t offset;
    const char *argument; /* word in --help; a choice is written a|b|c and checked */
    const char *help;
};

#define FIELD(f) offsetof(struct options, f)

static const struct option options[] = {
    {"west", 0, OPTION_TEXT, OPTIONS_MEMBERS, FIELD(west), "FILE[@CONTEXT]",
     "kubeconfig of the cluster west"},
    {"east", 0, OPTION_TEXT, OPTIONS_MEMBERS, FIELD(east), "FILE[@CONTEXT]",
     "kubeconfig of the cluster east"},
    {"cluster", 0, OPTION_LIST, OPTIONS_MEMBERS, FIELD(clusters), "NAME=FILE[@CONTEXT]",
     "a cluster by its short name; FILE may be left out (NAME=@CONTEXT). Repeatable"},
    {"kubeconfig", 0, OPTION_TEXT, OPTIONS_MEMBERS, FIELD(kubeconfig), "FILE",
     "for clusters given without FILE (default: KUBECONFIG, then ~/.kube/config)"},
    {"mesh-id", 0, OPTION_TEXT, OPTIONS_MEMBERS, FIELD(mesh_id), "ID", "mesh id (default mesh)"},
    {"cluster-name", 0, OPTION_LIST, OPTIONS_MEMBERS, FIELD(cluster_names), "NAME=ID",
     "cluster id (default NAME-cluster)"},
    {"network", 0, OPTION_LIST, OPTIONS_MEMBERS, FIELD(networks), "NAME=NETWORK",
     "network (default NAME-network)"},
    {"server", 0, OPTION_LIST, OPTIONS_MEMBERS, FIELD(servers), "NAME=URL",
     "address of NAME's API server for the other clusters (default: the kubeconfig's)"},
    {"istio-namespace", 0, OPTION_TEXT, OPTIONS_MEMBERS, FIELD(istio_namespace), "NAMESPACE",
     "where istiod lives (default istio-system)"},
    {"ingress-namespace", 0, OPTION_TEXT, OPTIONS_MEMBERS, FIELD(ingress_namespace), "NAMESPACE",
     "where the gateways live (default istio-ingress)"},
    {"release", 0, OPTION_LIST, OPTIONS_MEMBERS, FIELD(releases), "COMPONENT=NAME",
     "name of a Helm release; components: base, istiod, ingress, eastwest"},

    {"charts", 0, OPTION_TEXT, OPTIONS_CHARTS | OPTIONS_PULL, FIELD(charts), "SOURCE",
     "folder with base, istiod and gateway (folders or .tgz), URL of a chart repository, or "
     "oci://HOST/PATH"},
    {"istio-version", 0, OPTION_TEXT, OPTIONS_CHARTS, FIELD(istio_version), "VERSION",
     "chart and image version (default 1.31.0)"},
    {"istio-version", 0, OPTION_TEXT, OPTIONS_PULL, FIELD(istio_version), "VERSION",
     "version to pull, or a range such as ~1.31 (default 1.31.0)"},
    {"to", 0, OPTION_TEXT, OPTIONS_PULL, FIELD(to), "DIR", "folder that gets the archives"},
    {"limit", 0, OPTION_TEXT, OPTIONS_PULL, FIELD(limit), "N",
     "versions of each chart to list, newest first; 0: all (default 10)"},
    {"ca-file", 0, OPTION_TEXT, OPTIONS_SOURCE, FIELD(ca_file), "FILE",
     "authorities (PEM) that vouch for the chart server, instead of the system's"},
    {"cert-file", 0, OPTION_TEXT, OPTIONS_SOURCE, FIELD(cert_file), "FILE",
     "client certificate for the chart server"},
    {"key-file", 0, OPTION_TEXT, OPTIONS_SOURCE, FIELD(key_file), "FILE", "its private key"},
    {"insecure-skip-tls-verify", 0, OPTION_FLAG, OPTIONS_SOURCE, FIELD(insecure_skip_tls_verify),
     NULL, "do not look at the chart server's certificate"},
    {"plain-http", 0, OPTION_FLAG, OPTIONS_SOURCE, FIELD(plain_http), NULL,
     "reach an oci:// registry over http"},
    {"hub", 0, OPTION_TEXT, OPTIONS_CHARTS | OPTIONS_VERIFY, FIELD(hub), "REPOSITORY",
     "where images come from (default docker.io/istio)"},
    {"values", 0, OPTION_LIST, OPTIONS_CHARTS, FIELD(values), "COMPONENT=FILE",
     "values file of a component (base, istiod, ingress, eastwest; gateway: both gateways)"},
    {"set", 0, OPTION_LIST, OPTIONS_CHARTS, FIELD(set), "COMPONENT.KEY=VALUE",
     "a value of a component, in Helm's --set grammar"},
    {"set-string", 0, OPTION_LIST, OPTIONS_CHARTS, FIELD(set_string), "COMPONENT.KEY=VALUE",
     "a value that is always text"},
    {"set-json", 0, OPTION_LIST, OPTIONS_CHARTS, FIELD(set_json), "COMPONENT.KEY=JSON",
     "a value as JSON"},

    {"ca-dir", 0, OPTION_TEXT, OPTIONS_CA, FIELD(ca_dir), "DIR",
     "folder of the root and the intermediates (default ./MESH-ca)"},

    {"cloud", 0, OPTION_TEXT, OPTIONS_GATEWAY, FIELD(cloud), "NAME",
     "load balancer rules of a cloud: hatoba"},
    {"gateway-ports", 0, OPTION_TEXT, OPTIONS_GATEWAY, FIELD(gateway_ports), "3|4",
     "ports of the east-west gateway: 15021, 15443, 15012, with 4 also 15017 (default 3)"},

    {"bookinfo", 0, OPTION_FLAG, OPTIONS_VERIFY, FIELD(bookinfo), NULL,
     "deploy Istio's Bookinfo sample over the clusters and verify with its traffic"},
    {"bookinfo-namespace", 0, OPTION_TEXT, OPTIONS_VERIFY, FIELD(bookinfo_namespace), "NAMESPACE",
     "where the sample lives (default bookinfo)"},
    {"requests", 0, OPTION_TEXT, OPTIONS_VERIFY, FIELD(requests), "N",
     "requests to send at the least (default 40)"},

    {"from", 0, OPTION_TEXT, OPTIONS_CUT, FIELD(from), "STEP",
     "first step: ca, install, gateway, remote-secret, expose, verify"},
    {"to", 0, OPTION_TEXT, OPTIONS_CUT, FIELD(to), "STEP", "last step"},
    {"only", 0, OPTION_TEXT, OPTIONS_RUN, FIELD(only), "NAME", "change this cluster only"},
    {"dry-run", 0, OPTION_TEXT, OPTIONS_RUN, FIELD(dry_run), "client",
     "check and render, list what would be applied, write nothing"},
    {"timeout", 0, OPTION_TEXT, OPTIONS_RUN, FIELD(timeout), "DURATION",
     "for the whole run (default 10m)"},
    {"parallel", 0, OPTION_TEXT, OPTIONS_RUN, FIELD(parallel), "N",
     "requests under way at once per cluster (default 32)"},
    {"field-manager", 0, OPTION_TEXT, OPTIONS_RUN, FIELD(field_manager), "NAME",
     "manager of the objects that are not a chart's (default meshctl)"},
    {"force-conflicts", 0, OPTION_FLAG, OPTIONS_RUN, FIELD(force_conflicts), NULL,
     "take over fields that another manager owns"},
    {"manifests", 0, OPTION_TEXT, OPTIONS_RUN, FIELD(manifests), "DIR",
     "folder whose files replace built-in manifests of the same name"},

    {"namespace", 'n', OPTION_TEXT, OPTIONS_RENDER, FIELD(namespace_), "NAMESPACE",
     "release namespace (default default)"},
    {"generate-name", 'g', OPTION_FLAG, OPTIONS_RENDER, FIELD(generate_name), NULL,
     "make the release name of the chart's and the time"},
    {"name-template", 0, OPTION_TEXT, OPTIONS_RENDER, FIELD(name_template), "TEMPLATE",
     "make the release name of a template"},
    {"charts", 0, OPTION_TEXT, OPTIONS_RENDER, FIELD(charts), "SOURCE",
     "where CHART comes from when it is a name: folder, URL or oci://"},
    {"version", 0, OPTION_TEXT, OPTIONS_RENDER, FIELD(istio_version), "VERSION",
     "version of a chart by name or oci://"},
    {"values", 'f', OPTION_LIST, OPTIONS_RENDER, FIELD(values), "FILE",
     "values files or URLs, separated by commas; - is standard input. Repeatable"},
    {"set", 0, OPTION_LIST, OPTIONS_RENDER, FIELD(set), "KEY=VALUE",
     "a value, in Helm's --set grammar"},
    {"set-string", 0, OPTION_LIST, OPTIONS_RENDER, FIELD(set_string), "KEY=VALUE",
     "a value that is always text"},
    {"set-file", 0, OPTION_LIST, OPTIONS_RENDER, FIELD(set_file), "KEY=FILE",
     "a value that is a file's content"},
    {"set-json", 0, OPTION_LIST, OPTIONS_RENDER, FIELD(set_json), "KEY=JSON", "a value as JSON"},
    {"set-literal", 0, OPTION_LIST, OPTIONS_RENDER, FIELD(set_literal), "KEY=TEXT",
     "all behind = as one text"},
    {"compat", 0, OPTION_TEXT, OPTIONS_RENDER, FIELD(compat), "3|4",
     "major version of Helm whose bytes to match (default 4)"},
    {"kube-version", 0, OPTION_TEXT, OPTIONS_RENDER, FIELD(kube_version), "VERSION",
     "Kubernetes version that the chart shall see"},
    {"api-versions", 'a', OPTION_LIST, OPTIONS_RENDER, FIELD(api_versions), "API",
     "further APIs that the chart shall see, separated by commas. Repeatable"},
    {"is-upgrade", 0, OPTION_FLAG, OPTIONS_RENDER, FIELD(is_upgrade), NULL,
     "render as an upgrade, not as an install"},
    {"include-crds", 0, OPTION_FLAG, OPTIONS_RENDER, FIELD(include_crds), NULL,
     "print the chart's crds/ too"},
    {"no-hooks", 0, OPTION_FLAG, OPTIONS_RENDER, FIELD(no_hooks), NULL, "leave hooks out"},
    {"skip-tests", 0, OPTION_FLAG, OPTIONS_RENDER, FIELD(skip_tests), NULL,
     "leave hooks out that are tests"},
    {"skip-schema-validation", 0, OPTION_FLAG, OPTIONS_RENDER, FIELD(skip_schema), NULL,
     "do not check values against values.schema.json"},
    {"show-only", 's', OPTION_LIST, OPTIONS_RENDER, FIELD(show_only), "TEMPLATE",
     "print only what comes of this file, such as templates/service.yaml. Repeatable"},
    {"output-dir", 0, OPTION_TEXT, OPTIONS_RENDER, FIELD(output_dir), "DIR",
     "write a file per template instead of standard output"},
    {"release-name", 0, OPTION_FLAG, OPTIONS_RENDER, FIELD(release_in_path), NULL,
     "put the release name into the paths of --output-dir"},

    {"output", 'o', OPTION_TEXT, OPTIONS_COMMON, FIELD(output), "text|json|jsonl|yaml",
     "form of the result on standard output (default text)"},
    {"quiet", 'q', OPTION_FLAG, OPTIONS_COMMON, FIELD(quiet), NULL,
     "say nothing but errors and results"},
    {"verbose", 'v', OPTION_COUNT, OPTIONS_COMMON, FIELD(verbose), NULL,
     "say what is written; -vv: each request too"},
    {"color", 0, OPTION_TEXT, OPTIONS_COMMON, FIELD(color), "auto|always|never",
     "colour (default auto; NO_COLOR is honoured)"},
    {"ascii", 0, OPTION_FLAG, OPTIONS_COMMON, FIELD(ascii), NULL, "no symbols outside ASCII"},
    {"help", 'h', OPTION_FLAG, OPTIONS_COMMON, FIELD(help), NULL, "show this"},
};

void options_release(struct options *o)
{
    struct strlist *lists[] = {&o->clusters,  &o->cluster_names, &o->networks, &o->servers,
                               &o->releases,  &o->values,        &o->set,      &o->set_string,
                               &o->set_json,  &o->api_versions,  &o->set_file, &o->set_literal,
                               &o->show_only, &o->arguments};
    for (size_t i = 0; i < MC_ARRAY_LEN(lists); i++)
        strlist_release(lists[i]);
}

/* ---- parsing --------------------------------------------------------------------------------- */

static const struct option *find_long(unsigned groups, const char *name, size_t len)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(options); i++)
        if ((options[i].groups & groups) && strlen(options[i].name) == len &&
            memcmp(options[i].name, name, len) == 0)
            return &options[i];
    return NULL;
}

static const struct option *find_letter(unsigned groups, char letter)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(options); i++)
        if ((options[i].groups & groups) && options[i].letter == letter)
            return &options[i];
    return NULL;
}

static int unknown_option(unsigned groups, const char *name, size_t len, struct error **err)
{
    const char *names[MC_ARRAY_LEN(options)];
    size_t count = 0;
    AUTO_FREE char *word = mem_strndup(name, len);
    for (size_t i = 0; i < MC_ARRAY_LEN(options); i++)
        if (options[i].groups & groups)
            names[count++] = options[i].name;
    const char *near = text_suggest(word, names, count);
    error_set(err, ERROR_USAGE, "unknown option --%s", word);
    return near ? error_hint(err, "did you mean --%s?", near) : -1;
}

/* A choice is an argument word in lower case or digits with bars: "3|4". */
static bool is_choice(const char *argument)
{
    return strspn(argument, "abcdefghijklmnopqrstuvwxyz0123456789|-") == strlen(argument);
}

static bool choice_has(const char *argument, const char *value)
{
    AUTO_STRLIST words = STRLIST_INIT;
    strlist_split(&words, argument, '|');
    return strlist_has(&words, value);
}

/* --name, or --name=true and the like: the words of Go's strconv.ParseBool, which pflag takes. */
static int store_flag(const struct option *opt, const char *value, bool *slot, struct error **err)
{
    static const char *const words[2][6] = {{"false", "0", "f", "F", "FALSE", "False"},
                                            {"true", "1", "t", "T", "TRUE", "True"}};
    for (int truth = 0; truth < 2; truth++)
        for (size_t i = 0; i < MC_ARRAY_LEN(words[0]); i++)
            if (strcmp(value ? value : "true", words[truth][i]) == 0) {
                *slot = truth;
                return 0;
            }
    return error_set(err, ERROR_USAGE, "--%s takes true or false, not \"%s\"", opt->name, value);
}

static int store(const struct option *opt, const char *value, struct options *o, struct error **err)
{
    char *slot = (char *)o + opt->offset;
    switch (opt->type) {
    case OPTION_FLAG:
        return store_flag(opt, value, (bool *)(void *)slot, err);
    case OPTION_COUNT:
        ++*(int *)(void *)slot;
        return 0;
    case OPTION_LIST:
        strlist_add((struct strlist *)(void *)slot, value);
        return 0;
    case OPTION_TEXT:
        if (is_choice(opt->argument) && !choice_has(opt->argument, value))
            return error_set(err, ERROR_USAGE, "--%s takes %s, not \"%s\"", opt->name,
                             opt->argument, value);
        *(const char **)(void *)slot = value;
        return 0;
    }
    return 0;
}

static bool takes_value(const struct option *opt)
{
    return opt->type == OPTION_TEXT || opt->type == OPTION_LIST;
}

/* --name, --name=value, --name value. Moves *i past a value of its own. */
static int parse_long(unsigned groups, int argc, char **argv, int *i, struct options *o,
                      struct error **err)
{
    const char *text = argv[*i] + 2;
    size_t len = strcspn(text, "=");
    const struct option *opt = find_long(groups, text, len);
    const char *value = text[len] ? text + len + 1 : NULL;
    if (!opt)
        return unknown_option(groups, text, len, err);
    if (opt->type == OPTION_COUNT && value)
        return error_set(err, ERROR_USAGE, "--%s takes no value", opt->name);
    if (takes_value(opt) && !value) {
        if (*i + 1 >= argc)
            return error_set(err, ERROR_USAGE, "--%s needs %s", opt->name, opt->argument);
        value = argv[++*i];
    }
    return store(opt, value, o, err);
}

/* -v, -vv, -ojson, -o json. */
static int parse_letters(unsigned groups, int argc, char **argv, int *i, struct options *o,
                         struct error **err)
{
    for (const char *p = argv[*i] + 1; *p; p++) {
        const struct option *opt = find_letter(groups, *p);
        if (!opt)
            return error_set(err, ERROR_USAGE, "unknown option -%c", *p);
        if (!takes_value(opt)) {
            if (store(opt, NULL, o, err) < 0)
                return -1;
            continue;
        }
        if (!p[1] && *i + 1 >= argc)
            return error_set(err, ERROR_USAGE, "-%c needs %s", *p, opt->argument);
        return store(opt, p[1] ? p + 1 : argv[++*i], o, err);
    }
    return 0;
}

int options_parse(unsigned groups, int argc, char **argv, struct options *ret_options,
                  struct error **err)
{
    bool only_arguments = false;
    for (int i = 0; i < argc; i++) {
        const char *text = argv[i];
        int rc = 0;
        if (only_arguments || text[0] != '-' || !text[1])
            strlist_add(&ret_options->arguments, text);
        else if (strcmp(text, "--") == 0)
            only_arguments = true;
        else if (text[1] == '-')
            rc = parse_long(groups, argc, argv, &i, ret_options, err);
        else
            rc = parse_letters(groups, argc, argv, &i, ret_options, err);
        if (rc < 0)
            return -1;
    }
    return 0;
}

/* ---- help ------------------------------------------------------------------------------------ */

#define HELP_COLUMN 38

void options_append_help(unsigned groups, struct buf *out)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(options); i++) {
        const struct option *opt = &options[i];
        if (!(opt->groups & groups))
            continue;
        size_t start = out->len;
        if (opt->letter)
            buf_appendf(out, "  -%c, ", opt->letter);
        else
            buf_appends(out, "      ");
        buf_appendf(out, "--%s%s%s", opt->name, opt->argument ? " " : "",
                    opt->argument ? opt->argument : "");
        if (out->len - start >= HELP_COLUMN) {
            buf_appendc(out, '\n');
            start = out->len;
        }
        buf_pad(out, ' ', HELP_COLUMN - (out->len - start));
        wrap_append(out, opt->help, HELP_COLUMN);
    }
}

void options_append_markdown(struct buf *out)
{
    static const struct {
        unsigned group;
        const char *title;
    } titles[] = {
        {OPTIONS_MEMBERS, "Clusters and names (`up`, the steps, `ca`)"},
        {OPTIONS_CHARTS, "Charts (`up`, `install`, `gateway`)"},
        {OPTIONS_SOURCE, "Chart servers (`up`, `install`, `gateway`, `render`, `charts`)"},
        {OPTIONS_PULL, "`charts list|pull`"},
        {OPTIONS_CA, "Certificates (`up`, `ca`)"},
        {OPTIONS_GATEWAY, "Gateways (`up`, `gateway`)"},
        {OPTIONS_VERIFY, "Verification (`up`, `verify`)"},
        {OPTIONS_CUT | OPTIONS_RUN, "The run (`up` and the steps; `--from` and `--to`: `up`)"},
        {OPTIONS_RENDER, "`render [NAME] CHART`"},
        {OPTIONS_COMMON, "Everywhere"},
    };
    for (size_t t = 0; t < MC_ARRAY_LEN(titles); t++) {
        buf_appendf(out, "\n%s\n\n| option | meaning |\n| --- | --- |\n", titles[t].title);
        for (size_t i = 0; i < MC_ARRAY_LEN(options); i++) {
            const struct option *opt = &options[i];
            if (!(opt->groups & titles[t].group))
                continue;
            buf_appends(out, "| `");
            if (opt->letter)
                buf_appendf(out, "-%c, ", opt->letter);
            buf_appendf(out, "--%s", opt->name);
            /* A bar would end the table's cell. */
            for (const char *p = opt->argument ? opt->argument : ""; *p; p++)
                buf_appendf(out, "%s%s%c", p == opt->argument ? " " : "", *p == '|' ? "\\" : "",
                            *p);
            buf_appendf(out, "` | %s |\n", opt->help);
        }
    }
}
