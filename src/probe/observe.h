/* The parts of an observation. */
#ifndef MESHCTL_PROBE_OBSERVE_H
#define MESHCTL_PROBE_OBSERVE_H

#include "meshctl/probe/facts.h"

/* "1.31.0-distroless" of "registry:5000/istio/pilot:1.31.0-distroless@sha256:...": what stands behind the
 * colon of the last part, without the digest; NULL where there is none, and for NULL. Yours to free. */
char *facts_image_tag_dup(const char *image);

/* observe_releases.c. The collections of records, istiod's namespace first; `selectors` holds what
 * the reads borrow. */
#define FACTS_RECORD_READS 2
void facts_record_reads(const struct mesh *m, struct strlist *selectors, struct kube_read *reads);
/* f->records and f->releases, out of what these found. */
int facts_read_releases(struct kube_client *c, const struct facts_options *o, const json_t *istio,
                        const json_t *ingress, struct facts *f, struct error **err) MC_WARN_UNUSED;

/* observe_nodes.c. Puts the nodes' addresses into the status of Services that istiod tells by them. */
int facts_add_nodes(struct kube_client *c, struct facts *f, struct error **err) MC_WARN_UNUSED;

#endif
