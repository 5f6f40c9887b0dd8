/* --set and its kin, and -f, over one object of values. */
#include "meshctl/helm/values.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/strings.h"
#include "values_set.h"
#include "values_text.h"

static const char *const set_flags[] = {
    [VALUES_SET] = "--set data",
    [VALUES_SET_STRING] = "--set-string data",
    [VALUES_SET_FILE] = "--set-file data",
    [VALUES_SET_JSON] = "--set-json data",
    [VALUES_SET_LITERAL] = "--set-literal data",
};

/* helm 4 pkg/cli/values/options.go: a whole object. */
static int set_json_object(json_t *values, const char *trimmed, size_t len, const char *text,
                           struct error **err)
{
    json_error_t why;
    json_auto_t *object = json_loadb(trimmed, len, JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &why);
    if (!object)
        return error_set(err, ERROR_INPUT, "failed parsing --set-json data JSON: %s", text);
    json_merge_over(values, object);
    return 0;
}

/* Helm says the text but not what is wrong with it. */
static int set_json(json_t *values, const char *text, int helm_major, struct error **err)
{
    const char *trimmed = text;
    size_t len = strlen(text);
    AUTO_ERROR struct error *why = NULL;
    gostring_trim(&trimmed, &len);
    if (helm_major >= 4 && len && trimmed[0] == '{')
        return set_json_object(values, trimmed, len, text, err);
    if (strvals_parse(values, VALUES_SET_JSON, text, strlen(text), NULL, &why) == 0)
        return 0;
    error_set(err, why->kind, "failed parsing %s %s", set_flags[VALUES_SET_JSON], text);
    return error_hint(err, "%s", why->message);
}

int values_set(json_t *values, enum values_set_kind kind, const char *text, int helm_major,
               const struct values_urls *urls, struct error **err)
{
    if (kind == VALUES_SET_JSON)
        return set_json(values, text, helm_major, err);
    if (strvals_parse(values, kind, text, strlen(text), urls, err))
        return error_wrap(err, "failed parsing %s", set_flags[kind]);
    return 0;
}

int values_merge_file(json_t *values, const char *path, int helm_major,
                      const struct values_urls *urls, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    json_auto_t *over = NULL;
    if (values_read_file(path, urls, &text, err))
        return -1;
    if (values_text_read(buf_str(&text), text.len, path, helm_major, &over, err))
        return error_wrap(err, "failed to parse %s", path);
    json_merge_over(values, over);
    return 0;
}
