/* The large text that fromYaml read last, with its value: charts read a document once for its name
 * and again to change it, and the parser is what takes their time. One thread at a time. */
#ifndef MESHCTL_TMPL_YAML_MEMO_H
#define MESHCTL_TMPL_YAML_MEMO_H

#include "meshctl/data/yaml.h"

#define YAML_MEMO_LEAST                                                                            \
    ((size_t)4 * 1024) /* a smaller text is cheap, and would drive a large out */
#define YAML_MEMO_MOST ((size_t)4 * 1024 * 1024)

struct yaml_memo {
    char *text; /* NULL when nothing is kept */
    size_t len;
    json_t *value;
};

/* yaml_read as fromYaml calls it. The value may be shared: it must not be changed. */
int yaml_memo_read(struct yaml_memo *memo, const char *text, size_t len, json_t **ret_value,
                   struct error **err) MC_WARN_UNUSED;
/* Leaves an empty one. */
void yaml_memo_release(struct yaml_memo *memo);

#endif
