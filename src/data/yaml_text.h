/* Writes one string in a given style, folded at 80 columns where that is allowed. */
#ifndef MESHCTL_DATA_YAML_TEXT_H
#define MESHCTL_DATA_YAML_TEXT_H

#include "yaml_emit.h"
#include "yaml_style.h"

/* `may_fold` is false for simple keys. The text is UTF-8 and fits the style. */
void yaml_text_write(struct yaml_emitter *e, const char *text, size_t len, enum yaml_style style,
                     bool may_fold);

#endif
