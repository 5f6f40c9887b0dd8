/* DER as Go reads it, so that what is wrong with a key or certificate is said in Go's words: the
 * headers and integers of encoding/asn1, the elements of x/crypto/cryptobyte. */
#ifndef PKI_GODER_H
#define PKI_GODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "meshctl/base/error.h"

/* Bytes not yet read; borrowed. */
struct der {
    const unsigned char *at;
    size_t len;
};

#define DER_INTEGER 0x02
#define DER_BIT_STRING 0x03
#define DER_OCTET_STRING 0x04
#define DER_OID 0x06
#define DER_SEQUENCE 0x30
#define DER_CONTEXT(n) (0x80 | (n))
#define DER_CONTEXT_CONSTRUCTED(n) (0xa0 | (n))

/* cryptobyte String.ReadASN1: the element at the front, which must have this identifier octet. The
 * body goes to *ret_body, or with der_take_element the whole of it; false leaves `in` as it was. */
bool der_take(struct der *in, unsigned char id, struct der *ret_body);
bool der_take_element(struct der *in, unsigned char id, struct der *ret_element);
/* ReadASN1Integer: minimal, not empty. */
bool der_take_integer(struct der *in, struct der *ret_bytes);
/* ReadOptionalASN1: true also when there is none (then *ret_present is false). */
bool der_take_optional(struct der *in, unsigned char id, bool *ret_present, struct der *ret_body);
/* ReadASN1BitString: at most 7 unused bits, which are 0. */
bool der_take_bits(struct der *in, struct der *ret_bytes);

/* The characters of a PrintableString, and those of `also`. */
bool der_is_printable(struct der text, const char *also);

/* asn1.Unmarshal of a Go struct: the fields that must be there, one letter each: i int, I *big.Int,
 * o []byte, a AlgorithmIdentifier (its body). A final '?' stands for optional fields: what comes
 * next must have a header, at least. More is not looked at. */
struct der_struct {
    const char *go_name; /* stands in errors */
    const char *fields;
};
#define DER_MAX_FIELDS 6
/* Bodies of the fields, and what stands behind them in the struct and behind the struct. The error
 * is Go's: "asn1: structure error: ...". */
struct der_fields {
    struct der at[DER_MAX_FIELDS];
    struct der rest;
    struct der trailing;
};
int der_struct_read(struct der in, const struct der_struct *type, struct der_fields *ret_fields,
                    struct error **err) MC_WARN_UNUSED;
/* asn1.Unmarshal into a []byte. */
int der_octets_read(struct der in, struct der *ret_bytes, struct error **err) MC_WARN_UNUSED;
/* The value of an int field. */
int64_t der_int(struct der bytes);

#endif
