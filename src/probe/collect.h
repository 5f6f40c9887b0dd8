/* The parts of a collection: each adds its files, and says what could not be had. */
#ifndef PROBE_COLLECT_H
#define PROBE_COLLECT_H

#include "meshctl/probe/collect.h"

struct collecting {
    const struct probe *probe;
    const struct collect_options *options;
    struct files *files;
    struct strlist mesh_namespaces; /* of istiods and gateways */
    json_t *pods;                   /* array: of those, and of the applications' namespaces */
};

/* A path below the cluster's folder: names, ended by NULL, each made harmless; the last one's ending
 * `extension` is kept as it is. Yours to free. */
char *collect_path_dup(const struct collecting *c, const char *extension, ...) MC_SENTINEL;
/* Of an error the message, as missing; ERROR_CANCELLED goes on instead: -1. Takes it. */
int collect_forgive(const struct collecting *c, const char *what, struct error **problem,
                    struct error **err);
/* Whether a pod is one of the mesh's own namespaces. */
bool collect_is_mesh(const struct collecting *c, const json_t *pod);

int collect_objects(struct collecting *c, struct error **err) MC_WARN_UNUSED;
int collect_logs(struct collecting *c, struct error **err) MC_WARN_UNUSED;
/* What istiod and the proxies answer at their own pods' ports. */
int collect_answers(struct collecting *c, struct error **err) MC_WARN_UNUSED;

/* Of Envoy's whole configuration the names, versions and times, and what was refused: what tells whether a
 * proxy has what it should, in a hundredth of the bytes, and without certificates. New reference. */
json_t *collect_dump_summary(const json_t *dump);

#endif
