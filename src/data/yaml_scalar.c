/* One scalar event: its tag, its quotes, its value. */
#include "yaml_scalar.h"

#include <math.h>
#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"

/* The tags that go-yaml v2 resolve.go resolvableTag knows; any other leaves the text a string. */
static const struct {
    const char *name;
    enum yaml_kind kind;
} known_tags[] = {
    {YAML_TAG_PREFIX "str", YAML_KIND_STRING}, {YAML_TAG_PREFIX "bool", YAML_KIND_BOOL},
    {YAML_TAG_PREFIX "int", YAML_KIND_INT},    {YAML_TAG_PREFIX "float", YAML_KIND_FLOAT},
    {YAML_TAG_PREFIX "null", YAML_KIND_NULL},  {YAML_TAG_PREFIX "timestamp", YAML_KIND_TIMESTAMP},
};

/* Base64 to text; what is no UTF-8 in it becomes U+FFFD, as Go's encoding/json would make it. */
static int decode_binary(const struct yaml_source *s, const yaml_event_t *event,
                         struct buf *ret_bytes, struct error **err)
{
    AUTO_SECRET_BUF raw = BUF_INIT;
    if (base64_decode(&raw, (const char *)event->data.scalar.value, event->data.scalar.length) < 0)
        return yaml_source_fail(s, &event->start_mark, err,
                                "yaml: !!binary value contains invalid base64 data");
    for (size_t i = 0; i < raw.len;) {
        uint32_t rune;
        i += text_rune(raw.data + i, raw.len - i, &rune);
        text_append_rune(ret_bytes, rune);
    }
    return 0;
}

/* The scalar with a known tag, which its text must fit; an int is a float when that is asked. */
static int apply_tag(const struct yaml_source *s, const yaml_event_t *event, enum yaml_kind wanted,
                     struct yaml_scalar *scalar, struct error **err)
{
    /* go-yaml looks for dates only where no tag or !!timestamp stands. */
    if (scalar->kind == YAML_KIND_TIMESTAMP && wanted != YAML_KIND_TIMESTAMP)
        scalar->kind = YAML_KIND_STRING;
    bool is_uint_for_int = scalar->kind == YAML_KIND_UINT && wanted == YAML_KIND_INT;
    if (wanted == YAML_KIND_STRING) {
        scalar->kind = YAML_KIND_STRING;
    } else if (wanted == YAML_KIND_FLOAT && scalar->kind == YAML_KIND_INT) {
        *scalar = (struct yaml_scalar){.kind = YAML_KIND_FLOAT, .real = (double)scalar->integer};
    } else if (scalar->kind != wanted && !is_uint_for_int) {
        if (s->full_errors)
            return yaml_source_fail(s, &event->start_mark, err,
                                    "yaml: cannot decode %s `%s` as a %s",
                                    yaml_kind_tag(scalar->kind),
                                    (const char *)event->data.scalar.value, yaml_kind_tag(wanted));
        return yaml_source_fail(s, &event->start_mark, err, "yaml: cannot decode a %s as a %s",
                                yaml_kind_tag(scalar->kind), yaml_kind_tag(wanted));
    }
    return 0;
}

int yaml_scalar_of_event(const struct yaml_source *s, const yaml_event_t *event,
                         struct yaml_scalar *ret_scalar, struct buf *ret_bytes, struct error **err)
{
    const char *text = (const char *)event->data.scalar.value;
    const char *tag = (const char *)event->data.scalar.tag;
    size_t len = event->data.scalar.length;
    *ret_scalar = (struct yaml_scalar){.kind = YAML_KIND_STRING};
    if (!tag) {
        if (event->data.scalar.plain_implicit)
            *ret_scalar = yaml_resolve(text, len);
        return 0;
    }
    if (strcmp(tag, YAML_TAG_PREFIX "binary") == 0)
        return decode_binary(s, event, ret_bytes, err);
    for (size_t i = 0; i < MC_ARRAY_LEN(known_tags); i++) {
        if (strcmp(tag, known_tags[i].name) == 0) {
            *ret_scalar = yaml_resolve(text, len);
            return apply_tag(s, event, known_tags[i].kind, ret_scalar, err);
        }
    }
    return 0;
}

static json_t *json_of_integer(int64_t value, unsigned flags)
{
    return flags & YAML_NUMBERS_FLOAT ? json_real((double)value) : json_integer(value);
}

int yaml_scalar_json(const struct yaml_source *s, const yaml_event_t *event, unsigned flags,
                     json_t **ret_value, struct error **err)
{
    struct yaml_scalar scalar;
    AUTO_SECRET_BUF bytes = BUF_INIT;
    if (yaml_scalar_of_event(s, event, &scalar, &bytes, err) < 0)
        return -1;
    switch (scalar.kind) {
    case YAML_KIND_NULL:
        *ret_value = json_null();
        return 0;
    case YAML_KIND_BOOL:
        *ret_value = json_boolean(scalar.boolean);
        return 0;
    case YAML_KIND_INT:
        *ret_value = json_of_integer(scalar.integer, flags);
        return 0;
    case YAML_KIND_UINT:
    case YAML_KIND_FLOAT:
        if (!isfinite(scalar.real))
            return yaml_source_fail(s, &event->start_mark, err, "json: unsupported value: %s",
                                    isnan(scalar.real) ? "NaN"
                                    : scalar.real > 0  ? "+Inf"
                                                       : "-Inf");
        *ret_value = json_real(scalar.real);
        return 0;
    default:
        *ret_value = bytes.data ? json_stringn_nocheck(bytes.data, bytes.len)
                                : json_stringn_nocheck((const char *)event->data.scalar.value,
                                                       event->data.scalar.length);
        return 0;
    }
}
