/* Line and column of a value within a YAML text. */
#include "meshctl/data/yaml.h"

#include <stdlib.h>
#include <string.h>

#include "yaml_key.h"
#include "yaml_source.h"

/* Reads to the end of the value that began with `event`; gives up on one that yaml_read would not
 * have taken. */
static bool skip_value(struct yaml_source *s, const yaml_event_t *event, struct error **err)
{
    size_t depth = 0;
    yaml_event_type_t type = event->type;
    for (;;) {
        if (type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT)
            depth++;
        if (type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT)
            depth--;
        if (depth == 0 || depth > YAML_MAX_DEPTH)
            return depth == 0;
        AUTO_EVENT next = {0};
        if (yaml_source_next(s, &next, err) < 0)
            return false;
        type = next.type;
    }
}

static bool key_matches(const struct yaml_source *s, const yaml_event_t *event, const char *wanted,
                        struct error **err)
{
    struct yaml_key key;
    if (event->type != YAML_SCALAR_EVENT || yaml_key_of_scalar(s, event, &key, err) < 0)
        return false;
    return key.len == strlen(wanted) && memcmp(key.text, wanted, key.len) == 0;
}

/* Moves *event on to the value under the key. */
static bool enter_mapping(struct yaml_source *s, yaml_event_t *event, const char *wanted,
                          struct error **err)
{
    for (;;) {
        yaml_event_delete(event);
        if (yaml_source_next(s, event, err) < 0 || event->type == YAML_MAPPING_END_EVENT)
            return false;
        bool found = key_matches(s, event, wanted, err);
        if (*err || !skip_value(s, event, err))
            return false;
        yaml_event_delete(event);
        if (yaml_source_next(s, event, err) < 0)
            return false;
        if (found)
            return true;
        if (!skip_value(s, event, err))
            return false;
    }
}

static bool enter_sequence(struct yaml_source *s, yaml_event_t *event, const char *wanted,
                           struct error **err)
{
    if (!*wanted || strspn(wanted, "0123456789") != strlen(wanted))
        return false;
    for (unsigned long left = strtoul(wanted, NULL, 10);; left--) {
        yaml_event_delete(event);
        if (yaml_source_next(s, event, err) < 0 || event->type == YAML_SEQUENCE_END_EVENT)
            return false;
        if (left == 0)
            return true;
        if (!skip_value(s, event, err))
            return false;
    }
}

static bool find_root(struct yaml_source *s, yaml_event_t *event, struct error **err)
{
    for (;;) {
        yaml_event_delete(event);
        if (yaml_source_next(s, event, err) < 0)
            return false;
        switch (event->type) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_START_EVENT:
            break;
        case YAML_STREAM_END_EVENT:
        case YAML_NO_EVENT:
            return false;
        default:
            return true;
        }
    }
}

static bool locate(const char *text, size_t len, va_list path, yaml_mark_t *ret_mark)
{
    AUTO_ERROR struct error *err = NULL;
    AUTO_YAML_SOURCE source = {0};
    AUTO_EVENT event = {0};
    const char *step;
    yaml_source_init(&source, text, len, "");
    if (!find_root(&source, &event, &err))
        return false;
    while ((step = va_arg(path, const char *)) != NULL) {
        bool entered =
            event.type == YAML_MAPPING_START_EVENT    ? enter_mapping(&source, &event, step, &err)
            : event.type == YAML_SEQUENCE_START_EVENT ? enter_sequence(&source, &event, step, &err)
                                                      : false;
        if (!entered)
            return false;
    }
    *ret_mark = event.start_mark;
    return true;
}

bool yaml_locate(const char *text, size_t len, size_t *ret_line, size_t *ret_column, ...)
{
    yaml_mark_t mark;
    va_list path;
    va_start(path, ret_column);
    bool found = locate(text, len, path, &mark);
    va_end(path);
    if (found) {
        *ret_line = mark.line + 1;
        *ret_column = mark.column + 1;
    }
    return found;
}
