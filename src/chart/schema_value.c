#include <math.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "meshctl/base/arena.h"
#include "meshctl/base/text.h"
#include "schema.h"

#define PATTERN_MATCH_LIMIT 1000000

static void add(struct schema_check *c, struct schema_error *errors, struct schema_error *e)
{
    schema_error_add(c, errors, e);
}

/* A non-negative number of a keyword, or -1. */
static double limit_of(const json_t *schema, const char *keyword)
{
    const json_t *v = json_object_get(schema, keyword);
    return json_is_number(v) ? json_number_value(v) : -1;
}

/* min and max of a count. */
static void check_count(struct schema_check *c, const json_t *schema, const char *min,
                        const char *max, size_t got, const char *path, struct schema_error *errors)
{
    double low = limit_of(schema, min), high = limit_of(schema, max);
    if (low >= 0 && (double)got < low)
        add(c, errors,
            schema_error_new(c, path, "%s: got %s, want %s", min, schema_number(c, (double)got),
                             schema_number(c, low)));
    if (high >= 0 && (double)got > high)
        add(c, errors,
            schema_error_new(c, path, "%s: got %s, want %s", max, schema_number(c, (double)got),
                             schema_number(c, high)));
}

static const char *inner_path(struct schema_check *c, const char *path, const char *key)
{
    if (c->quiet)
        return "";
    AUTO_BUF out = BUF_INIT;
    buf_appends(&out, path);
    buf_appendc(&out, '/');
    for (; *key; key++) {
        if (*key == '~' || *key == '/')
            buf_appends(&out, *key == '~' ? "~0" : "~1");
        else
            buf_appendc(&out, *key);
    }
    return arena_strndup(c->a, buf_str(&out), out.len);
}

static const char *item_path(struct schema_check *c, const char *path, size_t index)
{
    return c->quiet ? "" : arena_printf(c->a, "%s/%zu", path, index);
}

/* --- objects --- */

/* The names of `wanted` that the object lacks, quoted and joined; NULL when it has them all. */
static char *missing_dup(struct schema_check *c, const json_t *object, const json_t *wanted,
                         size_t *ret_count)
{
    AUTO_BUF out = BUF_INIT;
    *ret_count = 0;
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        const char *name = json_string_value(json_array_get(wanted, i));
        if (!name || json_object_get(object, name))
            continue;
        buf_appendf(&out, "%s%s", (*ret_count)++ ? ", " : "", schema_quote(c, name));
    }
    return *ret_count ? buf_detach(&out, NULL) : NULL;
}

static void check_required(struct schema_check *c, const json_t *schema, const json_t *object,
                           const char *path, struct schema_error *errors)
{
    size_t count;
    AUTO_FREE char *missing = missing_dup(c, object, json_object_get(schema, "required"), &count);
    if (missing)
        add(c, errors,
            schema_error_new(c, path, "missing %s %s", count == 1 ? "property" : "properties",
                             missing));
}

/* dependencies, dependentRequired and dependentSchemas. */
static void check_dependent(struct schema_check *c, const json_t *table, const json_t *object,
                            const char *path, struct schema_error *errors)
{
    const char *name;
    json_t *dependent;
    json_object_foreach((json_t *)table, name, dependent)
    {
        if (!json_object_get(object, name))
            continue;
        if (!json_is_array(dependent)) {
            add(c, errors, schema_apply(c, dependent, object, path));
            continue;
        }
        size_t count;
        AUTO_FREE char *missing = missing_dup(c, object, dependent, &count);
        if (missing)
            add(c, errors,
                schema_error_new(c, path, "properties %s required, if %s exists", missing,
                                 schema_quote(c, name)));
    }
}

/* Applies properties and patternProperties to one; says whether any did. */
static bool check_named(struct schema_check *c, const json_t *schema, const char *name,
                        const json_t *value, const char *path, struct schema_error *errors)
{
    const json_t *own = json_object_get(json_object_get(schema, "properties"), name);
    if (own)
        add(c, errors, schema_apply(c, own, value, path));
    bool known = own != NULL;
    const char *pattern;
    json_t *inner;
    json_object_foreach(json_object_get(schema, "patternProperties"), pattern, inner)
    {
        if (!schema_pattern_matches(c, pattern, name, strlen(name)))
            continue;
        known = true;
        add(c, errors, schema_apply(c, inner, value, path));
    }
    return known;
}

static void check_properties(struct schema_check *c, const json_t *schema, const json_t *object,
                             const char *path, struct schema_error *errors)
{
    const json_t *additional = json_object_get(schema, "additionalProperties");
    AUTO_BUF refused = BUF_INIT;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        const char *inner = inner_path(c, path, name);
        if (check_named(c, schema, name, value, inner, errors) || !additional)
            continue;
        if (json_is_false(additional))
            buf_appendf(&refused, "%s%s", refused.len ? ", " : "", schema_quote(c, name));
        else
            add(c, errors, schema_apply(c, additional, value, inner));
    }
    if (refused.len)
        add(c, errors,
            schema_error_new(c, path, "additional properties %s not allowed", buf_str(&refused)));
}

static void check_property_names(struct schema_check *c, const json_t *schema, const json_t *object,
                                 const char *path, struct schema_error *errors)
{
    const json_t *names = json_object_get(schema, "propertyNames");
    const char *name;
    json_t *value;
    if (!names)
        return;
    json_object_foreach((json_t *)object, name, value)
    {
        json_auto_t *text = json_string(name);
        struct schema_error *cause = schema_apply(c, names, text, "");
        if (!cause)
            continue;
        struct schema_error *e =
            schema_error_new(c, path, "invalid propertyName %s", schema_quote(c, name));
        add(c, e, cause);
        add(c, errors, e);
    }
}

void schema_check_object(struct schema_check *c, const json_t *schema, const json_t *object,
                         const char *path, struct schema_error *errors)
{
    check_count(c, schema, "minProperties", "maxProperties", json_object_size(object), path,
                errors);
    check_required(c, schema, object, path, errors);
    check_dependent(c, json_object_get(schema, "dependencies"), object, path, errors);
    check_properties(c, schema, object, path, errors);
    check_property_names(c, schema, object, path, errors);
    if (c->draft >= 2019) {
        check_dependent(c, json_object_get(schema, "dependentSchemas"), object, path, errors);
        check_dependent(c, json_object_get(schema, "dependentRequired"), object, path, errors);
    }
}

/* --- arrays --- */

static void check_unique(struct schema_check *c, const json_t *schema, const json_t *array,
                         const char *path, struct schema_error *errors)
{
    if (!json_is_true(json_object_get(schema, "uniqueItems")))
        return;
    for (size_t j = 1; j < json_array_size(array); j++)
        for (size_t i = 0; i < j; i++)
            if (c->steps++ < SCHEMA_MAX_STEPS &&
                json_same(json_array_get(array, i), json_array_get(array, j))) {
                add(c, errors, schema_error_new(c, path, "items at %zu and %zu are equal", i, j));
                return;
            }
}

static void check_from(struct schema_check *c, const json_t *schema, const json_t *array,
                       size_t from, const char *path, struct schema_error *errors)
{
    for (size_t i = from; i < json_array_size(array); i++)
        add(c, errors, schema_apply(c, schema, json_array_get(array, i), item_path(c, path, i)));
}

/* A schema for each of the first items, then one for the rest. */
static void check_tuple(struct schema_check *c, const json_t *tuple, const json_t *rest,
                        const char *rest_name, const json_t *array, const char *path,
                        struct schema_error *errors)
{
    size_t count = json_array_size(tuple), size = json_array_size(array);
    if (count > size)
        count = size;
    for (size_t i = 0; i < count; i++)
        add(c, errors,
            schema_apply(c, json_array_get(tuple, i), json_array_get(array, i),
                         item_path(c, path, i)));
    if (json_is_false(rest) && count != size && strcmp(rest_name, "additionalItems") == 0)
        add(c, errors,
            schema_error_new(c, path, "last %zu additionalItem(s) not allowed", size - count));
    else if (rest)
        check_from(c, rest, array, count, path, errors);
}

static void check_items(struct schema_check *c, const json_t *schema, const json_t *array,
                        const char *path, struct schema_error *errors)
{
    const json_t *items = json_object_get(schema, "items");
    if (c->draft >= 2020)
        check_tuple(c, json_object_get(schema, "prefixItems"), items, "items", array, path, errors);
    else if (json_is_array(items))
        check_tuple(c, items, json_object_get(schema, "additionalItems"), "additionalItems", array,
                    path, errors);
    else if (items)
        check_from(c, items, array, 0, path, errors);
}

static void check_contains(struct schema_check *c, const json_t *schema, const json_t *array,
                           const char *path, struct schema_error *errors)
{
    const json_t *wanted = json_object_get(schema, "contains");
    if (!wanted)
        return;
    struct schema_error *none = schema_error_new(c, path, "no items match contains schema");
    AUTO_BUF at = BUF_INIT;
    size_t matched = 0;
    for (size_t i = 0; i < json_array_size(array); i++) {
        struct schema_error *e =
            schema_apply(c, wanted, json_array_get(array, i), item_path(c, path, i));
        add(c, none, e);
        if (!e)
            buf_appendf(&at, "%s%zu", matched++ ? " " : "", i);
    }
    double low = limit_of(schema, "minContains"), high = limit_of(schema, "maxContains");
    if (low < 0 && !matched) {
        add(c, errors, none);
    } else if (low >= 0 && (double)matched < low) {
        none->message =
            matched
                ? arena_printf(c->a,
                               "min %s items required to match contains schema, but matched %zu "
                               "items at %s",
                               schema_number(c, low), matched, buf_str(&at))
                : arena_printf(c->a,
                               "min %s items required to match contains schema, but none matched",
                               schema_number(c, low));
        add(c, errors, none);
    }
    if (high >= 0 && (double)matched > high)
        add(c, errors,
            schema_error_new(
                c, path,
                "max %s items required to match contains schema, but matched %zu items "
                "at %s",
                schema_number(c, high), matched, buf_str(&at)));
}

void schema_check_array(struct schema_check *c, const json_t *schema, const json_t *array,
                        const char *path, struct schema_error *errors)
{
    check_count(c, schema, "minItems", "maxItems", json_array_size(array), path, errors);
    check_unique(c, schema, array, path, errors);
    check_items(c, schema, array, path, errors);
    check_contains(c, schema, array, path, errors);
}

/* --- strings and numbers --- */

bool schema_pattern_matches(struct schema_check *c, const char *pattern, const char *text,
                            size_t len)
{
    int number;
    PCRE2_SIZE offset;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                     PCRE2_UTF | PCRE2_DOLLAR_ENDONLY, &number, &offset, NULL);
    if (!code) {
        if (!c->broken)
            error_set(&c->broken, ERROR_INPUT,
                      "the schema's pattern %s is no regular expression (error at offset %zu)",
                      pattern, (size_t)offset);
        return false;
    }
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(limits, PATTERN_MATCH_LIMIT);
    int rc = pcre2_match(code, (PCRE2_SPTR)text, len, 0, 0, data, limits);
    pcre2_match_context_free(limits);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return rc >= 0;
}

static size_t rune_count(const char *s, size_t len)
{
    size_t count = 0;
    for (uint32_t rune; len; count++) {
        size_t n = text_rune(s, len, &rune);
        s += n;
        len -= n;
    }
    return count;
}

void schema_check_string(struct schema_check *c, const json_t *schema, const json_t *string,
                         const char *path, struct schema_error *errors)
{
    const char *s = json_string_value(string);
    size_t len = json_string_length(string);
    check_count(c, schema, "minLength", "maxLength", rune_count(s, len), path, errors);
    const char *pattern = json_dig_str(schema, "pattern", NULL);
    if (pattern && !schema_pattern_matches(c, pattern, s, len))
        add(c, errors,
            schema_error_new(c, path, "%s does not match pattern %s", schema_quote(c, s),
                             schema_quote(c, pattern)));
}

enum bound { AT_LEAST, AT_MOST, ABOVE, BELOW, MULTIPLE };

static const struct {
    const char *keyword;
    enum bound bound;
} bounds[] = {
    {"minimum", AT_LEAST},       {"maximum", AT_MOST},     {"exclusiveMinimum", ABOVE},
    {"exclusiveMaximum", BELOW}, {"multipleOf", MULTIPLE},
};

/* Decimal fractions are no exact doubles: 0.3 is to be a multiple of 0.1. */
static bool is_multiple(double got, double want)
{
    double ratio = got / want;
    return fabs(ratio - round(ratio)) <= 1e-9 * fmax(1, fabs(ratio));
}

static bool is_within(enum bound bound, double got, double want)
{
    switch (bound) {
    case AT_LEAST:
        return got >= want;
    case AT_MOST:
        return got <= want;
    case ABOVE:
        return got > want;
    case BELOW:
        return got < want;
    default:
        return want == 0 || is_multiple(got, want);
    }
}

void schema_check_number(struct schema_check *c, const json_t *schema, const json_t *number,
                         const char *path, struct schema_error *errors)
{
    double got = json_number_value(number);
    for (size_t i = 0; i < MC_ARRAY_LEN(bounds); i++) {
        const json_t *limit = json_object_get(schema, bounds[i].keyword);
        if (!json_is_number(limit) || is_within(bounds[i].bound, got, json_number_value(limit)))
            continue;
        add(c, errors,
            schema_error_new(c, path, "%s: got %s, want %s", bounds[i].keyword,
                             schema_number(c, got), schema_number(c, json_number_value(limit))));
    }
}
