/* Fields of kubeconfig entries: their types, paths and PEM texts. */
#include "config_file.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/fs.h"
#include "meshctl/kube/kubeconfig.h"
#include "meshctl/pki/cert.h"

#define MAX_ITEMS 10000 /* of a list in an entry */

static const json_t *field_of(const struct config_entry *e, const char *field)
{
    const json_t *value = json_object_get(e->value, field);
    return json_is_null(value) ? NULL : value;
}

int config_check_string(const struct config_entry *e, const char *field, const char *sub,
                        const json_t *value, const char **ret_text, struct error **err)
{
    *ret_text = NULL;
    if (!value || json_is_null(value))
        return 0;
    const char *shown = sub ? sub : field;
    if (!json_is_string(value))
        return config_fail(e, field, sub, err, "%s is no string", shown);
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    if (strlen(text) != len)
        return config_fail(e, field, sub, err, "%s holds a NUL", shown);
    *ret_text = len ? text : NULL;
    return 0;
}

int config_string(const struct config_entry *e, const char *field, const char **ret_text,
                  struct error **err)
{
    return config_check_string(e, field, NULL, field_of(e, field), ret_text, err);
}

int config_string_dup(const struct config_entry *e, const char *field, char **ret_text,
                      struct error **err)
{
    const char *text = NULL;
    if (config_string(e, field, &text, err) < 0)
        return -1;
    *ret_text = mem_strdup_opt(text);
    return 0;
}

int config_bool(const struct config_entry *e, const char *field, bool *ret_flag, struct error **err)
{
    const json_t *value = field_of(e, field);
    if (value && !json_is_boolean(value))
        return config_fail(e, field, NULL, err, "%s is neither true nor false", field);
    *ret_flag = json_is_true(value);
    return 0;
}

int config_strings(const struct config_entry *e, const char *field, struct strlist *out,
                   struct error **err)
{
    const json_t *list = field_of(e, field);
    if (list && !json_is_array(list))
        return config_fail(e, field, NULL, err, "%s is no list", field);
    if (json_array_size(list) > MAX_ITEMS)
        return config_fail(e, field, NULL, err, "%s has more than %d items", field, MAX_ITEMS);
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item) {
        const char *text = NULL;
        if (config_check_string(e, field, NULL, item, &text, err) < 0)
            return -1;
        strlist_add(out, text ? text : "");
    }
    return 0;
}

int config_path_dup(const struct config_entry *e, const char *field, char **ret_path,
                    struct error **err)
{
    const char *text = NULL;
    if (config_string(e, field, &text, err) < 0)
        return -1;
    *ret_path = text ? fs_join_dup(e->file->dir, text) : NULL;
    return 0;
}

static int read_data(const struct config_entry *e, const char *field, struct buf *out,
                     struct error **err)
{
    const json_t *value = field_of(e, field);
    if (!json_is_string(value))
        return config_fail(e, field, NULL, err, "%s is no string", field);
    /* The text is no part of the message: it may be a key. */
    if (base64_decode(out, json_string_value(value), json_string_length(value)) < 0)
        return config_fail(e, field, NULL, err, "%s is not base64", field);
    return 0;
}

static int read_file(const struct config_entry *e, const char *field, const char *path,
                     struct buf *out, struct error **err)
{
    if (fs_read(path, PKI_MAX_PEM, out, err) == 0)
        return 0;
    return config_file_fail(e, field, err);
}

int config_pem_dup(const struct config_entry *e, const char *file_field, const char *data_field,
                   char **ret_pem, char **ret_name, struct error **err)
{
    AUTO_FREE char *path = NULL;
    if (config_path_dup(e, file_field, &path, err) < 0)
        return -1;
    const json_t *data = field_of(e, data_field);
    bool has_data = data && !(json_is_string(data) && json_string_length(data) == 0);
    AUTO_SECRET_BUF text = BUF_INIT_MAX(KUBECONFIG_MAX_BYTES);
    if (!has_data && !path)
        return 0;
    if (has_data && path)
        return config_fail(e, file_field, NULL, err, "%s and %s are both set", file_field,
                           data_field);
    int rc = has_data ? read_data(e, data_field, &text, err)
                      : read_file(e, file_field, path, &text, err);
    if (rc < 0)
        return -1;
    if (strlen(buf_str(&text)) != text.len)
        return config_fail(e, has_data ? data_field : file_field, NULL, err, "%s is not PEM text",
                           has_data ? data_field : file_field);
    *ret_name = path ? TAKE(path) : mem_printf("%s of %s", data_field, e->file->path);
    *ret_pem = buf_detach(&text, NULL);
    return 0;
}
