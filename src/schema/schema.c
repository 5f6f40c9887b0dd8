/* One schema's text against values. */
#include "meshctl/schema/schema.h"
#include "meshctl/base/budget.h"

#include "internal.h"

/* jsonschema.go ValidateAgainstSingleSchema. */
int schema_check_text(const char *text, size_t len, const json_t *values, struct strlist *warnings,
                      struct buf *out)
{
    AUTO_ARENA *arena = arena_new();
    AUTO_ERROR struct error *wrong = NULL;
    MC_CLEANUP(schema_set_release)
    struct schema_set meta = {.a = arena, .is_meta = true, .meta = &meta};
    MC_CLEANUP(schema_set_release)
    struct schema_set set = {.a = arena, .meta = &meta, .warnings = warnings};
    struct schema_value document, value = schema_value_from_json(arena, values);
    struct schema_doc *doc;
    struct schema *schema;
    struct schema_error *e = NULL;
    if (budget_check(&wrong) < 0 || schema_value_read(arena, text, len, &document, &wrong) ||
        schema_doc_add(&set, SCHEMA_ROOT_URL, &document, &doc, &wrong) ||
        schema_compile(&set, SCHEMA_ROOT_URL, &schema, &wrong) ||
        schema_check(&set, schema, &value, NULL, &e, &wrong)) {
        buf_appends(out, wrong->message);
        return 1;
    }
    if (!e)
        return 0;
    AUTO_BUF lines = BUF_INIT_MAX(SCHEMA_MAX_TEXT);
    schema_error_print_all(&lines, e);
    buf_appends(out, buf_str(&lines) + (lines.len > 0));
    buf_appends(out, lines.overflow ? "...\n" : "\n");
    return 1;
}
