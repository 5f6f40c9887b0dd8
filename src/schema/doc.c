/* Documents: their resources, anchors and what references in them mean (roots.go, root.go). */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "meshctl/base/budget.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/strconv.h"

static int set_quoted(struct error **err, const char *before, const char *text, const char *after)
{
    AUTO_FREE char *quoted = goquote_dup(text);
    return error_set(err, ERROR_INPUT, "%s%s%s", before, quoted, after);
}

/* --- pointers --- */

const char *schema_pointer_append(struct arena *a, const char *pointer, const char *token)
{
    size_t len = strlen(pointer);
    char *joined = arena_alloc(a, len + 2 * strlen(token) + 2), *to = joined + len;
    memcpy(joined, pointer, len);
    *to++ = '/';
    for (; *token; token++) {
        bool escaped = *token == '~' || *token == '/';
        if (escaped)
            *to++ = '~';
        *to++ = !escaped ? *token : *token == '~' ? '0' : '1';
    }
    return joined;
}

const char *schema_location(struct arena *a, const char *url, const char *pointer)
{
    AUTO_BUF out = BUF_INIT;
    buf_appendf(&out, "%s#", url);
    schema_url_escape(&out, pointer);
    return arena_strndup(a, buf_str(&out), out.len);
}

/* RFC 6901: ~1 is a slash, ~0 a tilde. False for another '~'. */
static bool unescape_token(const char *from, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++) {
        if (from[i] != '~') {
            buf_appendc(out, from[i]);
            continue;
        }
        if (++i == len || (from[i] != '0' && from[i] != '1'))
            return false;
        buf_appendc(out, from[i] == '1' ? '/' : '~');
    }
    return true;
}

/* SIZE_MAX for what is no index. */
static size_t index_of(const struct buf *token)
{
    int64_t i;
    if (goint_parse(buf_str(token), token->len, 10, &i) != GONUM_OK || i < 0)
        return SIZE_MAX;
    return (size_t)i;
}

static int look_up(struct arena *a, const struct schema_doc *doc, const char *pointer,
                   const struct schema_value **ret, struct error **err)
{
    const struct schema_value *v = doc->root;
    const char *s = pointer;
    while (*s == '/') {
        AUTO_BUF token = BUF_INIT;
        size_t len = strcspn(++s, "/");
        if (!unescape_token(s, len, &token))
            return set_quoted(err, "invalid json-pointer ", schema_location(a, doc->url, pointer),
                              "");
        if (v->type == SCHEMA_ARRAY) {
            size_t i = index_of(&token);
            v = i < v->count ? &v->items[i] : NULL;
        } else {
            v = schema_value_getn(v, buf_str(&token), token.len);
        }
        if (!v)
            return set_quoted(err, "json-pointer in ", schema_location(a, doc->url, pointer),
                              " not found");
        s += len;
    }
    *ret = v;
    return 0;
}

/* --- resources --- */

static bool is_below(const char *pointer, const char *resource, size_t len)
{
    return strncmp(pointer, resource, len) == 0 && (!pointer[len] || pointer[len] == '/');
}

struct schema_resource *schema_doc_resource(struct schema_doc *doc, const char *pointer)
{
    struct schema_resource *best = NULL;
    size_t best_len = 0;
    for (size_t i = 0; i < doc->count; i++) {
        size_t len = strlen(doc->resources[i].pointer);
        if ((!best || len > best_len) && is_below(pointer, doc->resources[i].pointer, len)) {
            best = &doc->resources[i];
            best_len = len;
        }
    }
    return best;
}

static struct schema_resource *resource_of_id(struct schema_doc *doc, const char *id)
{
    for (size_t i = 0; i < doc->count; i++)
        if (strcmp(doc->resources[i].id, id) == 0)
            return &doc->resources[i];
    return NULL;
}

static int add_anchor(struct schema_set *set, struct schema_doc *doc, const char *id,
                      const char *name, const char *pointer, bool dynamic, struct error **err)
{
    struct schema_resource *r = resource_of_id(doc, id);
    for (size_t i = 0; i < r->count; i++) {
        struct schema_anchor *other = &r->anchors[i];
        if (strcmp(other->name, name) != 0)
            continue;
        other->dynamic = other->dynamic || dynamic;
        if (strcmp(other->pointer, pointer) == 0)
            return 0;
        AUTO_FREE char *q_name = goquote_dup(name), *q_url = goquote_dup(doc->url);
        AUTO_FREE char *q_one = goquote_dup(other->pointer), *q_two = goquote_dup(pointer);
        return error_set(err, ERROR_INPUT, "duplicate anchor %s in %s at %s and %s", q_name, q_url,
                         q_one, q_two);
    }
    if (r->count == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 4;
        struct schema_anchor *grown = arena_alloc(set->a, cap * sizeof(*grown));
        if (r->count)
            memcpy(grown, r->anchors, r->count * sizeof(*grown));
        r->anchors = grown;
        r->cap = cap;
    }
    r->anchors[r->count++] = (struct schema_anchor){name, pointer, dynamic};
    return 0;
}

static const char *id_keyword(int draft)
{
    return draft == 4 ? "id" : "$id";
}

/* root.go collectAnchors. */
static int collect_anchors(struct schema_set *set, struct schema_doc *doc,
                           const struct schema_value *v, const char *pointer, const char *base,
                           struct error **err)
{
    int draft = resource_of_id(doc, base)->draft;
    const struct schema_value *s;
    if (draft < 2019) {
        const char *name;
        s = schema_value_get(v, "$ref") ? NULL : schema_value_get_string(v, id_keyword(draft));
        const char *hash = s ? strchr(s->text.data, '#') : NULL;
        if (!hash)
            return 0;
        if (schema_url_unescape(set->a, hash + 1, &name, err)) {
            error_clear(err);
            return set_quoted(err, "error in parsing anchor at ",
                              schema_location(set->a, doc->url, pointer), "");
        }
        return name[0] && name[0] != '/' ? add_anchor(set, doc, base, name, pointer, false, err)
                                         : 0;
    }
    s = schema_value_get_string(v, "$anchor");
    if (s && add_anchor(set, doc, base, s->text.data, pointer, false, err))
        return -1;
    s = draft >= 2020 ? schema_value_get_string(v, "$dynamicAnchor") : NULL;
    return s ? add_anchor(set, doc, base, s->text.data, pointer, true, err) : 0;
}

/* loader.go getDraft: $schema decides. */
static int find_draft(struct schema_set *set, const struct schema_doc *doc, const char *pointer,
                      const struct schema_value *v, int fallback, int *ret_draft,
                      struct error **err)
{
    const struct schema_value *schema = schema_value_get_string(v, "$schema");
    struct schema_doc *meta;
    *ret_draft = schema ? schema_meta_draft(schema->text.data) : fallback;
    if (*ret_draft)
        return 0;
    struct gourl parsed;
    const char *url = schema_url_strip(set->a, schema->text.data);
    if (gourl_parse(set->a, (struct text_span){url, strlen(url)}, &parsed, err)) {
        AUTO_FREE char *where = goquote_dup(schema_location(set->a, doc->url, pointer));
        return error_wrap(err, "invalid $schema in %s", where);
    }
    if (!pointer[0] && strcmp(url, doc->url) == 0)
        return set_quoted(err, "draft ", url, " is not supported");
    *ret_draft = fallback;
    return schema_doc_load(set, url, &meta, err);
}

static const char *id_of(struct arena *a, const struct schema_value *v, int draft)
{
    const struct schema_value *id = schema_value_get_string(v, id_keyword(draft));
    if (!id || (draft < 2019 && schema_value_get(v, "$ref")))
        return "";
    return schema_url_strip(a, id->text.data);
}

static int add_resource(struct schema_set *set, struct schema_doc *doc, const char *pointer,
                        const char *id, int draft, struct error **err)
{
    const struct schema_resource *other = resource_of_id(doc, id);
    if (other && strcmp(other->pointer, pointer) != 0) {
        AUTO_FREE char *q_id = goquote_dup(id), *q_url = goquote_dup(doc->url);
        AUTO_FREE char *q_one = goquote_dup(pointer), *q_two = goquote_dup(other->pointer);
        return error_set(err, ERROR_INPUT, "duplicate id %s in %s at %s and %s", q_id, q_url, q_one,
                         q_two);
    }
    if (other)
        return 0;
    if (doc->count == SCHEMA_MAX_RESOURCES)
        return error_set(err, ERROR_INPUT, "more than %d schemas with an $id",
                         SCHEMA_MAX_RESOURCES);
    doc->resources = mem_grow(doc->resources, &doc->cap, doc->count + 1, sizeof(*doc->resources));
    doc->resources[doc->count++] = (struct schema_resource){
        .pointer = pointer, .id = arena_strdup(set->a, id), .draft = draft};
    return 0;
}

/* draft.go: where schemas are found inside a schema, from which draft on. */
static const struct {
    const char *keyword;
    enum { PLACE_SELF = 1, PLACE_ITEMS = 2, PLACE_MEMBERS = 4 } place;
    int since;
} places[] = {
    {"definitions", PLACE_MEMBERS, 4},
    {"not", PLACE_SELF, 4},
    {"allOf", PLACE_ITEMS, 4},
    {"anyOf", PLACE_ITEMS, 4},
    {"oneOf", PLACE_ITEMS, 4},
    {"properties", PLACE_MEMBERS, 4},
    {"additionalProperties", PLACE_SELF, 4},
    {"patternProperties", PLACE_MEMBERS, 4},
    {"items", PLACE_SELF | PLACE_ITEMS, 4},
    {"additionalItems", PLACE_SELF, 4},
    {"dependencies", PLACE_MEMBERS, 4},
    {"propertyNames", PLACE_SELF, 6},
    {"contains", PLACE_SELF, 6},
    {"if", PLACE_SELF, 7},
    {"then", PLACE_SELF, 7},
    {"else", PLACE_SELF, 7},
    {"$defs", PLACE_MEMBERS, 2019},
    {"dependentSchemas", PLACE_MEMBERS, 2019},
    {"unevaluatedProperties", PLACE_SELF, 2019},
    {"unevaluatedItems", PLACE_SELF, 2019},
    {"contentSchema", PLACE_SELF, 2019},
    {"prefixItems", PLACE_ITEMS, 2020},
};

static int collect(struct schema_set *set, struct schema_doc *doc, const struct schema_value *v,
                   const char *base, const char *pointer, int fallback, struct error **err);

static int collect_below(struct schema_set *set, struct schema_doc *doc,
                         const struct schema_value *v, const char *base, const char *pointer,
                         int draft, unsigned place, struct error **err)
{
    if (place & PLACE_SELF && collect(set, doc, v, base, pointer, draft, err))
        return -1;
    bool inside = (place & PLACE_ITEMS && v->type == SCHEMA_ARRAY) ||
                  (place & PLACE_MEMBERS && v->type == SCHEMA_OBJECT);
    for (size_t i = 0; inside && i < v->count; i++) {
        const char *token = v->keys ? v->keys[i].data : arena_printf(set->a, "%zu", i);
        if (collect(set, doc, &v->items[i], base, schema_pointer_append(set->a, pointer, token),
                    draft, err))
            return -1;
    }
    return 0;
}

static int collect_object(struct schema_set *set, struct schema_doc *doc,
                          const struct schema_value *v, const char *base, const char *pointer,
                          int fallback, struct error **err)
{
    int draft;
    if (find_draft(set, doc, pointer, v, fallback, &draft, err))
        return -1;
    const char *id = id_of(set->a, v, draft), *url = base, *fragment;
    if (!id[0] && pointer[0]) { /* $schema counts only beside an id */
        draft = fallback;
        id = id_of(set->a, v, draft);
    }
    if (id[0] && schema_url_join(set->a, base, id, &url, &fragment, err)) {
        error_clear(err);
        return set_quoted(err, "error in parsing id at ",
                          schema_location(set->a, doc->url, pointer), "");
    }
    if ((id[0] || !pointer[0]) && add_resource(set, doc, pointer, url, draft, err))
        return -1;
    if (collect_anchors(set, doc, v, pointer, url, err))
        return -1;
    int own = resource_of_id(doc, url)->draft;
    for (size_t i = 0; i < MC_ARRAY_LEN(places); i++) {
        const struct schema_value *inner =
            draft >= places[i].since ? schema_value_get(v, places[i].keyword) : NULL;
        if (inner && collect_below(set, doc, inner, url,
                                   schema_pointer_append(set->a, pointer, places[i].keyword), own,
                                   places[i].place, err))
            return -1;
    }
    return 0;
}

/* roots.go collectResources. */
static int collect(struct schema_set *set, struct schema_doc *doc, const struct schema_value *v,
                   const char *base, const char *pointer, int fallback, struct error **err)
{
    if (json_object_get(doc->processed, pointer))
        return 0;
    if (budget_check(err) < 0)
        return -1;
    if (v->type != SCHEMA_OBJECT) {
        if (!pointer[0] && add_resource(set, doc, pointer, base, fallback, err))
            return -1;
    } else if (collect_object(set, doc, v, base, pointer, fallback, err)) {
        return -1;
    }
    json_object_set_new_nocheck(doc->processed, pointer, json_true());
    return 0;
}

/* --- documents --- */

/* roots.go validate. */
static int check_against_meta(struct schema_set *set, struct schema_doc *doc,
                              const struct schema_value *v, const char *pointer, struct error **err)
{
    int draft = schema_doc_resource(doc, pointer)->draft;
    struct schema *meta;
    struct schema_error *e;
    if (schema_compile(set->meta, schema_meta_url(draft), &meta, err) ||
        schema_check(set->meta, meta, v, doc, &e, err))
        return -1;
    if (!e)
        return 0;
    AUTO_BUF text = BUF_INIT_MAX(SCHEMA_MAX_TEXT);
    schema_error_print_all(&text, e);
    AUTO_FREE char *where = goquote_dup(schema_location(set->a, doc->url, pointer));
    return error_set(err, ERROR_INPUT,
                     "%s is not valid against metaschema: jsonschema validation failed with "
                     "'%s#'%s",
                     where, meta->doc->url, buf_str(&text));
}

int schema_doc_add(struct schema_set *set, const char *url, const struct schema_value *root,
                   struct schema_doc **ret_doc, struct error **err)
{
    struct schema_doc *doc = arena_alloc(set->a, sizeof(*doc));
    *doc = (struct schema_doc){.url = arena_strdup(set->a, url),
                               .root = root,
                               .processed = json_object(),
                               .compiled = json_object()};
    set->docs =
        mem_grow(set->docs, &set->docs_cap, set->docs_count + 1, sizeof(struct schema_doc *));
    set->docs[set->docs_count++] = doc;
    if (collect(set, doc, root, doc->url, "", 2020, err))
        return -1;
    *ret_doc = doc;
    return schema_meta_text(url) ? 0 : check_against_meta(set, doc, root, "", err);
}

static int read_meta(struct schema_set *set, const char *url, const char *text,
                     struct schema_doc **ret_doc, struct error **err)
{
    struct schema_value *root = arena_alloc(set->a, sizeof(*root));
    AUTO_FREE char *quoted = mem_strdup(text);
    for (char *c = quoted; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    if (schema_value_read(set->a, quoted, strlen(quoted), root, err))
        return -1;
    return schema_doc_add(set, url, root, ret_doc, err);
}

/* Helm's urnLoader: anything goes, with a warning. */
static int read_urn(struct schema_set *set, const char *url, struct schema_doc **ret_doc,
                    struct error **err)
{
    struct schema_value *root = arena_alloc(set->a, sizeof(*root));
    *root = (struct schema_value){.type = SCHEMA_BOOLEAN, .boolean = true};
    AUTO_FREE char *warning =
        mem_printf("WARNING: unresolved URN reference ignored; using permissive schema: %s", url);
    if (set->warnings && !strlist_has(set->warnings, warning))
        strlist_add(set->warnings, warning);
    return schema_doc_add(set, url, root, ret_doc, err);
}

/* Only Go's text about a scheme without a loader is Helm's own: it reads the others. */
static int refuse(struct arena *a, const char *url, struct error **err)
{
    struct gourl parsed;
    AUTO_FREE char *quoted = goquote_dup(url);
    if (gourl_parse(a, (struct text_span){url, strlen(url)}, &parsed, err))
        return error_wrap(err, "failing loading %s", quoted);
    if (text_has_prefix(url, "http:") || text_has_prefix(url, "https:") ||
        text_has_prefix(url, "file:"))
        return error_set(err, ERROR_INPUT,
                         "failing loading %s: only references inside the chart's own schema are "
                         "followed",
                         quoted);
    AUTO_FREE char *whole = goquote_dup(schema_url_write(a, &parsed));
    return error_set(err, ERROR_INPUT, "failing loading %s: no URLLoader registered for %s", quoted,
                     whole);
}

int schema_doc_load(struct schema_set *set, const char *url, struct schema_doc **ret_doc,
                    struct error **err)
{
    for (size_t i = 0; i < set->docs_count; i++) {
        if (strcmp(set->docs[i]->url, url) == 0) {
            *ret_doc = set->docs[i];
            return 0;
        }
    }
    const char *text = schema_meta_text(url);
    if (text)
        return read_meta(set, url, text, ret_doc, err);
    if (text_has_prefix(url, "urn:"))
        return read_urn(set, url, ret_doc, err);
    return refuse(set->a, url, err);
}

int schema_doc_lookup(struct schema_set *set, struct schema_doc *doc, const char *pointer,
                      const struct schema_value **ret, struct error **err)
{
    if (look_up(set->a, doc, pointer, ret, err))
        return -1;
    if (json_object_get(doc->processed, pointer))
        return 0;
    struct schema_resource *resource = schema_doc_resource(doc, pointer);
    const char *id = resource->id;
    if (collect(set, doc, *ret, id, pointer, resource->draft, err))
        return -1;
    return check_against_meta(set, doc, *ret, pointer, err);
}

static int resolve_fragment(struct schema_set *set, const struct schema_doc *doc,
                            const struct schema_resource *resource, const char *fragment,
                            const char **ret_pointer, struct error **err)
{
    if (!fragment[0] || fragment[0] == '/') {
        *ret_pointer = arena_printf(set->a, "%s%s", resource->pointer, fragment);
        return 0;
    }
    for (size_t i = 0; i < resource->count; i++) {
        if (strcmp(resource->anchors[i].name, fragment) == 0) {
            *ret_pointer = resource->anchors[i].pointer;
            return 0;
        }
    }
    AUTO_FREE char *url = goquote_dup(doc->url);
    AUTO_FREE char *reference = goquote_dup(schema_location(set->a, resource->id, fragment));
    return error_set(err, ERROR_INPUT, "anchor in %s not found in schema %s", reference, url);
}

int schema_doc_resolve(struct schema_set *set, struct schema_doc *doc, struct schema_resource *from,
                       const char *ref, struct schema_doc **ret_doc, const char **ret_pointer,
                       struct error **err)
{
    const char *url = ref[0] == '#' ? from->own_url : NULL, *fragment;
    if (url ? schema_url_fragment(set->a, ref, &fragment, err)
            : schema_url_join(set->a, from->id, ref, &url, &fragment, err))
        return -1;
    if (ref[0] == '#')
        from->own_url = url;
    const struct schema_resource *resource =
        strcmp(url, doc->url) == 0 ? schema_doc_resource(doc, "") : resource_of_id(doc, url);
    *ret_doc = doc;
    if (!resource) {
        if (schema_doc_load(set, url, ret_doc, err))
            return -1;
        resource = schema_doc_resource(*ret_doc, "");
    }
    return resolve_fragment(set, *ret_doc, resource, fragment, ret_pointer, err);
}
