/* libyaml's events with our errors: go-yaml's wording, and where in the text. One thread
 * at a time. */
#ifndef MESHCTL_DATA_YAML_SOURCE_H
#define MESHCTL_DATA_YAML_SOURCE_H

#include <stdbool.h>
#include <yaml.h>

#include "meshctl/base/error.h"
#include "yaml_input.h"

#define YAML_MAX_FLOW 64 /* nesting of flow collections that messages know about */

struct yaml_source {
    yaml_parser_t parser;
    const char *name; /* borrowed, as `text` is */
    const char *text;
    size_t len;
    struct yaml_input input;
    bool full_errors;      /* quote the text in messages as go-yaml does */
    bool has_slash_escape; /* "\\/" is somewhere in the text */
    size_t flow_depth;     /* flow collections around the next event, the innermost last */
    bool flow_is_map[YAML_MAX_FLOW];
    size_t seen, offset; /* marks count runes: a rune's number and where it begins */
};

void yaml_source_init(struct yaml_source *s, const char *text, size_t len, const char *name);
void yaml_source_release(struct yaml_source *s);
/* The next event, to be given to yaml_event_delete (AUTO_EVENT); *ret_event is empty on error. */
int yaml_source_next(struct yaml_source *s, yaml_event_t *ret_event, struct error **err)
    MC_WARN_UNUSED;
/* Where in the text the rune of that number begins; numbers must not fall from call to call. */
size_t yaml_source_offset(struct yaml_source *s, size_t index);
/* Sets the message with the mark as where; go-yaml's own begin with "yaml: ", those of the
 * conversion to JSON do not. Returns -1. The message must quote no scalar: it may be a secret. */
int yaml_source_fail(const struct yaml_source *s, const yaml_mark_t *mark, struct error **err,
                     const char *fmt, ...) MC_PRINTF(4, 5);

#define AUTO_EVENT MC_CLEANUP(yaml_event_delete) yaml_event_t
#define AUTO_YAML_SOURCE MC_CLEANUP(yaml_source_release) struct yaml_source

#endif
