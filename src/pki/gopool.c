/* x509.CertPool: the certificates of a PEM text as Go collects them, passing over what it cannot
 * read. */
#include <stdlib.h>
#include <string.h>

#include "meshctl/pki/gopem.h"
#include "meshctl/pki/gox509.h"

/* NULL where Go takes none from the block. */
static struct pki_cert *cert_of(const struct gopem_block *block)
{
    AUTO_ERROR struct error *ignored = NULL;
    struct pki_cert *cert = NULL;
    bool is_one = !block->has_headers && block->type.len == strlen("CERTIFICATE") &&
                  memcmp(block->type.data, "CERTIFICATE", block->type.len) == 0;
    if (!is_one || gox509_cert_read((const unsigned char *)buf_str(&block->der), block->der.len,
                                    &cert, &ignored) < 0)
        return NULL;
    return cert;
}

void gox509_certs_read(const char *pem, size_t len, struct pki_cert ***ret_certs, size_t *ret_count,
                       size_t *ret_passed_over)
{
    struct pki_cert **certs = NULL;
    size_t cap = 0, count = 0, passed_over = 0;
    bool more = true;
    while (more) {
        AUTO_GOPEM block = {0};
        more = gopem_next(&pem, &len, &block);
        struct pki_cert *cert = more && count < PKI_MAX_CERTS ? cert_of(&block) : NULL;
        if (cert) {
            certs = mem_grow(certs, &cap, count + 1, sizeof(*certs));
            certs[count++] = cert;
        } else if (more) {
            passed_over++;
        }
    }
    *ret_certs = certs;
    *ret_count = count;
    if (ret_passed_over)
        *ret_passed_over = passed_over;
}
