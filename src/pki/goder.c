/* DER, element by element, with Go's errors. */
#include "goder.h"

#include <string.h>

#define SYNTAX "asn1: syntax error: "
#define STRUCTURE "asn1: structure error: "
#define MAX_LENGTH_BEFORE_SHIFT ((size_t)1 << 23)
#define TAG_MULTIBYTE 0x1f
#define INT_MAX_OCTETS 8

struct header {
    unsigned class_number;
    unsigned tag;
    bool compound;
    size_t length; /* of the body */
    size_t size;   /* of the header */
};

/* ---- headers: encoding/asn1 parseTagAndLength; each gives NULL or Go's words ---- */

static const char *read_tag_number(struct der in, struct header *h)
{
    uint64_t value = 0;
    for (unsigned shifted = 0; h->size < in.len; shifted++) {
        unsigned char c = in.at[h->size];
        if (shifted == 5)
            return STRUCTURE "base 128 integer too large";
        if (shifted == 0 && c == 0x80)
            return SYNTAX "integer is not minimally encoded";
        value = value << 7 | (c & 0x7f);
        h->size++;
        if (c & 0x80)
            continue;
        h->tag = (unsigned)value;
        if (value > INT32_MAX)
            return STRUCTURE "base 128 integer too large";
        return value < TAG_MULTIBYTE ? SYNTAX "non-minimal tag" : NULL;
    }
    return SYNTAX "truncated base 128 integer";
}

static const char *read_long_length(struct der in, unsigned octets, struct header *h)
{
    if (octets == 0)
        return SYNTAX "indefinite length found (not DER)";
    h->length = 0;
    for (unsigned i = 0; i < octets; i++) {
        if (h->size >= in.len)
            return SYNTAX "truncated tag or length";
        if (h->length >= MAX_LENGTH_BEFORE_SHIFT)
            return STRUCTURE "length too large";
        h->length = h->length << 8 | in.at[h->size++];
        if (h->length == 0)
            return STRUCTURE "superfluous leading zeros in length";
    }
    return h->length < 0x80 ? STRUCTURE "non-minimal length" : NULL;
}

static const char *read_header(struct der in, struct header *h)
{
    *h = (struct header){0};
    if (in.len == 0)
        return SYNTAX "sequence truncated";
    unsigned char id = in.at[h->size++];
    h->class_number = id >> 6;
    h->compound = id & 0x20;
    h->tag = id & 0x1f;
    if (h->tag == TAG_MULTIBYTE) {
        const char *fault = read_tag_number(in, h);
        if (fault)
            return fault;
    }
    if (h->size >= in.len)
        return SYNTAX "truncated tag or length";
    unsigned char c = in.at[h->size++];
    if (c & 0x80)
        return read_long_length(in, c & 0x7f, h);
    h->length = c;
    return NULL;
}

/* ---- cryptobyte ---- */

static bool take(struct der *in, unsigned char id, struct der *ret_body, struct der *ret_element)
{
    struct header h;
    if (in->len == 0 || in->at[0] != id || read_header(*in, &h) || h.length > in->len - h.size)
        return false;
    size_t size = h.size + h.length;
    struct der whole = *in;
    if (ret_body)
        *ret_body = (struct der){whole.at + h.size, h.length};
    if (ret_element)
        *ret_element = (struct der){whole.at, size};
    *in = (struct der){whole.at + size, whole.len - size};
    return true;
}

bool der_take(struct der *in, unsigned char id, struct der *ret_body)
{
    struct der left = *in;
    if (!take(&left, id, ret_body, NULL))
        return false;
    /* `in` may be ret_body: reading on inside the element. */
    if (in != ret_body)
        *in = left;
    return true;
}

bool der_take_element(struct der *in, unsigned char id, struct der *ret_element)
{
    struct der left = *in;
    if (!take(&left, id, NULL, ret_element))
        return false;
    if (in != ret_element)
        *in = left;
    return true;
}

/* asn1 checkInteger. */
static const char *integer_fault(struct der bytes)
{
    if (bytes.len == 0)
        return STRUCTURE "empty integer";
    if (bytes.len > 1 && ((bytes.at[0] == 0 && !(bytes.at[1] & 0x80)) ||
                          (bytes.at[0] == 0xff && (bytes.at[1] & 0x80))))
        return STRUCTURE "integer not minimally-encoded";
    return NULL;
}

bool der_take_integer(struct der *in, struct der *ret_bytes)
{
    return der_take(in, DER_INTEGER, ret_bytes) && !integer_fault(*ret_bytes);
}

bool der_take_optional(struct der *in, unsigned char id, bool *ret_present, struct der *ret_body)
{
    *ret_present = in->len > 0 && in->at[0] == id;
    return !*ret_present || der_take(in, id, ret_body);
}

bool der_take_bits(struct der *in, struct der *ret_bytes)
{
    struct der body;
    if (!der_take(in, DER_BIT_STRING, &body) || body.len == 0)
        return false;
    unsigned unused = body.at[0];
    *ret_bytes = (struct der){body.at + 1, body.len - 1};
    if (unused > 7 || (body.len == 1 && unused != 0))
        return false;
    return body.len == 1 || !(body.at[body.len - 1] & ((1u << unused) - 1));
}

bool der_is_printable(struct der text, const char *also)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == '\0' || (!strchr(" '()+,-./:=?", c) && !strchr(also, c))))
            return false;
    }
    return true;
}

/* ---- encoding/asn1 ---- */

static int fail_tags(const struct header *h, unsigned tag, const char *go_name, size_t offset,
                     struct error **err)
{
    return error_set(
        err, ERROR_INPUT,
        STRUCTURE "tags don't match (%u vs {class:%u tag:%u length:%zu isCompound:%s}) "
                  "{optional:false explicit:false application:false private:false "
                  "defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false "
                  "omitEmpty:false} %s @%zu",
        tag, h->class_number, h->tag, h->length, h->compound ? "true" : "false", go_name, offset);
}

/* asn1 parseField of a universal type; `from` counts for the offset that the error names. */
static int read_field(struct der *in, size_t from, unsigned char id, const char *go_name,
                      struct der *ret_body, struct error **err)
{
    struct header h;
    const char *fault = read_header(*in, &h);
    if (fault)
        return error_set(err, ERROR_INPUT, "%s", fault);
    unsigned tag = id & 0x1f;
    bool compound = id & 0x20;
    if (h.class_number != 0 || h.tag != tag || h.compound != compound)
        return fail_tags(&h, tag, go_name, from + h.size, err);
    if (h.length > in->len - h.size)
        return error_set(err, ERROR_INPUT, SYNTAX "data truncated");
    *ret_body = (struct der){in->at + h.size, h.length};
    in->at += h.size + h.length;
    in->len -= h.size + h.length;
    return 0;
}

static int read_integer(struct der *in, size_t from, bool big, struct der *ret_body,
                        struct error **err)
{
    if (read_field(in, from, DER_INTEGER, big ? "" : "int", ret_body, err) < 0)
        return -1;
    const char *fault = integer_fault(*ret_body);
    if (!fault && !big && ret_body->len > INT_MAX_OCTETS)
        fault = STRUCTURE "integer too large";
    return fault ? error_set(err, ERROR_INPUT, "%s", fault) : 0;
}

/* The header, and with `whole` the body, of what need not be there. */
static int check_optional(struct der in, bool whole, struct error **err)
{
    struct header h;
    if (in.len == 0)
        return 0;
    const char *fault = read_header(in, &h);
    if (!fault && whole && h.length > in.len - h.size)
        fault = SYNTAX "data truncated";
    return fault ? error_set(err, ERROR_INPUT, "%s", fault) : 0;
}

static int read_algorithm(struct der *in, size_t from, struct der *ret_body, struct error **err)
{
    struct der oid;
    if (read_field(in, from, DER_SEQUENCE, "AlgorithmIdentifier", ret_body, err) < 0)
        return -1;
    struct der inside = *ret_body;
    if (read_field(&inside, 0, DER_OID, "ObjectIdentifier", &oid, err) < 0)
        return -1;
    return check_optional(inside, true, err);
}

static int read_letter(struct der *in, size_t from, char letter, struct der *ret_body,
                       struct error **err)
{
    switch (letter) {
    case 'i':
    case 'I':
        return read_integer(in, from, letter == 'I', ret_body, err);
    case 'o':
        return read_field(in, from, DER_OCTET_STRING, "", ret_body, err);
    case 'a':
        return read_algorithm(in, from, ret_body, err);
    default:
        return check_optional(*in, false, err);
    }
}

int der_struct_read(struct der in, const struct der_struct *type, struct der_fields *ret_fields,
                    struct error **err)
{
    struct der body;
    if (read_field(&in, 0, DER_SEQUENCE, type->go_name, &body, err) < 0)
        return -1;
    struct der left = body;
    for (size_t i = 0; type->fields[i] && i < DER_MAX_FIELDS; i++) {
        size_t from = (size_t)(left.at - body.at);
        if (read_letter(&left, from, type->fields[i], &ret_fields->at[i], err) < 0)
            return -1;
    }
    ret_fields->rest = left;
    ret_fields->trailing = in;
    return 0;
}

int der_octets_read(struct der in, struct der *ret_bytes, struct error **err)
{
    return read_field(&in, 0, DER_OCTET_STRING, "", ret_bytes, err);
}

int64_t der_int(struct der bytes)
{
    uint64_t value = bytes.len && (bytes.at[0] & 0x80) ? UINT64_MAX : 0;
    for (size_t i = 0; i < bytes.len; i++)
        value = value << 8 | bytes.at[i];
    return (int64_t)value;
}
