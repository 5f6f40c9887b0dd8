/* The picture for a browser, kept fresh. */
#ifndef MESHCTL_CLI_GRAPH_SERVE_H
#define MESHCTL_CLI_GRAPH_SERVE_H

#include "cli.h"

/* Shows the page at `address` until it is cancelled. `read` makes the document to draw, a new reference;
 * it is asked again as long as somebody looks. */
int cli_graph_serve(struct cli *cli, const char *address,
                    int (*read)(struct cli *cli, json_t **ret_status, struct error **err),
                    struct error **err) MC_WARN_UNUSED;

#endif
