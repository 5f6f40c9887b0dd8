/* A tree of struct schema out of a document (compiler.go, objcompiler.go). */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "meshctl/base/budget.h"
#include "meshctl/golang/strconv.h"

/* One object being compiled. */
struct compiler {
    struct schema_set *set;
    struct schema *s;
    const struct schema_value *object;
    struct error **err;
};

static struct schema *enqueue(struct schema_set *set, struct schema_doc *doc, const char *pointer)
{
    json_t *place = json_object_get(doc->compiled, pointer);
    if (place)
        return set->schemas[json_integer_value(place)];
    struct schema *s = arena_alloc(set->a, sizeof(*s));
    s->doc = doc;
    s->pointer = pointer;
    set->schemas = mem_grow(set->schemas, &set->cap, set->count + 1, sizeof(struct schema *));
    json_object_set_new_nocheck(doc->compiled, pointer, json_integer((json_int_t)set->count));
    set->schemas[set->count++] = s;
    return s;
}

/* --- keywords that hold schemas --- */

static const struct schema_value *get(const struct compiler *c, const char *keyword)
{
    return schema_value_get(c->object, keyword);
}

static const struct schema_value *get_typed(const struct compiler *c, const char *keyword,
                                            enum schema_type type)
{
    const struct schema_value *v = get(c, keyword);
    return schema_value_is(v, type) ? v : NULL;
}

static struct schema *inner(const struct compiler *c, const char *pointer, const char *token)
{
    return enqueue(c->set, c->s->doc, schema_pointer_append(c->set->a, pointer, token));
}

static struct schema *one(const struct compiler *c, const char *keyword)
{
    return get(c, keyword) ? inner(c, c->s->pointer, keyword) : NULL;
}

static struct schema_list list(const struct compiler *c, const char *keyword, enum schema_type type)
{
    const struct schema_value *v = get_typed(c, keyword, type);
    struct schema_list l = {NULL, v ? v->count : 0};
    if (!l.count)
        return l;
    const char *pointer = schema_pointer_append(c->set->a, c->s->pointer, keyword);
    l.items = arena_alloc(c->set->a, l.count * sizeof(struct schema *));
    for (size_t i = 0; i < l.count; i++)
        l.items[i] =
            inner(c, pointer, v->keys ? v->keys[i].data : arena_printf(c->set->a, "%zu", i));
    return l;
}

/* Members by name: a schema, or with `names` a list of required ones. */
static struct schema_table table(const struct compiler *c, const char *keyword, bool schemas,
                                 bool names)
{
    const struct schema_value *v = get_typed(c, keyword, SCHEMA_OBJECT);
    struct schema_table t = {NULL, 0};
    if (!v || !v->count)
        return t;
    const char *pointer = schema_pointer_append(c->set->a, c->s->pointer, keyword);
    t.items = arena_alloc(c->set->a, v->count * sizeof(*t.items));
    for (size_t i = 0; i < v->count; i++) {
        struct schema_named *row = &t.items[t.count];
        row->name = v->keys[i];
        if (names && v->items[i].type == SCHEMA_ARRAY)
            row->required = &v->items[i];
        else if (schemas)
            row->schema = inner(c, pointer, v->keys[i].data);
        t.count += row->required || row->schema;
    }
    return t;
}

static int compile_regex(const struct compiler *c, const char *keyword, struct schema_text pattern,
                         struct regex **ret)
{
    struct schema_set *set = c->set;
    if (regex_new(pattern.data, pattern.len, ret, c->err)) {
        const char *pointer = schema_pointer_append(set->a, c->s->pointer, keyword);
        AUTO_FREE char *quoted = goquote_dup(pattern.data);
        AUTO_FREE char *where = goquote_dup(schema_location(set->a, c->s->doc->url, pointer));
        return error_wrap(c->err, "invalid regex %s at %s", quoted, where);
    }
    set->regexes =
        mem_grow(set->regexes, &set->regexes_cap, set->regexes_count + 1, sizeof(struct regex *));
    set->regexes[set->regexes_count++] = *ret;
    return 0;
}

/* --- keywords with plain values --- */

static struct schema_limit limit(const struct compiler *c, const char *keyword)
{
    const struct schema_value *v = get_typed(c, keyword, SCHEMA_NUMBER);
    struct schema_limit l = {.set = false};
    if (v && schema_number_parse(c->set->a, v->text, &l.number)) {
        l.set = true;
        l.shown = strtod(v->text.data, NULL);
    }
    return l;
}

static struct schema_count count(const struct compiler *c, const char *keyword)
{
    const struct schema_limit l = limit(c, keyword);
    struct schema_count n = {.set = l.set && schema_number_is_integer(&l.number)};
    if (n.set)
        n.value = l.shown >= 9e18 ? LONG_MAX : l.shown <= -9e18 ? LONG_MIN : (long)l.shown;
    return n;
}

static bool is_true(const struct compiler *c, const char *keyword)
{
    const struct schema_value *v = get_typed(c, keyword, SCHEMA_BOOLEAN);
    return v && v->boolean;
}

static bool is_false(const struct compiler *c, const char *keyword)
{
    const struct schema_value *v = get_typed(c, keyword, SCHEMA_BOOLEAN);
    return v && !v->boolean;
}

static unsigned type_of_name(const struct schema_value *name)
{
    static const enum schema_type all[] = {SCHEMA_NULL,    SCHEMA_BOOLEAN, SCHEMA_NUMBER,
                                           SCHEMA_INTEGER, SCHEMA_STRING,  SCHEMA_ARRAY,
                                           SCHEMA_OBJECT};
    for (size_t i = 0; name->type == SCHEMA_STRING && i < MC_ARRAY_LEN(all); i++)
        if (strcmp(name->text.data, schema_type_name(all[i])) == 0)
            return all[i];
    return 0;
}

static unsigned types(const struct compiler *c)
{
    const struct schema_value *v = get(c, "type");
    unsigned set = v ? type_of_name(v) : 0;
    for (size_t i = 0; schema_value_is(v, SCHEMA_ARRAY) && i < v->count; i++)
        set |= type_of_name(&v->items[i]);
    return set;
}

/* `exclusive` is a flag in draft 4 and a limit of its own since. */
static void bounds(const struct compiler *c, const char *plain, const char *exclusive,
                   struct schema_limit *ret_plain, struct schema_limit *ret_exclusive)
{
    *ret_plain = limit(c, plain);
    *ret_exclusive = limit(c, exclusive);
    if (!is_true(c, exclusive))
        return;
    *ret_exclusive = *ret_plain;
    ret_plain->set = false;
}

/* --- objcompiler.go, draft by draft --- */

static int compile_ref(const struct compiler *c, const char *keyword, struct schema **ret)
{
    const struct schema_value *ref = get_typed(c, keyword, SCHEMA_STRING);
    struct schema_doc *doc;
    const char *pointer;
    if (!ref)
        return 0;
    if (schema_doc_resolve(c->set, c->s->doc, schema_doc_resource(c->s->doc, c->s->pointer),
                           ref->text.data, &doc, &pointer, c->err))
        return -1;
    *ret = enqueue(c->set, doc, pointer);
    return 0;
}

static int compile_patterns(const struct compiler *c)
{
    struct schema *s = c->s;
    s->pattern_properties = table(c, "patternProperties", true, false);
    for (size_t i = 0; i < s->pattern_properties.count; i++) {
        struct schema_named *row = &s->pattern_properties.items[i];
        if (compile_regex(c, "patternProperties", row->name, &row->regex))
            return -1;
    }
    return 0;
}

/* The order is upstream's: the first fault that is found is the one that is told. */
static int compile_applicators(const struct compiler *c)
{
    struct schema *s = c->s;
    s->all_of = list(c, "allOf", SCHEMA_ARRAY);
    s->any_of = list(c, "anyOf", SCHEMA_ARRAY);
    s->one_of = list(c, "oneOf", SCHEMA_ARRAY);
    s->not_ = one(c, "not");
    if (s->draft < 2020 && get_typed(c, "items", SCHEMA_ARRAY)) {
        s->items_list = list(c, "items", SCHEMA_ARRAY);
        s->no_additional_items = is_false(c, "additionalItems");
        s->additional_items = one(c, "additionalItems");
    } else if (s->draft < 2020) {
        s->items = one(c, "items");
    }
    s->properties_value = get_typed(c, "properties", SCHEMA_OBJECT);
    s->properties = list(c, "properties", SCHEMA_OBJECT);
    if (compile_patterns(c))
        return -1;
    s->no_additional_properties = is_false(c, "additionalProperties");
    s->additional_properties = one(c, "additionalProperties");
    s->dependencies = table(c, "dependencies", true, true);
    return 0;
}

static int compile_limits(const struct compiler *c)
{
    struct schema *s = c->s;
    s->types = types(c);
    s->enum_ = get_typed(c, "enum", SCHEMA_ARRAY);
    s->multiple_of = limit(c, "multipleOf");
    bounds(c, "maximum", "exclusiveMaximum", &s->maximum, &s->exclusive_maximum);
    bounds(c, "minimum", "exclusiveMinimum", &s->minimum, &s->exclusive_minimum);
    s->min_length = count(c, "minLength");
    s->max_length = count(c, "maxLength");
    s->min_items = count(c, "minItems");
    s->max_items = count(c, "maxItems");
    s->unique_items = is_true(c, "uniqueItems");
    s->min_properties = count(c, "minProperties");
    s->max_properties = count(c, "maxProperties");
    s->required = get_typed(c, "required", SCHEMA_ARRAY);
    s->pattern = get_typed(c, "pattern", SCHEMA_STRING);
    return s->pattern ? compile_regex(c, "pattern", s->pattern->text, &s->pattern_regex) : 0;
}

static void compile_since_6(const struct compiler *c)
{
    struct schema *s = c->s;
    s->contains = one(c, "contains");
    s->property_names = one(c, "propertyNames");
    s->const_ = get(c, "const");
    s->if_ = s->draft >= 7 ? one(c, "if") : NULL;
    if (!s->if_)
        return;
    s->then_ = is_false(c, "if") ? NULL : one(c, "then");
    s->else_ = is_true(c, "if") ? NULL : one(c, "else");
}

static int compile_since_2019(const struct compiler *c)
{
    struct schema *s = c->s;
    if (compile_ref(c, "$recursiveRef", &s->recursive_ref))
        return -1;
    s->recursive_anchor = is_true(c, "$recursiveAnchor");
    if (s->contains) {
        s->min_contains = count(c, "minContains");
        s->max_contains = count(c, "maxContains");
    }
    s->dependent_required = table(c, "dependentRequired", false, true);
    s->dependent_schemas = table(c, "dependentSchemas", true, false);
    s->unevaluated_items = one(c, "unevaluatedItems");
    s->unevaluated_properties = one(c, "unevaluatedProperties");
    return 0;
}

static int compile_since_2020(const struct compiler *c)
{
    struct schema *s = c->s;
    const struct schema_value *ref = get_typed(c, "$dynamicRef", SCHEMA_STRING);
    const struct schema_value *anchor = get_typed(c, "$dynamicAnchor", SCHEMA_STRING);
    s->dynamic_anchor = anchor && anchor->text.len ? anchor->text.data : NULL;
    if (compile_ref(c, "$dynamicRef", &s->dynamic_ref))
        return -1;
    s->items_list = list(c, "prefixItems", SCHEMA_ARRAY);
    s->items = one(c, "items");
    const char *hash = ref ? strchr(ref->text.data, '#') : NULL;
    if (!hash || !hash[1] || hash[1] == '/')
        return 0;
    return schema_url_unescape(c->set->a, hash + 1, &s->dynamic_ref_anchor, c->err);
}

static int compile_object(const struct compiler *c)
{
    struct schema *s = c->s;
    if (compile_ref(c, "$ref", &s->ref))
        return -1;
    if (s->draft < 2019 && s->ref) /* all else is ignored, but what later drafts added */
        return s->draft >= 6 ? (compile_since_6(c), 0) : 0;
    if (compile_applicators(c) || compile_limits(c))
        return -1;
    const struct schema_value *format = get_typed(c, "format", SCHEMA_STRING);
    if (format && (s->draft < 2019 || c->set->is_meta))
        s->format = schema_format_find(format->text.data);
    if (s->draft >= 6)
        compile_since_6(c);
    if (s->draft >= 2019 && compile_since_2019(c))
        return -1;
    return s->draft >= 2020 ? compile_since_2020(c) : 0;
}

/* --- the queue --- */

static void find_dynamic_anchors(struct schema_set *set, struct schema *s,
                                 const struct schema_resource *r)
{
    if (!r->count)
        return;
    s->dynamic_anchors.items = arena_alloc(set->a, r->count * sizeof(struct schema_named));
    for (size_t i = 0; i < r->count; i++) {
        const struct schema_anchor *anchor = &r->anchors[i];
        if (anchor->dynamic)
            s->dynamic_anchors.items[s->dynamic_anchors.count++] = (struct schema_named){
                .name = {anchor->name, strlen(anchor->name)},
                .schema = enqueue(set, s->doc, anchor->pointer),
            };
    }
}

/* compiler.go compileValue. */
static int compile_value(struct schema_set *set, struct schema *s, struct error **err)
{
    const struct schema_value *v;
    if (budget_check(err) < 0)
        return -1;
    if (schema_doc_lookup(set, s->doc, s->pointer, &v, err))
        return -1;
    const struct schema_resource *r = schema_doc_resource(s->doc, s->pointer);
    s->draft = r->draft;
    s->resource = enqueue(set, s->doc, r->pointer);
    if (s->draft >= 2020 && s->resource == s)
        find_dynamic_anchors(set, s, r);
    s->is_boolean = v->type == SCHEMA_BOOLEAN || (v->type == SCHEMA_OBJECT && !v->count);
    s->boolean = v->type == SCHEMA_OBJECT || v->boolean;
    if (v->type == SCHEMA_OBJECT && v->count) {
        const struct compiler c = {set, s, v, err};
        schema_keyword_warn(set, s->pointer, v);
        if (compile_object(&c))
            return -1;
    }
    s->all_props_evaluated = s->additional_properties != NULL;
    s->all_items_evaluated = s->items || s->additional_items;
    s->num_items_evaluated = s->items_list.count;
    return 0;
}

int schema_compile(struct schema_set *set, const char *url, struct schema **ret_schema,
                   struct error **err)
{
    struct schema_doc *doc;
    if (schema_doc_load(set, url, &doc, err))
        return -1;
    size_t from = set->count;
    *ret_schema = enqueue(set, doc, "");
    for (size_t i = from; i < set->count; i++)
        if (compile_value(set, set->schemas[i], err))
            return -1;
    return 0;
}

void schema_set_release(struct schema_set *set)
{
    for (size_t i = 0; i < set->regexes_count; i++)
        regex_free(set->regexes[i]);
    for (size_t i = 0; i < set->docs_count; i++) {
        json_decref(set->docs[i]->processed);
        json_decref(set->docs[i]->compiled);
        free(set->docs[i]->resources);
    }
    free(set->regexes);
    free(set->docs);
    free(set->schemas);
}
