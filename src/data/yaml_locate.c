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

/* Moves *event on to the value under the key, and says where the key is. */
static bool enter_mapping(struct yaml_source *s, yaml_event_t *event, const char *wanted,
                          yaml_mark_t *ret_key, struct error **err)
{
    for (;;) {
        yaml_event_delete(event);
        if (yaml_source_next(s, event, err) < 0 || event->type == YAML_MAPPING_END_EVENT)
            return false;
        bool found = key_matches(s, event, wanted, err);
        *ret_key = event->start_mark;
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

bool yaml_locate_at(const char *text, size_t len, const char *const *path, size_t count,
                    bool at_key, size_t *ret_line, size_t *ret_column)
{
    AUTO_ERROR struct error *err = NULL;
    AUTO_YAML_SOURCE source = {0};
    AUTO_EVENT event = {0};
    yaml_mark_t key = {0};
    bool has_key = false;
    yaml_source_init(&source, text, len, "");
    if (!find_root(&source, &event, &err))
        return false;
    for (size_t i = 0; i < count; i++) {
        bool is_mapping = event.type == YAML_MAPPING_START_EVENT;
        bool entered = is_mapping ? enter_mapping(&source, &event, path[i], &key, &err)
                       : event.type == YAML_SEQUENCE_START_EVENT
                           ? enter_sequence(&source, &event, path[i], &err)
                           : false;
        if (!entered)
            return false;
        has_key = is_mapping;
    }
    const yaml_mark_t *mark = at_key && has_key ? &key : &event.start_mark;
    *ret_line = mark->line + 1;
    *ret_column = mark->column + 1;
    return true;
}

bool yaml_locate(const char *text, size_t len, size_t *ret_line, size_t *ret_column, ...)
{
    const char *path[YAML_MAX_PATH];
    size_t count = 0;
    va_list steps;
    va_start(steps, ret_column);
    for (const char *step; count < YAML_MAX_PATH && (step = va_arg(steps, const char *)) != NULL;)
        path[count++] = step;
    va_end(steps);
    return yaml_locate_at(text, len, path, count, false, ret_line, ret_column);
}
