/* Chart.yaml and Chart.lock, decoded as Helm's structs and checked. */
#include "meshctl/chart/metadata.h"

#include <string.h>

#include "meshctl/base/semver.h"
#include "meshctl/base/text.h"
#include "meshctl/data/typed.h"
#include "meshctl/data/yaml.h"
#include "meshctl/golang/strconv.h"
#include "meshctl/golang/unicode.h"

static const struct typed_field maintainer_fields[] = {
    {.name = "name"},
    {.name = "email"},
    {.name = "url"},
    {.name = NULL},
};

static const struct typed_field dependency_fields[] = {
    {.name = "name", .always = true},
    {.name = "version"},
    {.name = "repository", .always = true},
    {.name = "condition"},
    {.name = "tags", .kind = TYPED_STRINGS},
    {.name = "enabled", .kind = TYPED_BOOL},
    {.name = "import-values", .kind = TYPED_LIST},
    {.name = "alias"},
    {.name = NULL},
};

static const struct typed_field metadata_fields[] = {
    {.name = "name"},
    {.name = "home"},
    {.name = "sources", .kind = TYPED_STRINGS},
    {.name = "version"},
    {.name = "description"},
    {.name = "keywords", .kind = TYPED_STRINGS},
    {.name = "maintainers",
     .kind = TYPED_STRUCTS,
     .fields = maintainer_fields,
     .go_type = "[]*chart.Maintainer"},
    {.name = "icon"},
    {.name = "apiVersion"},
    {.name = "condition"},
    {.name = "tags"},
    {.name = "appVersion"},
    {.name = "deprecated", .kind = TYPED_BOOL},
    {.name = "annotations", .kind = TYPED_STRING_MAP},
    {.name = "kubeVersion"},
    {.name = "dependencies",
     .kind = TYPED_STRUCTS,
     .fields = dependency_fields,
     .go_type = "[]*chart.Dependency"},
    {.name = "type"},
    {.name = NULL},
};

static const struct typed_field lock_fields[] = {
    {.name = "generated", .always = true},
    {.name = "digest", .always = true},
    {.name = "dependencies",
     .kind = TYPED_STRUCTS,
     .fields = dependency_fields,
     .go_type = "[]*chart.Dependency"},
    {.name = NULL},
};

const struct metadata_key metadata_keys[] = {
    {"name", "Name", METADATA_TEXT},
    {"home", "Home", METADATA_TEXT},
    {"sources", "Sources", METADATA_LIST},
    {"version", "Version", METADATA_TEXT},
    {"description", "Description", METADATA_TEXT},
    {"keywords", "Keywords", METADATA_LIST},
    {"maintainers", "Maintainers", METADATA_LIST},
    {"icon", "Icon", METADATA_TEXT},
    {"apiVersion", "APIVersion", METADATA_TEXT},
    {"condition", "Condition", METADATA_TEXT},
    {"tags", "Tags", METADATA_TEXT},
    {"appVersion", "AppVersion", METADATA_TEXT},
    {"deprecated", "Deprecated", METADATA_FLAG},
    {"annotations", "Annotations", METADATA_MAP},
    {"kubeVersion", "KubeVersion", METADATA_TEXT},
    {"dependencies", "Dependencies", METADATA_LIST},
    {"type", "Type", METADATA_TEXT},
    {NULL, NULL, METADATA_TEXT},
};

const struct metadata_key metadata_maintainer_keys[] = {
    {"name", "Name", METADATA_TEXT},
    {"email", "Email", METADATA_TEXT},
    {"url", "URL", METADATA_TEXT},
    {NULL, NULL, METADATA_TEXT},
};

const struct metadata_key metadata_dependency_keys[] = {
    {"name", "Name", METADATA_TEXT},
    {"version", "Version", METADATA_TEXT},
    {"repository", "Repository", METADATA_TEXT},
    {"condition", "Condition", METADATA_TEXT},
    {"tags", "Tags", METADATA_LIST},
    {"enabled", "Enabled", METADATA_FLAG},
    {"import-values", "ImportValues", METADATA_LIST},
    {"alias", "Alias", METADATA_TEXT},
    {NULL, NULL, METADATA_TEXT},
};

static int read_typed(const struct typed_field *fields, const char *go_type, const char *text,
                      size_t len, const char *name, json_t *into, struct error **err)
{
    json_auto_t *value = NULL;
    if (yaml_read(text, len, name, 0, &value, err))
        return error_wrap(err, "error converting YAML to JSON");
    return typed_read(fields, value, go_type, into, err);
}

int metadata_read(const char *text, size_t len, const char *name, json_t *metadata,
                  struct error **err)
{
    return read_typed(metadata_fields, "chart.Metadata", text, len, name, metadata, err);
}

int metadata_read_lock(const char *text, size_t len, const char *name, json_t **ret_lock,
                       struct error **err)
{
    json_auto_t *lock = json_object();
    if (read_typed(lock_fields, "chart.Lock", text, len, name, lock, err))
        return -1;
    *ret_lock = TAKE(lock);
    return 0;
}

/* --- validation --- */

static int invalid(struct error **err, const char *fmt, ...) MC_PRINTF(2, 3);
static int invalid(struct error **err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    return error_set(err, ERROR_INPUT, "validation: %s", text);
}

/* What unicode.IsPrint refuses, apart from unassigned code points. */
static bool is_hidden(uint32_t r)
{
    static const uint32_t ranges[][2] = {
        {0x00, 0x1f},        {0x7f, 0x9f},     {0xad, 0xad},     {0x061c, 0x061c},
        {0x180e, 0x180e},    {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x206f},
        {0xe000, 0xf8ff},    {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff},
        {0xf0000, 0x10ffff},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(ranges); i++)
        if (r >= ranges[i][0] && r <= ranges[i][1])
            return true;
    return false;
}

/* metadata.go sanitizeString. */
static json_t *sanitized(const json_t *text)
{
    AUTO_BUF out = BUF_INIT;
    const char *s = json_string_value(text);
    size_t left = json_string_length(text);
    while (left) {
        uint32_t rune;
        size_t n = text_rune(s, left, &rune);
        if (trune_is_space(rune))
            buf_appendc(&out, ' ');
        else if (!is_hidden(rune))
            text_append_rune(&out, rune);
        s += n;
        left -= n;
    }
    return json_stringn(buf_str(&out), out.len);
}

static void sanitize_all(json_t *object, const struct metadata_key *keys)
{
    for (const struct metadata_key *k = keys; k->key; k++) {
        json_t *value = json_object_get(object, k->key);
        if (json_is_string(value)) {
            json_object_set_new(object, k->key, sanitized(value));
            continue;
        }
        for (size_t i = 0; json_is_array(value) && i < json_array_size(value); i++)
            if (json_is_string(json_array_get(value, i)))
                json_array_set_new(value, i, sanitized(json_array_get(value, i)));
    }
}

static int check_name(const json_t *metadata, struct error **err)
{
    const char *name = json_dig_str(metadata, "name", NULL);
    if (!name || !name[0])
        return invalid(err, "chart.metadata.name is required");
    AUTO_FREE char *quoted = goquote_dup(name);
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return invalid(err, "chart.metadata.name %s is not allowed", quoted);
    if (strchr(name, '/'))
        return invalid(err, "chart.metadata.name %s is invalid", quoted);
    return 0;
}

static int check_version(const json_t *metadata, struct error **err)
{
    const char *version = json_dig_str(metadata, "version", NULL);
    if (!version || !version[0])
        return invalid(err, "chart.metadata.version is required");
    AUTO_FREE char *quoted = goquote_dup(version);
    struct semver parsed;
    AUTO_ERROR struct error *ignored = NULL;
    if (semver_parse(version, &parsed, &ignored))
        return invalid(err, "chart.metadata.version %s is invalid", quoted);
    const char *type = json_dig_str(metadata, "type", NULL);
    if (type && type[0] && strcmp(type, "application") != 0 && strcmp(type, "library") != 0)
        return invalid(err, "chart.metadata.type must be application or library");
    return 0;
}

static bool is_alias(const char *s)
{
    return s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")] == '\0';
}

static int check_dependencies(const json_t *metadata, struct error **err)
{
    json_auto_t *seen = json_object();
    const json_t *list = json_object_get(metadata, "dependencies");
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *dependency = json_array_get(list, i);
        if (!json_is_object(dependency))
            return invalid(err, "dependencies must not contain empty or null nodes");
        sanitize_all(dependency, metadata_dependency_keys);
        const char *name = json_dig_str(dependency, "name", NULL);
        const char *alias = json_dig_str(dependency, "alias", NULL);
        const char *key = alias && alias[0] ? alias : name;
        AUTO_FREE char *quoted = goquote_dup(name);
        if (alias && !is_alias(alias))
            return invalid(err, "dependency %s has disallowed characters in the alias", quoted);
        AUTO_FREE char *quoted_key = goquote_dup(key);
        if (json_object_get(seen, key))
            return invalid(err, "more than one dependency with name or alias %s", quoted_key);
        json_object_set_new(seen, key, json_true());
    }
    return 0;
}

int metadata_validate(json_t *metadata, struct error **err)
{
    sanitize_all(metadata, metadata_keys);
    const char *api = json_dig_str(metadata, "apiVersion", NULL);
    if (!api || !api[0])
        return invalid(err, "chart.metadata.apiVersion is required");
    if (check_name(metadata, err) || check_version(metadata, err))
        return -1;
    const json_t *people = json_object_get(metadata, "maintainers");
    for (size_t i = 0; i < json_array_size(people); i++) {
        json_t *person = json_array_get(people, i);
        if (!json_is_object(person))
            return invalid(err, "maintainers must not contain empty or null nodes");
        sanitize_all(person, metadata_maintainer_keys);
    }
    return check_dependencies(metadata, err);
}
