/* The opening handshake of RFC 6455 section 4, as text: what a client sends, and what it must check
 * in the answer. */
#ifndef MESHCTL_NET_HANDSHAKE_H
#define MESHCTL_NET_HANDSHAKE_H

#include "meshctl/net/http.h"
#include "target.h"

#define HANDSHAKE_MAX_HEAD ((size_t)64 * 1024)
#define HANDSHAKE_KEY_LEN 24 /* 16 random bytes in base64 */

/* Makes a Sec-WebSocket-Key. */
int handshake_make_key(char ret_key[HANDSHAKE_KEY_LEN + 1], struct error **err) MC_WARN_UNUSED;

/* Appends the request. `headers` and `protocols` may be NULL. */
void handshake_append_request(struct buf *out, const struct target *target, const char *user_agent,
                              const char *key, const struct strlist *headers,
                              const struct strlist *protocols);

/* The answer's head; those of the handshake itself are NULL when missing. */
struct handshake_answer {
    struct http_response http; /* status and common headers; no body */
    char *upgrade;
    char *connection;
    char *accept;
    char *protocol;
    char *extensions;
    size_t content_length; /* 0 when not said */
    bool chunked;
};
/* `head` ends before the empty line. */
void handshake_parse(const char *head, size_t len, struct handshake_answer *ret_answer);
void handshake_answer_release(struct handshake_answer *a);

/* Checks a 101 answer (RFC 6455 4.1, the numbered list at the end); NULL when all is well, else
 * what is wrong. */
const char *handshake_fault(const struct handshake_answer *a, const char *key,
                            const struct strlist *protocols);

#endif
