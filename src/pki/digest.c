/* Digests and random bytes by OpenSSL. */
#include "meshctl/pki/digest.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <unistd.h>

#include "meshctl/base/buf.h"

char *pki_digest_dup(const char *algorithm, const void *data, size_t len)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    size_t sum_len = 0;
    if (!EVP_Q_digest(NULL, algorithm, NULL, data, len, sum, &sum_len)) {
        ERR_clear_error();
        return NULL;
    }
    struct buf hex = BUF_INIT;
    buf_appends(&hex, "");
    for (size_t i = 0; i < sum_len; i++)
        buf_appendf(&hex, "%02x", sum[i]);
    return buf_detach(&hex, NULL);
}

void pki_random(void *out, size_t len)
{
    unsigned char *p = out;
    while (len) {
        size_t n = len < 65536 ? len : 65536;
        if (RAND_bytes(p, (int)n) != 1) {
            static const char text[] = "meshctl: the system gives no random bytes\n";
            ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
            (void)ignored;
            abort();
        }
        p += n;
        len -= n;
    }
}
