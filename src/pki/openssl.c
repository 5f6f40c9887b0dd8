/* OpenSSL's errors and BIOs in the house's form. */
#include "openssl.h"

#include <openssl/err.h>
#include <stdlib.h>

#define MAX_REASONS 3 /* more of the queue only repeats the first ones in other words */

int pki_openssl_error(struct error **err, enum error_kind kind, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_BUF text = BUF_INIT;
    buf_vappendf(&text, fmt, ap);
    va_end(ap);
    unsigned long code;
    for (size_t count = 0; (code = ERR_get_error()) != 0; count++) {
        const char *reason = ERR_reason_error_string(code);
        if (count < MAX_REASONS && reason)
            buf_appendf(&text, ": %s", reason);
    }
    return error_set(err, kind, "%s", buf_str(&text));
}

int pki_bio_read(const char *text, size_t len, const char *name, BIO **ret_bio, struct error **err)
{
    if (len > PKI_MAX_PEM)
        return error_set(err, ERROR_INPUT, "%s is larger than the limit of %zu bytes", name,
                         PKI_MAX_PEM);
    *ret_bio = BIO_new_mem_buf(text, (int)len);
    if (!*ret_bio)
        return pki_openssl_error(err, ERROR_INTERNAL, "read %s", name);
    return 0;
}

void pki_bio_append(struct buf *out, BIO *bio)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    if (len > 0)
        buf_append(out, data, (size_t)len);
}

size_t pki_bio_offset(BIO *bio, size_t len)
{
    char *rest = NULL;
    long left = BIO_get_mem_data(bio, &rest);
    return left > 0 ? len - (size_t)left : len;
}

size_t pki_text_line(const char *text, size_t offset)
{
    size_t line = 1;
    for (size_t i = 0; i < offset; i++)
        line += text[i] == '\n';
    return line;
}
