/* When the certificates that the mesh lives on end. */
#ifndef MESHCTL_PROBE_ENDS_H
#define MESHCTL_PROBE_ENDS_H

#include <time.h>

#include "meshctl/probe/probe.h"

/* Finding MC210: a warning when the root that ends last, or the certificate that istiod signs with, has
 * less than 30 days and less than a third of its life left: what renews itself does so earlier. Only
 * of Secret cacerts in Istio's form, which nobody renews by himself. What has ended is istiod's own
 * finding (ca/found.h). */
void ends_check(struct probe *p, time_t now);

#endif
