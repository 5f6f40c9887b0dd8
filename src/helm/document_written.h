/* What toYaml wrote during a render. Charts that write whole objects with it (Istio's base, nearly
 * a megabyte of custom resource definitions) would have the same text parsed again only to learn
 * the object's kind and name, which were known when it was written. */
#ifndef MESHCTL_HELM_DOCUMENT_WRITTEN_H
#define MESHCTL_HELM_DOCUMENT_WRITTEN_H

#include "document_split.h"
#include "meshctl/value/value.h"

#define WRITTEN_MIN_BYTES 2048 /* of a text that is worth keeping in mind */
#define WRITTEN_MAX 1024       /* texts kept in mind; those that follow are parsed */

struct written_text {
    struct tval_string text;
    json_t *head;
};

struct written {
    struct written_text *items;
    size_t count, cap;
};

void written_release(struct written *w);
/* For helm_engine_options.on_yaml: `value` was written as `text`, which must stay as long as `w`.
 * Kept in mind only when reading it again can give nothing but the value: see written.c. */
void written_add(struct written *w, struct arena *a, struct tval value, struct tval_string text);
/* A document that is one of these texts, with comments before and blanks around it: of its keys
 * those that Helm looks at. Borrowed; NULL when it has to be parsed, and for a NULL `w`. */
const json_t *written_find(const struct written *w, struct split_text document);

#endif
