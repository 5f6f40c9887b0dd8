/* Keys and certificates that charts hand in. The first byte says what the rest is: 'P' a PEM text,
 * 'C' the DER of a certificate, 'R', 'E', 'D', '8' the DER of a key. A key that is read can be
 * written, and then read again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/pki/gopem.h"
#include "meshctl/pki/gox509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_key(const char *pem, size_t len)
{
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    MC_CLEANUP(pki_key_cleanup) struct pki_key *again = NULL;
    AUTO_ERROR struct error *err = NULL;
    AUTO_GOPEM block = {0};
    AUTO_BUF out = BUF_INIT;
    if (gox509_key_read(pem, len, &key, &err) < 0) {
        if (!err)
            abort();
        return;
    }
    /* Of a DSA key only its type is kept. */
    if (gopem_decode(pem, len, &block) && strcmp(buf_str(&block.type), "DSA PRIVATE KEY") == 0)
        return;
    if (gox509_key_write(&out, key, &err) < 0 ||
        gox509_key_read(buf_str(&out), out.len, &again, &err) < 0)
        abort();
}

static void try_cert(const unsigned char *der, size_t len)
{
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *cert = NULL;
    AUTO_ERROR struct error *err = NULL;
    if (gox509_cert_read(der, len, &cert, &err) < 0 && !err)
        abort();
}

static void try_text(const char *text, size_t len)
{
    AUTO_GOPEM block = {0};
    try_key(text, len);
    if (gopem_decode(text, len, &block))
        try_cert((const unsigned char *)buf_str(&block.der), block.der.len);
}

static const char *key_type(uint8_t letter)
{
    switch (letter) {
    case 'R':
        return "RSA PRIVATE KEY";
    case 'E':
        return "EC PRIVATE KEY";
    case 'D':
        return "DSA PRIVATE KEY";
    default:
        return "PRIVATE KEY";
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_BUF pem = BUF_INIT;
    if (size == 0)
        return 0;
    if (data[0] == 'P') {
        try_text((const char *)data + 1, size - 1);
    } else if (data[0] == 'C') {
        try_cert(data + 1, size - 1);
    } else {
        gopem_encode(&pem, key_type(data[0]), data + 1, size - 1);
        try_key(buf_str(&pem), pem.len);
    }
    return 0;
}
