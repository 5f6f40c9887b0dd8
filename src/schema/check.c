/* A value against one compiled schema (validator.go): types, strings, numbers, what applies
 * others. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/budget.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/strconv.h"

/* --- errors --- */

static const char *path_text(struct arena *a, const struct schema_path *path)
{
    AUTO_BUF out = BUF_INIT;
    size_t count = 0;
    for (const struct schema_path *p = path; p; p = p->parent)
        count++;
    AUTO_FREE const struct schema_path **steps = mem_array(count + 1, sizeof(*steps));
    for (const struct schema_path *p = path; p; p = p->parent)
        steps[--count] = p;
    for (size_t i = 0; steps[i]; i++) {
        if (!steps[i]->key) {
            buf_appendf(&out, "/%zu", steps[i]->place);
            continue;
        }
        buf_appends(&out, schema_pointer_append(a, "", steps[i]->key));
    }
    return arena_strndup(a, buf_str(&out), out.len);
}

struct schema_error *schema_error_new(struct schema_frame *f, const char *fmt, ...)
{
    struct schema_error *e = arena_alloc(f->c->a, sizeof(*e));
    e->path = e->message = "";
    if (f->quiet)
        return e;
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    e->path = path_text(f->c->a, f->path);
    e->message = arena_strdup(f->c->a, text);
    return e;
}

void schema_error_add(struct arena *a, struct schema_error *to, struct schema_error *cause)
{
    if (!cause)
        return;
    if (to->count == to->cap) {
        size_t cap = to->cap ? 2 * to->cap : 4;
        struct schema_error **causes = arena_alloc(a, cap * sizeof(struct schema_error *));
        if (to->count)
            memcpy(causes, to->causes, to->count * sizeof(struct schema_error *));
        to->causes = causes;
        to->cap = cap;
    }
    to->causes[to->count++] = cause;
}

void schema_error_adopt(struct schema_error *e, const struct schema_error *from)
{
    e->causes = from->causes;
    e->count = from->count;
    e->cap = from->cap;
}

void schema_frame_add(struct schema_frame *f, struct schema_error *e)
{
    schema_error_add(f->c->a, &f->errors, e);
}

bool schema_frame_done(const struct schema_frame *f)
{
    return f->c->broken || (f->quiet && f->errors.count);
}

/* --- what was evaluated --- */

/* unevalFrom: members that unevaluatedProperties or unevaluatedItems, here or in the schema that
 * led here, may have to look at. */
static void uneval_start(struct schema_frame *f, bool caller_needs)
{
    const struct schema *s = f->schema;
    size_t from = 0, count = f->value->count;
    bool needs;
    if (f->value->type == SCHEMA_OBJECT)
        needs = !s->all_props_evaluated && (caller_needs || s->unevaluated_properties);
    else
        needs = f->value->type == SCHEMA_ARRAY && !s->all_items_evaluated &&
                (caller_needs || s->unevaluated_items) && s->num_items_evaluated < count;
    f->uneval = (struct schema_uneval){NULL, count, 0};
    if (!needs || !count)
        return;
    if (f->value->type == SCHEMA_ARRAY)
        from = s->num_items_evaluated;
    f->uneval.left = arena_alloc(f->c->a, count * sizeof(bool));
    for (size_t i = from; i < count; i++)
        f->uneval.left[i] = true;
    f->uneval.remaining = count - from;
}

void schema_uneval_clear(struct schema_uneval *u, size_t place)
{
    if (!u->left || !u->left[place])
        return;
    u->left[place] = false;
    u->remaining--;
}

static void uneval_merge(struct schema_uneval *u, const struct schema_uneval *other)
{
    for (size_t i = 0; u->remaining && i < u->count; i++)
        if (!other->left || !other->left[i])
            schema_uneval_clear(u, i);
}

/* --- applying --- */

static struct schema_error *validate(struct schema_frame *f);

/* validator.go handleMeta: inside a schema, a part with its own $id and $schema has its own
 * metaschema. */
static void choose_meta(struct schema_frame *f)
{
    const struct schema_doc *doc = f->c->resources;
    if (!doc || f->schema != f->meta || doc->count < 2)
        return;
    const char *pointer = path_text(f->c->a, f->path);
    for (size_t i = 0; i < doc->count; i++) {
        struct schema *meta;
        if (strcmp(doc->resources[i].pointer, pointer) != 0)
            continue;
        if (!schema_compile(f->c->set, schema_meta_url(doc->resources[i].draft), &meta,
                            &f->c->broken))
            f->schema = f->meta = meta;
        return;
    }
}

static struct schema_error *run(struct schema_frame *f, bool caller_needs)
{
    struct schema_check *c = f->c;
    if (c->broken)
        return NULL;
    if (++c->set->steps > SCHEMA_MAX_STEPS || c->depth >= SCHEMA_MAX_DEPTH) {
        schema_too_large(&c->broken);
        return NULL;
    }
    if (budget_check(&c->broken) < 0)
        return NULL;
    uneval_start(f, caller_needs);
    choose_meta(f);
    c->depth++;
    struct schema_error *e = validate(f);
    c->depth--;
    return e;
}

struct schema_error *schema_apply_self(struct schema_frame *f, struct schema *schema,
                                       const char *keyword, bool quiet)
{
    struct schema_frame inner = {
        .c = f->c,
        .value = f->value,
        .path = f->path,
        .schema = schema,
        .scope = {&f->scope, schema, keyword, f->scope.level},
        .quiet = f->quiet || quiet,
        .meta = f->meta,
    };
    struct schema_error *e = run(&inner, f->uneval.remaining > 0);
    if (!e)
        uneval_merge(&f->uneval, &inner.uneval);
    return e;
}

struct schema_error *schema_apply_member(struct schema_frame *f, struct schema *schema,
                                         const struct schema_value *member, const char *key,
                                         size_t place)
{
    const struct schema_path path = {f->path, key, place};
    struct schema_frame inner = {
        .c = f->c,
        .value = member,
        .path = &path,
        .schema = schema,
        .scope = {&f->scope, schema, NULL, f->scope.level + 1},
        .quiet = f->quiet,
        .meta = f->meta,
    };
    return run(&inner, false);
}

bool schema_apply_apart(struct schema_frame *f, struct schema *schema,
                        const struct schema_value *value, struct schema_error *e)
{
    struct schema_frame inner = {
        .c = f->c,
        .value = value,
        .schema = schema,
        .scope = {NULL, schema, NULL, 0},
        .meta = f->meta,
    };
    struct schema_error *cause = run(&inner, false);
    if (cause && cause->is_group)
        schema_error_adopt(e, cause);
    else
        schema_error_add(f->c->a, e, cause);
    return cause != NULL;
}

bool schema_regex_matches(struct schema_frame *f, struct regex *regex, struct schema_text text)
{
    const size_t *offsets;
    if (f->c->broken)
        return false;
    return regex_match(regex, text.data, text.len, 0, &offsets, &f->c->broken) > 0;
}

/* --- keywords of any value --- */

static const char *show_types(struct arena *a, unsigned types)
{
    AUTO_BUF out = BUF_INIT;
    for (unsigned type = SCHEMA_NULL; type <= SCHEMA_OBJECT; type <<= 1)
        if (types & type)
            buf_appendf(&out, "%s%s", out.len ? " or " : "",
                        schema_type_name((enum schema_type)type));
    return arena_strndup(a, buf_str(&out), out.len);
}

static struct schema_error *check_type(struct schema_frame *f)
{
    const struct schema *s = f->schema;
    const struct schema_value *v = f->value;
    struct schema_number n;
    if (!s->types || s->types & v->type)
        return NULL;
    if (v->type == SCHEMA_NUMBER && s->types & SCHEMA_INTEGER &&
        schema_number_parse(f->c->a, v->text, &n) && schema_number_is_integer(&n))
        return NULL;
    return schema_error_new(f, "got %s, want %s", schema_type_name(v->type),
                            show_types(f->c->a, s->types));
}

static bool is_compound(const struct schema_value *v)
{
    return v->type == SCHEMA_OBJECT || v->type == SCHEMA_ARRAY;
}

static struct schema_error *check_enum(struct schema_frame *f)
{
    const struct schema_value *list = f->schema->enum_;
    bool plain = true;
    for (size_t i = 0; i < list->count && !budget_is_over(); i++) {
        if (schema_value_equal(f->c->a, f->value, &list->items[i]))
            return NULL;
        plain = plain && !is_compound(&list->items[i]);
    }
    if (f->quiet || !plain)
        return schema_error_new(f, "'enum' failed");
    AUTO_BUF names = BUF_INIT;
    for (size_t i = 0; i < list->count; i++)
        buf_appendf(&names, "%s%s", i ? ", " : "", schema_display(f->c->a, &list->items[i]));
    return schema_error_new(f, "value must be %s%s", list->count == 1 ? "" : "one of ",
                            buf_str(&names));
}

static struct schema_error *check_const(struct schema_frame *f)
{
    const struct schema_value *want = f->schema->const_;
    if (schema_value_equal(f->c->a, f->value, want))
        return NULL;
    if (is_compound(want))
        return schema_error_new(f, "'const' failed");
    return schema_error_new(f, "value must be %s", schema_display(f->c->a, want));
}

static struct schema_error *check_format(struct schema_frame *f)
{
    const struct schema_format *format = f->schema->format;
    if (f->value->type != SCHEMA_STRING)
        return NULL;
    const char *wrong = schema_format_check(format, f->c->a, f->value->text);
    if (!wrong)
        return NULL;
    return schema_error_new(f, "%s is not valid %s: %s", schema_display(f->c->a, f->value),
                            schema_format_name(format), wrong);
}

/* --- references --- */

/* Where the schema of a scope is, from the first scope on: by keywords, or by what its location
 * has more than the one before. */
static const char *scope_location(struct arena *a, const struct schema_scope *scope)
{
    const char *text = "";
    for (; scope->parent; scope = scope->parent) {
        const struct schema *s = scope->schema, *p = scope->parent->schema;
        const char *own = schema_location(a, s->doc->url, s->pointer);
        size_t shared = strlen(schema_location(a, p->doc->url, p->pointer));
        const char *step = scope->keyword          ? arena_printf(a, "/%s", scope->keyword)
                           : shared <= strlen(own) ? own + shared
                                                   : "";
        text = arena_printf(a, "%s%s", step, text);
    }
    return text;
}

static struct schema_error *check_cycle(struct schema_frame *f)
{
    const struct schema_scope *at = f->scope.parent;
    while (at && at->level == f->scope.level && at->schema != f->scope.schema)
        at = at->parent;
    if (!at || at->level != f->scope.level)
        return NULL;
    struct arena *a = f->c->a;
    AUTO_FREE char *url = goquote_dup(schema_location(a, f->schema->doc->url, f->schema->pointer));
    return schema_error_new(f, "both %s and %s resolve to %s causing reference cycle",
                            scope_location(a, &f->scope), scope_location(a, at), url);
}

static struct schema_error *check_ref(struct schema_frame *f, struct schema *target,
                                      const char *keyword)
{
    struct schema_error *cause = schema_apply_self(f, target, keyword, false);
    if (!cause)
        return NULL;
    struct schema_error *e = schema_error_new(f, "validation failed");
    e->is_reference = true;
    if (cause->is_group)
        schema_error_adopt(e, cause);
    else
        schema_error_add(f->c->a, e, cause);
    return e;
}

static void check_recursive_ref(struct schema_frame *f)
{
    struct schema *target = f->schema->recursive_ref;
    if (!target)
        return;
    bool follow = target->recursive_anchor;
    for (const struct schema_scope *at = &f->scope; follow && at; at = at->parent)
        if (at->schema->resource->recursive_anchor)
            target = at->schema;
    schema_frame_add(f, check_ref(f, target, "$recursiveRef"));
}

static struct schema *anchored(const struct schema *resource, const char *name)
{
    for (size_t i = 0; i < resource->dynamic_anchors.count; i++)
        if (strcmp(resource->dynamic_anchors.items[i].name.data, name) == 0)
            return resource->dynamic_anchors.items[i].schema;
    return NULL;
}

static void check_dynamic_ref(struct schema_frame *f)
{
    struct schema *target = f->schema->dynamic_ref;
    const char *name = f->schema->dynamic_ref_anchor;
    if (!target)
        return;
    bool follow = name && target->dynamic_anchor && strcmp(target->dynamic_anchor, name) == 0;
    for (const struct schema_scope *at = &f->scope; follow && at; at = at->parent) {
        struct schema *outer = anchored(at->schema->resource, name);
        target = outer ? outer : target;
    }
    schema_frame_add(f, check_ref(f, target, "$dynamicRef"));
}

/* --- combinations --- */

static void add_with_causes(struct schema_frame *f, const struct schema_error *causes,
                            const char *message)
{
    struct schema_error *e = schema_error_new(f, "%s", message);
    schema_error_adopt(e, causes);
    schema_frame_add(f, e);
}

static void check_all_of(struct schema_frame *f)
{
    struct schema_error causes = {.count = 0};
    for (size_t i = 0; i < f->schema->all_of.count && !(f->quiet && causes.count); i++)
        schema_error_add(f->c->a, &causes,
                         schema_apply_self(f, f->schema->all_of.items[i], NULL, false));
    if (causes.count)
        add_with_causes(f, &causes, "'allOf' failed");
}

static void check_any_of(struct schema_frame *f)
{
    struct schema_error causes = {.count = 0};
    bool matched = false;
    for (size_t i = 0; i < f->schema->any_of.count; i++) {
        struct schema_error *cause = schema_apply_self(f, f->schema->any_of.items[i], NULL, false);
        schema_error_add(f->c->a, &causes, cause);
        matched = matched || !cause;
        if (!cause && !f->uneval.remaining) /* else each says what it evaluates */
            break;
    }
    if (!matched)
        add_with_causes(f, &causes, "'anyOf' failed");
}

static void check_one_of(struct schema_frame *f)
{
    struct schema_error causes = {.count = 0};
    size_t count = f->schema->one_of.count, matched = count;
    for (size_t i = 0; i < count; i++) {
        struct schema_error *cause =
            schema_apply_self(f, f->schema->one_of.items[i], NULL, matched != count);
        if (cause && matched == count) {
            schema_error_add(f->c->a, &causes, cause);
        } else if (!cause && matched != count) {
            schema_frame_add(f, schema_error_new(f, "'oneOf' failed, subschemas %s, %s matched",
                                                 schema_count_show(f->c->a, (long)matched),
                                                 schema_count_show(f->c->a, (long)i)));
            break;
        } else if (!cause) {
            matched = i;
        }
    }
    if (matched == count)
        add_with_causes(f, &causes, "'oneOf' failed, none matched");
}

static void check_combined(struct schema_frame *f)
{
    const struct schema *s = f->schema;
    if (s->not_ && !schema_apply_self(f, s->not_, NULL, true))
        schema_frame_add(f, schema_error_new(f, "'not' failed"));
    if (s->all_of.count)
        check_all_of(f);
    if (s->any_of.count)
        check_any_of(f);
    if (s->one_of.count)
        check_one_of(f);
    if (!s->if_)
        return;
    struct schema *next = schema_apply_self(f, s->if_, NULL, true) ? s->else_ : s->then_;
    if (next)
        schema_frame_add(f, schema_apply_self(f, next, NULL, false));
}

static void check_unevaluated(struct schema_frame *f)
{
    bool object = f->value->type == SCHEMA_OBJECT;
    struct schema *schema =
        object ? f->schema->unevaluated_properties : f->schema->unevaluated_items;
    if (!schema || !f->value->items || (!object && f->value->type != SCHEMA_ARRAY))
        return;
    for (size_t i = 0; f->uneval.left && i < f->uneval.count; i++)
        if (f->uneval.left[i])
            schema_frame_add(f, schema_apply_member(f, schema, &f->value->items[i],
                                                    object ? f->value->keys[i].data : NULL, i));
    f->uneval.left = NULL;
    f->uneval.remaining = 0;
}

/* --- strings and numbers --- */

void schema_check_bounds(struct schema_frame *f, const char *min_name, struct schema_count min,
                         const char *max_name, struct schema_count max, size_t got)
{
    struct arena *a = f->c->a;
    if (min.set && (long)got < min.value)
        schema_frame_add(f, schema_error_new(f, "%s: got %s, want %s", min_name,
                                             schema_count_show(a, (long)got),
                                             schema_count_show(a, min.value)));
    if (max.set && (long)got > max.value)
        schema_frame_add(f, schema_error_new(f, "%s: got %s, want %s", max_name,
                                             schema_count_show(a, (long)got),
                                             schema_count_show(a, max.value)));
}

static void check_string(struct schema_frame *f)
{
    const struct schema *s = f->schema;
    struct schema_text text = f->value->text;
    size_t runes = 0;
    uint32_t rune;
    for (size_t at = 0; (s->min_length.set || s->max_length.set) && at < text.len; runes++)
        at += text_rune(text.data + at, text.len - at, &rune);
    schema_check_bounds(f, "minLength", s->min_length, "maxLength", s->max_length, runes);
    if (s->pattern && !schema_regex_matches(f, s->pattern_regex, text))
        schema_frame_add(f, schema_error_new(f, "%s does not match pattern %s",
                                             schema_quote(f->c->a, text),
                                             schema_quote(f->c->a, s->pattern->text)));
}

static void check_limit(struct schema_frame *f, const char *name, const struct schema_limit *limit,
                        bool wrong)
{
    if (limit->set && wrong)
        schema_frame_add(
            f, schema_error_new(f, "%s: got %s, want %s", name,
                                schema_number_show(f->c->a, strtod(f->value->text.data, NULL)),
                                schema_number_show(f->c->a, limit->shown)));
}

static void check_number(struct schema_frame *f)
{
    const struct schema *s = f->schema;
    struct schema_number n;
    if (!(s->minimum.set || s->maximum.set || s->exclusive_minimum.set ||
          s->exclusive_maximum.set || s->multiple_of.set) ||
        !schema_number_parse(f->c->a, f->value->text, &n))
        return;
    const struct schema_limit *min = &s->exclusive_minimum, *max = &s->exclusive_maximum;
    const struct schema_limit *of = &s->multiple_of;
    check_limit(f, "minimum", &s->minimum, schema_number_compare(&n, &s->minimum.number) < 0);
    check_limit(f, "maximum", &s->maximum, schema_number_compare(&n, &s->maximum.number) > 0);
    check_limit(f, "exclusiveMinimum", min, schema_number_compare(&n, &min->number) <= 0);
    check_limit(f, "exclusiveMaximum", max, schema_number_compare(&n, &max->number) >= 0);
    check_limit(f, "multipleOf", of,
                of->set && !schema_number_is_multiple(f->c->a, &n, &of->number));
}

/* --- one schema --- */

static struct schema_error *check_plain(struct schema_frame *f)
{
    struct schema_error *e = check_cycle(f);
    if (!e)
        e = check_type(f);
    if (!e && f->schema->const_)
        e = check_const(f);
    if (!e && f->schema->enum_)
        e = check_enum(f);
    if (!e && f->schema->format)
        e = check_format(f);
    return e;
}

static struct schema_error *outcome(struct schema_frame *f)
{
    if (f->errors.count < 2)
        return f->errors.count ? f->errors.causes[0] : NULL;
    struct schema_error *e = schema_error_new(f, "validation failed");
    e->is_group = true;
    e->causes = f->errors.causes;
    e->count = e->cap = f->errors.count;
    return e;
}

/* validator.go validate. */
static struct schema_error *validate(struct schema_frame *f)
{
    const struct schema *s = f->schema;
    if (s->is_boolean)
        return s->boolean ? NULL : schema_error_new(f, "false schema");
    struct schema_error *e = check_plain(f);
    if (e)
        return e;
    if (s->ref) {
        e = check_ref(f, s->ref, "$ref");
        if (s->draft < 2019)
            return e;
        schema_frame_add(f, e);
    }
    if (f->value->type == SCHEMA_OBJECT)
        schema_check_object(f);
    else if (f->value->type == SCHEMA_ARRAY)
        schema_check_array(f);
    else if (f->value->type == SCHEMA_STRING)
        check_string(f);
    else if (f->value->type == SCHEMA_NUMBER)
        check_number(f);
    if (!schema_frame_done(f)) {
        check_recursive_ref(f);
        check_dynamic_ref(f);
        check_combined(f);
        check_unevaluated(f);
    }
    return outcome(f);
}

int schema_check(struct schema_set *set, struct schema *schema, const struct schema_value *value,
                 struct schema_doc *resources, struct schema_error **ret_error, struct error **err)
{
    struct schema_check c = {.set = set, .a = set->a, .resources = resources};
    struct schema_frame f = {
        .c = &c,
        .value = value,
        .schema = schema,
        .scope = {NULL, schema, NULL, 0},
        .meta = resources ? schema : NULL,
    };
    *ret_error = run(&f, false);
    if (!c.broken)
        return 0;
    *err = c.broken;
    return -1;
}
