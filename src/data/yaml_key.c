/* Keys of all kinds as the strings that they become. */
#include "yaml_key.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void set_text(struct yaml_key *key, const char *text)
{
    key->text = text;
    key->len = strlen(text);
}

static void set_integer(struct yaml_key *key, int64_t value)
{
    snprintf(key->number, sizeof(key->number), "%" PRId64, value);
    set_text(key, key->number);
}

/* sigs.k8s.io/yaml prints float keys with 32 bits of precision. */
static void set_real(struct yaml_key *key, double value)
{
    float narrow = (float)value;
    if (isfinite(narrow))
        gofloat_format32(narrow, key->number);
    else
        snprintf(key->number, sizeof(key->number), "%s",
                 isnan(narrow) ? ".nan"
                 : narrow > 0  ? ".inf"
                               : "-.inf");
    set_text(key, key->number);
}

/* jansson holds no NUL in keys that other code can see. */
static int set_string(const struct yaml_source *s, const yaml_event_t *event, const char *text,
                      size_t len, struct yaml_key *key, struct error **err)
{
    if (memchr(text, '\0', len))
        return yaml_source_fail(s, &event->start_mark, err,
                                "yaml: a map key contains a NUL character");
    key->text = text;
    key->len = len;
    return 0;
}

static int refuse(const struct yaml_source *s, const yaml_event_t *event, const char *type,
                  struct error **err)
{
    return yaml_source_fail(s, &event->start_mark, err, "unsupported map key of type: %s", type);
}

int yaml_key_of_scalar(const struct yaml_source *s, const yaml_event_t *event,
                       struct yaml_key *ret_key, struct error **err)
{
    struct yaml_scalar scalar;
    AUTO_BUF bytes = BUF_INIT;
    if (yaml_scalar_of_event(s, event, &scalar, &bytes, err) < 0)
        return -1;
    if (bytes.data)
        return refuse(s, event, "binary", err);
    switch (scalar.kind) {
    case YAML_KIND_NULL:
        return refuse(s, event, "null", err);
    case YAML_KIND_UINT:
        return refuse(s, event, "uint64", err);
    case YAML_KIND_BOOL:
        set_text(ret_key, scalar.boolean ? "true" : "false");
        return 0;
    case YAML_KIND_INT:
        set_integer(ret_key, scalar.integer);
        return 0;
    case YAML_KIND_FLOAT:
        set_real(ret_key, scalar.real);
        return 0;
    default:
        return set_string(s, event, (const char *)event->data.scalar.value,
                          event->data.scalar.length, ret_key, err);
    }
}

int yaml_key_of_json(const struct yaml_source *s, const yaml_event_t *event, const json_t *value,
                     struct yaml_key *ret_key, struct error **err)
{
    switch (json_typeof(value)) {
    case JSON_TRUE:
    case JSON_FALSE:
        set_text(ret_key, json_is_true(value) ? "true" : "false");
        return 0;
    case JSON_INTEGER:
        set_integer(ret_key, json_integer_value(value));
        return 0;
    case JSON_REAL:
        set_real(ret_key, json_real_value(value));
        return 0;
    case JSON_STRING:
        return set_string(s, event, json_string_value(value), json_string_length(value), ret_key,
                          err);
    case JSON_NULL:
        return refuse(s, event, "null", err);
    default:
        return yaml_source_fail(s, &event->start_mark, err,
                                "yaml: invalid map key: a mapping or a sequence");
    }
}
