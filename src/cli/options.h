/* The command line's options: one const row each, which parses, prints --help and feeds the README.
 *
 * How to add an option: a field in struct options, a row in the table of options.c, and its group
 * in the commands that take it. */
#ifndef MESHCTL_CLI_OPTIONS_H
#define MESHCTL_CLI_OPTIONS_H

#include <stdint.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"
#include "meshctl/base/strlist.h"

/* Groups: a command takes the options of the groups that it names. */
enum option_group {
    OPTIONS_COMMON = 1 << 0,
    OPTIONS_MEMBERS = 1 << 1, /* which clusters, and their names */
    OPTIONS_RUN = 1 << 2,     /* how a plan is run */
    OPTIONS_CUT = 1 << 3,     /* --from, --to */
    OPTIONS_CA = 1 << 4,
    OPTIONS_CHARTS = 1 << 5,
    OPTIONS_GATEWAY = 1 << 6,
    OPTIONS_VERIFY = 1 << 7,
    OPTIONS_RENDER = 1 << 8,
    OPTIONS_SOURCE = 1 << 9, /* how a chart source is reached */
    OPTIONS_PULL = 1 << 10,
};

struct options {
    /* common */
    bool help, quiet, ascii;
    int verbose;
    const char *color, *output;
    /* members */
    const char *west, *east, *kubeconfig, *mesh_id;
    struct strlist clusters, cluster_names, networks, servers;
    const char *istio_namespace, *ingress_namespace;
    struct strlist releases;
    /* run */
    const char *only, *dry_run, *timeout, *parallel, *field_manager, *manifests;
    bool force_conflicts;
    const char *from, *to;
    /* ca */
    const char *ca_dir;
    /* charts */
    const char *charts, *istio_version, *hub;
    struct strlist values, set, set_string, set_json;
    /* chart sources */
    const char *ca_file, *cert_file, *key_file, *limit;
    bool insecure_skip_tls_verify, plain_http;
    /* gateway */
    const char *cloud, *gateway_ports;
    /* verify */
    bool bookinfo;
    const char *requests, *bookinfo_namespace;
    /* render */
    const char *namespace_, *compat, *kube_version, *output_dir;
    const char *name_template;
    bool is_upgrade, include_crds, skip_tests, no_hooks, skip_schema, generate_name;
    bool release_in_path;
    struct strlist api_versions, set_file, set_literal, show_only;
    /* what stands beside options */
    struct strlist arguments;
};

void options_release(struct options *o);

/* Parses argv[0..argc) (without program and command name). Unknown options get a near spelling. The
 * strings are borrowed from argv. ERROR_USAGE. */
int options_parse(unsigned groups, int argc, char **argv, struct options *ret_options,
                  struct error **err) MC_WARN_UNUSED;
/* The lines of --help for these groups. */
void options_append_help(unsigned groups, struct buf *out);
/* The README's table of all options. */
void options_append_markdown(struct buf *out);

#endif
