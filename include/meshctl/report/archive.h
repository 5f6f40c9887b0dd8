/* What somebody gets who shall find a fault in a mesh: files in memory as one archive, and the page to
 * begin with. */
#ifndef MESHCTL_REPORT_ARCHIVE_H
#define MESHCTL_REPORT_ARCHIVE_H

#include <time.h>

#include "meshctl/base/files.h"
#include "meshctl/data/json.h"

/* Whether one can be made: to be asked before all that takes its time. */
int report_archive_ready(struct error **err) MC_WARN_UNUSED;
/* The files as a gzipped tar (POSIX pax), all below `folder`, made at `now`, and of nobody: readable for
 * all where they are unpacked. */
int report_archive(const struct files *files, const char *folder, time_t now, struct buf *out,
                   struct error **err) MC_WARN_UNUSED;

/* index.html: what is wrong, the picture, all that was checked, what is in the archive and what is not. A
 * page that needs nothing but itself. `checks`: what steps_checks gives, `status` the document of a picture
 * (picture.h). */
void report_index(const json_t *checks, const json_t *status, const struct files *files,
                  struct buf *out);
/* For programs: {files[] {path, bytes}, missing[]}. New reference. */
json_t *report_contents(const struct files *files);

#endif
