/* Reads a values text, of one document or several. */
#include "values_text.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/data/gotype.h"
#include "meshctl/data/yaml.h"
#include "meshctl/golang/strings.h"

#define SEPARATOR "---"

/* sigs.k8s.io/yaml Unmarshal into a map. */
static int read_document(const char *text, size_t len, const char *name, json_t **ret_object,
                         struct error **err)
{
    json_auto_t *value = NULL;
    if (yaml_read(text, len, name, YAML_NUMBERS_FLOAT, &value, err))
        return error_wrap(err, "error converting YAML to JSON");
    if (!json_is_null(value) && !json_is_object(value)) {
        error_set(err, ERROR_INPUT,
                  "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal %s into Go "
                  "value of type map[string]interface {}",
                  name_json_type(value));
        return error_where(err, "%s:1:1", name);
    }
    *ret_object = json_is_null(value) ? json_object() : TAKE(value);
    return 0;
}

/* The line without its end, and where the next one begins. */
static const char *take_line(const char *text, const char *end, size_t *ret_len)
{
    const char *newline = memchr(text, '\n', (size_t)(end - text));
    size_t len = (size_t)((newline ? newline : end) - text);
    *ret_len = newline && len && text[len - 1] == '\r' ? len - 1 : len;
    return newline ? newline + 1 : end;
}

/* What stands behind a separator must be blank or a comment. */
static int check_separator(const char *line, size_t len, const char *name, size_t number,
                           struct error **err)
{
    const char *rest = line + strlen(SEPARATOR);
    size_t rest_len = len - strlen(SEPARATOR);
    gostring_trim(&rest, &rest_len);
    if (!rest_len || rest[0] == '#')
        return 0;
    error_set(err, ERROR_INPUT,
              "error reading yaml document: invalid Yaml document separator: %.*s", (int)rest_len,
              rest);
    return error_where(err, "%s:%zu:%zu", name, number, (size_t)(rest - line) + 1);
}

struct reader {
    const char *name;
    struct buf document;
    size_t first;   /* line where the document began */
    json_t *merged; /* NULL before the first document */
};

/* The place counts lines from the text's start, the message from the document's, as Helm does. */
static void place_error(const struct reader *r, struct error **err)
{
    AUTO_BUF padded = BUF_INIT;
    AUTO_ERROR struct error *placed = NULL;
    json_auto_t *ignored = NULL;
    buf_pad(&padded, '\n', r->first - 1);
    buf_append(&padded, r->document.data, r->document.len);
    if (read_document(buf_str(&padded), padded.len, r->name, &ignored, &placed) && placed->where)
        error_where(err, "%s", placed->where);
}

static int end_document(struct reader *r, struct error **err)
{
    json_auto_t *object = NULL;
    if (!r->document.len)
        return 0;
    if (read_document(buf_str(&r->document), r->document.len, r->name, &object, err)) {
        place_error(r, err);
        return error_wrap(err, "cannot unmarshal yaml document");
    }
    if (r->merged)
        json_merge_over(r->merged, object);
    else
        r->merged = TAKE(object);
    buf_clear(&r->document);
    return 0;
}

/* k8s.io/apimachinery pkg/util/yaml YAMLReader: a separator ends what was before
 * it, if anything. */
static int read_documents(struct reader *r, const char *text, size_t len, struct error **err)
{
    const char *end = text + len;
    for (size_t number = 1; text < end; number++) {
        size_t line_len;
        const char *line = text;
        text = take_line(text, end, &line_len);
        bool separates = line_len >= strlen(SEPARATOR) && text_has_prefix(line, SEPARATOR);
        if (separates && check_separator(line, line_len, r->name, number, err))
            return -1;
        if (separates && r->document.len) {
            if (end_document(r, err))
                return -1;
            continue;
        }
        if (!r->document.len)
            r->first = number;
        buf_append(&r->document, line, line_len);
        buf_appendc(&r->document, '\n');
    }
    return end_document(r, err);
}

int values_text_read(const char *text, size_t len, const char *name, int helm_major,
                     json_t **ret_object, struct error **err)
{
    if (helm_major < 4)
        return read_document(text, len, name, ret_object, err);
    struct reader r = {.name = name, .document = BUF_INIT};
    int rc = read_documents(&r, text, len, err);
    buf_release(&r.document);
    if (rc)
        json_decref(r.merged);
    else
        *ret_object = r.merged ? r.merged : json_object();
    return rc;
}
