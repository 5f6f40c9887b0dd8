/* The certificates that a TLS server shows, seen without a connection of our own: whoever has one hands
 * the bytes to and fro. OpenSSL shakes hands; nothing is verified, no certificate of ours is offered and
 * no data is sent. In TLS 1.3, and with most servers of 1.2, the server has shown its certificates and
 * proved that it has the key before it asks for ours. One thread at a time. */
#ifndef MESHCTL_PKI_TLS_LOOK_H
#define MESHCTL_PKI_TLS_LOOK_H

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"

struct tls_look;

#define TLS_LOOK_MAX_CHAIN 16 /* certificates that are kept of what a server shows */

/* `server_name` is the SNI, "" for none; `protocols` (NULL: none) what is offered by ALPN, in the form of
 * the wire: each name behind a byte that is its length. */
int tls_look_new(const char *server_name, const char *protocols, struct tls_look **ret_look,
                 struct error **err) MC_WARN_UNUSED;
/* Takes what the server said (nothing at first) and appends to `out` what it shall be told. *ret_done
 * when its certificates are known and there is no more to say. ERROR_REMOTE when it does not speak TLS,
 * or turned us away without showing any. */
int tls_look_step(struct tls_look *look, const char *data, size_t len, struct buf *out,
                  bool *ret_done, struct error **err) MC_WARN_UNUSED;
/* Whether the server has shown its certificates, however the handshake goes on. */
bool tls_look_has_chain(const struct tls_look *look);
/* Appends them as PEM, the server's own one first. */
int tls_look_chain(const struct tls_look *look, struct buf *out, struct error **err) MC_WARN_UNUSED;
void tls_look_free(struct tls_look *look);

MC_DEFINE_CLEANUP(tls_look_cleanup, struct tls_look, tls_look_free);

#endif
