/* A rendered file into its YAML documents, byte for byte as Helm cuts it
 * (pkg/releaseutil/manifest.go 3.22, pkg/release/v1/util/manifest.go 4.3). */
#ifndef MESHCTL_HELM_DOCUMENT_SPLIT_H
#define MESHCTL_HELM_DOCUMENT_SPLIT_H

#include <stddef.h>

/* Bytes of the text that was split; no NUL behind them. */
struct split_text {
    const char *s;
    size_t len;
};

struct split_texts {
    struct split_text *items;
    size_t count, cap;
};

#define SPLIT_MAX_DOCUMENTS 100000 /* of a render; a chart has some hundreds */

void split_texts_release(struct split_texts *texts);
/* Appends the documents; they are as long good as `text`. Past SPLIT_MAX_DOCUMENTS it ends with one
 * more. */
void split_manifests(const char *text, size_t len, int helm_major, struct split_texts *documents);

#endif
