#include "meshctl/chart/values.h"

#include <string.h>

#include "meshctl/base/fs.h"
#include "meshctl/data/yaml.h"
#include "names.h"
#include "strvals.h"

static const char *const set_flags[] = {
    [VALUES_SET] = "--set data",
    [VALUES_SET_STRING] = "--set-string data",
    [VALUES_SET_FILE] = "--set-file data",
    [VALUES_SET_JSON] = "--set-json data",
    [VALUES_SET_LITERAL] = "--set-literal data",
};

/* A whole object in --set-json; helm 4 pkg/cli/values/options.go. */
static int set_json_object(json_t *values, const char *text, size_t len, struct error **err)
{
    json_error_t why;
    json_auto_t *object = json_loadb(text, len, JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &why);
    if (!object)
        return error_set(err, ERROR_INPUT, "%s", why.text);
    json_merge_over(values, object);
    return 0;
}

int values_set(json_t *values, enum values_set_kind kind, const char *text, struct error **err)
{
    const char *trimmed = text;
    size_t len = strlen(text);
    name_trim(&trimmed, &len);
    int rc = kind == VALUES_SET_JSON && len && trimmed[0] == '{'
                 ? set_json_object(values, trimmed, len, err)
                 : strvals_parse(values, kind, text, strlen(text), err);
    return rc ? error_wrap(err, "failed parsing %s", set_flags[kind]) : 0;
}

int values_merge_yaml(json_t *values, const char *text, size_t len, const char *name,
                      struct error **err)
{
    json_auto_t *over = NULL;
    if (yaml_read(text, len, name, YAML_NUMBERS_FLOAT, &over, err))
        return error_wrap(err, "failed to parse %s", name);
    if (json_is_null(over))
        return 0;
    if (!json_is_object(over)) {
        error_set(err, ERROR_INPUT,
                  "failed to parse %s: it holds %s where a map of values is wanted", name,
                  name_go_type(over));
        return error_where(err, "%s:1:1", name);
    }
    json_merge_over(values, over);
    return 0;
}

int values_merge_file(json_t *values, const char *path, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    if (fs_read(path, VALUES_MAX_FILE, &text, err))
        return -1;
    return values_merge_yaml(values, buf_str(&text), text.len, path, err);
}
