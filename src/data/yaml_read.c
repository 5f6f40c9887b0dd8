/* From libyaml's events to JSON values: mappings, merge keys, documents. */
#include "meshctl/data/yaml.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/budget.h"
#include "meshctl/base/text.h"
#include "yaml_anchor.h"
#include "yaml_gosyntax.h"
#include "yaml_key.h"
#include "yaml_repair.h"
#include "yaml_scalar.h"
#include "yaml_source.h"

#define YAML_MAX_QUOTED ((size_t)1024 * 1024) /* bytes of a message that quotes a value */
#define YAML_NODE_BYTES ((size_t)256) /* that a copy of one takes at the most, its text left out */
#define UNFIT_KEY "\x01"              /* of what has a key that JSON cannot hold */

/* Values are made straight from the events. go-yaml v2 first builds a tree of nodes and then
 * decodes it; where that shows (aliases, merge keys, their limits) the comment
 * names its function. */
struct composer {
    struct yaml_source source;
    struct yaml_anchors anchors;
    unsigned flags;
    size_t nodes;       /* go-yaml's decodeCount */
    size_t alias_nodes; /* of these, made by expanding aliases */
    bool is_final;      /* the error found is one that no later error in the syntax replaces */
    /* The first error of the conversion to JSON, which go-yaml's own come before, and what stands
     * for all that JSON cannot hold: it may yet be overwritten by a later value. */
    struct error *deferred;
    json_t *unfit;
};

static void composer_release(struct composer *c)
{
    error_clear(&c->deferred);
    json_decref(c->unfit);
    yaml_anchors_release(&c->anchors);
    yaml_source_release(&c->source);
}

/* True when the error is one of the conversion to JSON: it is kept for the end of the document. */
static bool defer(struct composer *c, struct error **err)
{
    if (budget_is_over() || text_has_prefix((*err)->message, "yaml: "))
        return false;
    if (c->deferred) {
        error_clear(err);
    } else {
        c->deferred = TAKE(*err);
        c->unfit = json_string("");
    }
    return true;
}

static int compose(struct composer *c, const yaml_event_t *event, size_t depth,
                   struct yaml_composed *ret, struct error **err);

/* go-yaml v2 decode.go allowedAliasRatio: 99% of a small document may come from aliases, of a large
 * one 10%. */
static double allowed_alias_ratio(size_t nodes)
{
    const double low = 400000, high = 4000000;
    if ((double)nodes <= low)
        return 0.99;
    if ((double)nodes >= high)
        return 0.10;
    return 0.99 - 0.89 * (((double)nodes - low) / (high - low));
}

static int count_alias(struct composer *c, const struct yaml_composed *target,
                       const yaml_mark_t *mark, struct error **err)
{
    c->nodes += target->nodes;
    c->alias_nodes += target->nodes;
    bool over_ratio = c->alias_nodes > 100 && c->nodes > 1000 &&
                      (double)c->alias_nodes / (double)c->nodes > allowed_alias_ratio(c->nodes);
    if (over_ratio || c->alias_nodes > YAML_MAX_ALIAS_NODES)
        return yaml_source_fail(&c->source, mark, err,
                                "yaml: document contains excessive aliasing");
    return 0;
}

/* The anchor's value, borrowed, after all limits were checked for using it at this depth. */
static int follow_alias(struct composer *c, const yaml_event_t *event, size_t depth,
                        const struct yaml_composed **ret_target, struct error **err)
{
    const char *name = (const char *)event->data.alias.anchor;
    const struct yaml_anchor *anchor = yaml_anchor_find(&c->anchors, name);
    /* go-yaml notices this while it parses, unlike all else about values. */
    c->is_final = !anchor;
    if (!anchor)
        return yaml_source_fail(&c->source, &event->start_mark, err,
                                "yaml: unknown anchor '%s' referenced", name);
    if (anchor->open)
        return yaml_source_fail(&c->source, &event->start_mark, err,
                                "yaml: anchor '%s' value contains itself", name);
    c->nodes++;
    if (count_alias(c, &anchor->target, &event->start_mark, err) < 0)
        return -1;
    if (depth + anchor->target.height > YAML_MAX_DEPTH)
        return yaml_source_fail(&c->source, &event->start_mark, err,
                                "yaml: exceeded max depth of %d", YAML_MAX_DEPTH);
    *ret_target = &anchor->target;
    return 0;
}

/* Stores under a key; go-yaml v2 decode.go setMapIndex names the line of the value. */
static int put_item(struct composer *c, json_t *object, const char *key, size_t len, json_t *value,
                    const yaml_mark_t *mark, struct error **err)
{
    if ((c->flags & YAML_STRICT_KEYS) && json_object_getn(object, key, len)) {
        AUTO_BUF shown = BUF_INIT_MAX(80);
        text_append_clean(&shown, key, len);
        json_decref(value);
        return yaml_source_fail(&c->source, mark, err,
                                "yaml: line %zu: key \"%s\" already set in map", mark->line + 1,
                                buf_str(&shown));
    }
    json_object_setn_new_nocheck(object, key, len, value);
    return 0;
}

/* Every item of `from` over those of `object`: go-yaml merges where the "<<" stands, so that it
 * overrides what stood before and is overridden by what follows. */
static int merge_object(struct composer *c, json_t *object, const json_t *from,
                        const yaml_mark_t *mark, struct error **err)
{
    for (void *it = json_object_iter((json_t *)from); it;
         it = json_object_iter_next((json_t *)from, it)) {
        json_t *copy = yaml_copy(json_object_iter_value(it));
        if (put_item(c, object, json_object_iter_key(it), json_object_iter_key_len(it), copy, mark,
                     err) < 0)
            return -1;
    }
    return 0;
}

/* go-yaml v2 decode.go merge: a mapping, an alias of one, or a list of these of which the earlier
 * ones win. */
static int compose_merge(struct composer *c, json_t *object, size_t depth,
                         struct yaml_composed *parent, struct error **err)
{
    AUTO_EVENT event = {0};
    if (yaml_source_next(&c->source, &event, err) < 0)
        return -1;
    bool in_list = event.type == YAML_SEQUENCE_START_EVENT;
    AUTO_COMPOSED value = {0};
    if (compose(c, &event, depth, &value, err) < 0)
        return -1;
    yaml_composed_grow(parent, &value);
    size_t count = in_list ? json_array_size(value.json) : 1;
    for (size_t i = count; i-- > 0;) {
        const json_t *from = in_list ? json_array_get(value.json, i) : value.json;
        if (!json_is_object(from))
            return yaml_source_fail(
                &c->source, &event.start_mark, err,
                "yaml: map merge requires map or sequence of maps as the value");
        if (merge_object(c, object, from, &event.start_mark, err) < 0)
            return -1;
    }
    return 0;
}

/* What JSON cannot hold is null until the end. */
static int scalar_json(struct composer *c, const yaml_event_t *event, json_t **ret_value,
                       struct error **err)
{
    if (yaml_scalar_json(&c->source, event, c->flags, ret_value, err) == 0)
        return 0;
    if (!defer(c, err))
        return -1;
    *ret_value = json_incref(c->unfit);
    return 0;
}

/* A collection as a key. What is wrong inside it is told first. */
static int refuse_key(struct composer *c, const yaml_event_t *event, size_t depth,
                      struct error **err)
{
    AUTO_COMPOSED key = {0};
    AUTO_BUF text = BUF_INIT_MAX(YAML_MAX_QUOTED);
    if (compose(c, event, depth, &key, err) < 0)
        return -1;
    if (c->source.full_errors)
        yaml_go_syntax(&text, key.json);
    else
        buf_appends(&text, "a mapping or a sequence");
    return yaml_source_fail(&c->source, &event->start_mark, err, "yaml: invalid map key: %s",
                            buf_str(&text));
}

static int compose_key(struct composer *c, const yaml_event_t *event, size_t depth,
                       struct yaml_key *ret_key, struct error **err)
{
    const struct yaml_composed *target;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        if (follow_alias(c, event, depth, &target, err) < 0)
            return -1;
        return yaml_key_of_json(&c->source, event, target->json, ret_key, err);
    case YAML_SCALAR_EVENT:
        c->nodes++;
        if (event->data.scalar.anchor) {
            AUTO_COMPOSED copy = {.nodes = 1};
            if (scalar_json(c, event, &copy.json, err) < 0)
                return -1;
            const char *anchor = (const char *)event->data.scalar.anchor;
            yaml_anchor_close(&c->anchors, anchor, yaml_anchor_open(&c->anchors, anchor), &copy);
        }
        return yaml_key_of_scalar(&c->source, event, ret_key, err);
    default:
        return refuse_key(c, event, depth, err);
    }
}

static bool is_merge_key(const yaml_event_t *event)
{
    if (event->type != YAML_SCALAR_EVENT || strcmp((char *)event->data.scalar.value, "<<") != 0)
        return false;
    const char *tag = (const char *)event->data.scalar.tag;
    return event->data.scalar.plain_implicit || (tag && strcmp(tag, YAML_TAG_PREFIX "merge") == 0);
}

/* sigs.k8s.io/yaml names the value under a key that it cannot use. The error is still the first of
 * the conversion to JSON. */
static void tell_of_key(struct composer *c, const struct yaml_composed *value)
{
    static const char without_key[] = "unsupported map key of type: null";
    AUTO_BUF text = BUF_INIT_MAX(YAML_MAX_QUOTED);
    struct error *err = c->deferred;
    if (!c->source.full_errors || strcmp(err->message, without_key) != 0)
        return;
    buf_appends(&text, "unsupported map key of type: %!s(<nil>), key: <nil>, value: ");
    yaml_go_syntax(&text, value->json);
    free(err->message);
    err->message = buf_detach(&text, NULL);
}

static int compose_item(struct composer *c, const yaml_event_t *key_event, size_t depth,
                        struct yaml_composed *parent, struct error **err)
{
    struct yaml_key key;
    AUTO_COMPOSED value = {0};
    AUTO_EVENT event = {0};
    bool no_key = compose_key(c, key_event, depth, &key, err) < 0;
    if (no_key && !defer(c, err))
        return -1;
    if (yaml_source_next(&c->source, &event, err) < 0 || compose(c, &event, depth, &value, err) < 0)
        return -1;
    if (no_key) {
        tell_of_key(c, &value);
        return json_object_set(parent->json, UNFIT_KEY, c->unfit);
    }
    parent->nodes++;
    yaml_composed_grow(parent, &value);
    return put_item(c, parent->json, key.text, key.len, TAKE(value.json), &event.start_mark, err);
}

static int compose_mapping(struct composer *c, size_t depth, struct yaml_composed *ret,
                           struct error **err)
{
    ret->json = json_object();
    for (;;) {
        AUTO_EVENT event = {0};
        if (yaml_source_next(&c->source, &event, err) < 0)
            return -1;
        if (event.type == YAML_MAPPING_END_EVENT)
            return 0;
        int rc = is_merge_key(&event) ? compose_merge(c, ret->json, depth + 1, ret, err)
                                      : compose_item(c, &event, depth + 1, ret, err);
        if (rc < 0)
            return -1;
    }
}

static int compose_sequence(struct composer *c, size_t depth, struct yaml_composed *ret,
                            struct error **err)
{
    ret->json = json_array();
    for (;;) {
        AUTO_EVENT event = {0};
        AUTO_COMPOSED item = {0};
        if (yaml_source_next(&c->source, &event, err) < 0)
            return -1;
        if (event.type == YAML_SEQUENCE_END_EVENT)
            return 0;
        if (compose(c, &event, depth + 1, &item, err) < 0)
            return -1;
        yaml_composed_grow(ret, &item);
        json_array_append_new(ret->json, TAKE(item.json));
    }
}

static int compose_alias(struct composer *c, const yaml_event_t *event, size_t depth,
                         struct yaml_composed *ret, struct error **err)
{
    const struct yaml_composed *target;
    if (follow_alias(c, event, depth, &target, err) < 0)
        return -1;
    if (json_check_room(target->nodes * YAML_NODE_BYTES, err) < 0) {
        c->is_final = true;
        return error_where(err, "%s:%zu", c->source.name, event->start_mark.line + 1);
    }
    *ret = (struct yaml_composed){yaml_copy(target->json), target->nodes + 1, target->height};
    return 0;
}

static const char *anchor_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return (const char *)event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return (const char *)event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return (const char *)event->data.mapping_start.anchor;
    default:
        return NULL;
    }
}

/* The value that begins with `event`. `depth` is how many collections are around it. */
static int compose(struct composer *c, const yaml_event_t *event, size_t depth,
                   struct yaml_composed *ret, struct error **err)
{
    if (event->type == YAML_ALIAS_EVENT)
        return compose_alias(c, event, depth, ret, err);
    if (depth > YAML_MAX_DEPTH) {
        c->is_final = true;
        return yaml_source_fail(&c->source, &event->start_mark, err,
                                "yaml: exceeded max depth of %d", YAML_MAX_DEPTH);
    }
    if (json_check_room(0, err) < 0) {
        c->is_final = true;
        return error_where(err, "%s:%zu", c->source.name, event->start_mark.line + 1);
    }
    const char *anchor = anchor_of(event);
    struct yaml_composed made = {.nodes = 1};
    if (budget_look()) {
        c->is_final = true;
        return budget_fail(err);
    }
    c->nodes++;
    size_t use = anchor ? yaml_anchor_open(&c->anchors, anchor) : 0;
    int rc = event->type == YAML_MAPPING_START_EVENT    ? compose_mapping(c, depth, &made, err)
             : event->type == YAML_SEQUENCE_START_EVENT ? compose_sequence(c, depth, &made, err)
                                                        : scalar_json(c, event, &made.json, err);
    if (rc < 0) {
        json_decref(made.json);
        return -1;
    }
    if (anchor)
        yaml_anchor_close(&c->anchors, anchor, use, &made);
    *ret = made;
    return 0;
}

/* go-yaml has the whole document parsed before it looks at values: an error in the syntax behind
 * one in a value is the one that it names, and so is an alias of what has no name. */
static int prefer_syntax_error(struct composer *c, struct error **err)
{
    struct error *later = NULL;
    if (c->source.parser.error != YAML_NO_ERROR || c->is_final)
        return -1;
    /* libyaml takes quadratic time for deeply nested flow collections. */
    for (size_t depth = 0; depth <= YAML_MAX_DEPTH && !budget_look();) {
        AUTO_EVENT event = {0};
        if (yaml_source_next(&c->source, &event, &later) < 0) {
            error_free(*err);
            *err = later;
            return -1;
        }
        if (event.type == YAML_DOCUMENT_END_EVENT || event.type == YAML_STREAM_END_EVENT ||
            event.type == YAML_NO_EVENT)
            return -1;
        if (anchor_of(&event))
            yaml_anchor_open(&c->anchors, anchor_of(&event));
        if (event.type == YAML_ALIAS_EVENT &&
            !yaml_anchor_find(&c->anchors, (const char *)event.data.alias.anchor)) {
            error_clear(err);
            const struct yaml_composed *target;
            return follow_alias(c, &event, 0, &target, err);
        }
        if (event.type == YAML_MAPPING_START_EVENT || event.type == YAML_SEQUENCE_START_EVENT)
            depth++;
        else if (depth &&
                 (event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT))
            depth--;
    }
    return -1;
}

/* Whether `wanted` itself is in the value. */
static bool holds(const json_t *value, const json_t *wanted)
{
    size_t i;
    const char *key;
    json_t *item;
    if (value == wanted)
        return true;
    json_array_foreach(value, i, item)
        if (holds(item, wanted))
            return true;
    json_object_foreach((json_t *)value, key, item)
        if (holds(item, wanted))
            return true;
    return false;
}

/* The next document; *ret_value stays NULL at the end of the stream. */
static int compose_document(struct composer *c, json_t **ret_value, struct error **err)
{
    AUTO_COMPOSED value = {0};
    for (;;) {
        AUTO_EVENT event = {0};
        if (yaml_source_next(&c->source, &event, err) < 0)
            return -1;
        switch (event.type) {
        case YAML_STREAM_START_EVENT:
            break;
        case YAML_DOCUMENT_START_EVENT:
            yaml_anchors_release(&c->anchors);
            c->nodes = 1;
            c->alias_nodes = 0;
            break;
        case YAML_DOCUMENT_END_EVENT:
            if (c->deferred && holds(value.json, c->unfit)) {
                *err = TAKE(c->deferred);
                return -1;
            }
            *ret_value = TAKE(value.json);
            return 0;
        case YAML_STREAM_END_EVENT:
        case YAML_NO_EVENT:
            return 0;
        default:
            if (compose(c, &event, 0, &value, err) < 0)
                return prefer_syntax_error(c, err);
        }
    }
}

typedef int read_fn(struct composer *c, json_t **ret_value, struct error **err);

static int read_first(struct composer *c, json_t **ret_value, struct error **err)
{
    json_t *value = NULL;
    if (compose_document(c, &value, err) < 0)
        return -1;
    *ret_value = value ? value : json_null();
    return 0;
}

static int read_all(struct composer *c, json_t **ret_array, struct error **err)
{
    json_auto_t *documents = json_array();
    for (;;) {
        json_auto_t *value = NULL;
        if (compose_document(c, &value, err) < 0)
            return -1;
        if (!value)
            break;
        if (!json_is_null(value))
            json_array_append(documents, value);
    }
    *ret_array = TAKE(documents);
    return 0;
}

/* Reads, and again after each repair that the text allows. */
static int read_text(const char *text, size_t len, const char *name, unsigned flags, read_fn *read,
                     json_t **ret_value, struct error **err)
{
    AUTO_SECRET_BUF repaired = BUF_INIT;
    if (len > JSON_MAX_TEXT)
        return error_set(err, ERROR_INPUT,
                         "%s: YAML text of %zu bytes is larger than the limit of %zu", name, len,
                         JSON_MAX_TEXT);
    for (int repairs = 0;; repairs++) {
        MC_CLEANUP(composer_release) struct composer c = {.flags = flags};
        struct buf next = BUF_INIT;
        yaml_source_init(&c.source, text, len, name);
        c.source.full_errors = flags & YAML_FULL_ERRORS;
        if (read(&c, ret_value, err) == 0)
            return 0;
        if (repairs == YAML_MAX_REPAIRS || budget_is_over() || !yaml_repair(&c.source, &next))
            return -1;
        error_clear(err);
        buf_release_secret(&repaired);
        repaired = next;
        text = repaired.data;
        len = repaired.len;
    }
}

int yaml_read(const char *text, size_t len, const char *name, unsigned flags, json_t **ret_value,
              struct error **err)
{
    return read_text(text, len, name, flags, read_first, ret_value, err);
}

int yaml_read_all(const char *text, size_t len, const char *name, unsigned flags,
                  json_t **ret_array, struct error **err)
{
    return read_text(text, len, name, flags, read_all, ret_array, err);
}
