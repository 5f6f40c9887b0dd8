/* The YAML documents of the rendered files, and what is read of them. Reading them is half the work
 * of a render, and no document needs another one: a worker reads while the templates that follow
 * still run, and helps with what is left when all have run. */
#ifndef MESHCTL_HELM_DOCUMENTS_H
#define MESHCTL_HELM_DOCUMENTS_H

#include "document_split.h"
#include "document_written.h"
#include "meshctl/base/worker.h"

struct documents_options {
    int helm_major;
    bool keep_objects;
    const struct written *written; /* what toYaml wrote, or NULL; used by the adding thread only */
};

struct document {
    struct worker_job job;
    const struct documents_options *options;
    const char *path; /* of its file */
    struct split_text text;
    json_t *head;   /* apiVersion, kind, metadata.name and .annotations; NULL with an error */
    json_t *object; /* with keep_objects: NULL when the document is no mapping */
    struct error *error;
};

struct documents;

/* `worker` outlives it; both are borrowed. */
struct documents *documents_new(const struct documents_options *options, struct worker *worker);
/* Also in the middle of the work: what was not read yet is not read any more. */
void documents_free(struct documents *d);
/* The documents of one file, which are read from now on. Takes `text`; files whose name begins with
 * "_" and blank ones have none. */
void documents_add_take(struct documents *d, const char *path, char *text, size_t len);
/* All of them when all are read, in the order of their paths and places; up to the first error,
 * which is told as Helm does ("YAML parse error on PATH: ..."). The array is borrowed; head and
 * object may be taken out of it. */
int documents_finish(struct documents *d, struct document ***ret_documents, size_t *ret_count,
                     struct error **err) MC_WARN_UNUSED;

MC_DEFINE_CLEANUP(documents_cleanup, struct documents, documents_free);

#endif
