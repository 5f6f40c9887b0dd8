/* Services and who calls whom, as tables. */
#ifndef MESHCTL_REPORT_STATUS_SERVICES_H
#define MESHCTL_REPORT_STATUS_SERVICES_H

#include "meshctl/data/json.h"
#include "meshctl/ui/term.h"

/* A row a service and cluster; nothing where the document has none. */
void status_append_services(const struct term *term, const json_t *status, struct buf *out);
/* A row a caller and what it calls. */
void status_append_calls(const struct term *term, const json_t *status, struct buf *out);

#endif
