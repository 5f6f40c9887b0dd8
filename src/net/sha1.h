/* SHA-1 (FIPS 180-4), for the one thing that still asks for it: RFC 6455's proof that the peer read
 * the handshake. Nothing's safety rests on it. */
#ifndef MESHCTL_NET_SHA1_H
#define MESHCTL_NET_SHA1_H

#include <stddef.h>
#include <stdint.h>

#define SHA1_SIZE 20

void sha1(const void *data, size_t len, uint8_t ret_digest[SHA1_SIZE]);

#endif
