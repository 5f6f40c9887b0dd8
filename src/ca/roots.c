/* Sets of root certificates, kept sorted by fingerprint. */
#include "meshctl/ca/roots.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_DIGITS 8

void ca_roots_release(struct ca_roots *roots)
{
    for (size_t i = 0; i < roots->count; i++)
        free(roots->items[i].subject);
    free(roots->items);
    *roots = (struct ca_roots){0};
}

/* The place of that fingerprint, or where it would stand. */
static size_t place_of(const struct ca_roots *roots, const char *fingerprint)
{
    size_t at = 0;
    while (at < roots->count && strcmp(roots->items[at].fingerprint, fingerprint) < 0)
        at++;
    return at;
}

bool ca_roots_has(const struct ca_roots *roots, const char *fingerprint)
{
    size_t at = place_of(roots, fingerprint);
    return at < roots->count && strcmp(roots->items[at].fingerprint, fingerprint) == 0;
}

void ca_roots_add(struct ca_roots *roots, const struct pki_cert *cert)
{
    AUTO_FREE char *fingerprint = pki_cert_fingerprint_dup(cert);
    if (ca_roots_has(roots, fingerprint))
        return;
    size_t at = place_of(roots, fingerprint);
    roots->items = mem_grow(roots->items, &roots->cap, roots->count + 1, sizeof(*roots->items));
    memmove(roots->items + at + 1, roots->items + at, (roots->count - at) * sizeof(*roots->items));
    roots->count++;
    struct ca_root *root = &roots->items[at];
    *root = (struct ca_root){.subject = pki_cert_subject_dup(cert),
                             .not_before = pki_cert_not_before(cert),
                             .not_after = pki_cert_not_after(cert)};
    memcpy(root->fingerprint, fingerprint, CA_FINGERPRINT_SIZE);
}

int ca_roots_add_pem(struct ca_roots *roots, const char *pem, size_t len, const char *name,
                     struct error **err)
{
    struct pki_cert **certs = NULL;
    size_t count = 0;
    if (pki_certs_read(pem, len, name, &certs, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        ca_roots_add(roots, certs[i]);
    pki_certs_free(certs, count);
    return 0;
}

enum ca_overlap ca_roots_compare(const struct ca_roots *a, const struct ca_roots *b)
{
    size_t common = 0;
    for (size_t i = 0; i < a->count; i++)
        common += ca_roots_has(b, a->items[i].fingerprint);
    if (common == a->count && common == b->count)
        return CA_ROOTS_EQUAL;
    return common ? CA_ROOTS_OVERLAP : CA_ROOTS_DISJOINT;
}

char *ca_roots_text_dup(const struct ca_roots *roots)
{
    AUTO_BUF text = BUF_INIT;
    for (size_t i = 0; i < roots->count; i++)
        buf_appendf(&text, "%s%.*s", i ? ", " : "", SHOWN_DIGITS, roots->items[i].fingerprint);
    return mem_strdup(text.len ? buf_str(&text) : "none");
}
