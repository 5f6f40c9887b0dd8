/* From rendered files to documents, hooks and the manifest's text (helm pkg/releaseutil/
 * manifest_sorter.go, pkg/action/action.go renderResources). */
#ifndef MESHCTL_HELM_MANIFEST_H
#define MESHCTL_HELM_MANIFEST_H

#include "document_split.h"
#include "meshctl/helm/render.h"

struct documents;

/* Fills objects, hooks and manifest of `out` from what was rendered. */
int manifest_build(struct documents *documents, int helm_major, struct chart_rendered *out,
                   struct error **err) MC_WARN_UNUSED;
/* hooks.c: when `head` has the hook annotation, fills in *ret_hook and returns 1 (2: its events are
 * unknown and Helm drops the document); 0 when it is no hook. */
int hook_read(const json_t *head, const char *path, struct split_text text,
              struct chart_hook *ret_hook);
void hook_release(struct chart_hook *hook);

#endif
