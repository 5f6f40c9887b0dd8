/* Warnings of keywords that no draft has. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "meshctl/base/text.h"

/* Every keyword of the drafts 4, 6, 7, 2019-09 and 2020-12, those without an effect on validation
 * too; bytewise sorted. */
static const char *const keywords[] = {
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$recursiveAnchor",
    "$recursiveRef",
    "$ref",
    "$schema",
    "$vocabulary",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "definitions",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "deprecated",
    "description",
    "else",
    "enum",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "id",
    "if",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "readOnly",
    "required",
    "then",
    "title",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "writeOnly",
};

static int compare(const void *key, const void *item)
{
    return strcmp(key, *(const char *const *)item);
}

/* What generators and editors add goes by the prefix that OpenAPI gave such names. */
static bool is_known(const char *name)
{
    return text_has_prefix(name, "x-") ||
           bsearch(name, keywords, MC_ARRAY_LEN(keywords), sizeof(*keywords), compare);
}

/* Once a keyword, wherever else it stands. */
static bool is_told(const struct strlist *warnings, const char *start)
{
    for (size_t i = 0; i < warnings->count; i++)
        if (text_has_prefix(warnings->items[i], start))
            return true;
    return false;
}

void schema_keyword_warn(struct schema_set *set, const char *pointer,
                         const struct schema_value *object)
{
    if (set->is_meta || !set->warnings)
        return;
    for (size_t i = 0; i < object->count; i++) {
        const char *name = object->keys[i].data;
        if (is_known(name))
            continue;
        const char *near = text_suggest(name, keywords, MC_ARRAY_LEN(keywords));
        AUTO_BUF shown = BUF_INIT_MAX(256), warning = BUF_INIT;
        text_append_clean(&shown, name, strnlen(name, 100));
        AUTO_FREE char *start =
            mem_printf("WARNING: values.schema.json: unknown keyword \"%s\"", buf_str(&shown));
        if (is_told(set->warnings, start))
            continue;
        buf_appends(&warning, start);
        buf_appends(&warning, " ignored");
        if (*pointer) {
            buf_appends(&warning, " at ");
            text_append_clean(&warning, pointer, strnlen(pointer, 100));
        }
        if (near)
            buf_appendf(&warning, ", did you mean \"%s\"?", near);
        strlist_add(set->warnings, buf_str(&warning));
    }
}
