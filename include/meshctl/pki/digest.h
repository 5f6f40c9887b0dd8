/* Digests and random bytes, over OpenSSL 3. Thread-safe. */
#ifndef MESHCTL_PKI_DIGEST_H
#define MESHCTL_PKI_DIGEST_H

#include <stddef.h>

/* Lower-case hex; yours to free. `algorithm` is OpenSSL's name: "SHA256", "SHA1", "SHA512", "MD5";
 * an unknown one gives NULL. */
char *pki_digest_dup(const char *algorithm, const void *data, size_t len);
/* Fills `out` from the system's generator; ends the process when that fails. */
void pki_random(void *out, size_t len);

#endif
