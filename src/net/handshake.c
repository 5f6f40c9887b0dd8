/* The opening handshake of a WebSocket, written and checked. */
#include "handshake.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "headers.h"
#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"
#include "sha1.h"

/* RFC 6455 1.3. */
#define ACCEPT_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

int handshake_make_key(char ret_key[HANDSHAKE_KEY_LEN + 1], struct error **err)
{
    unsigned char nonce[16];
    if (getrandom(nonce, sizeof(nonce), 0) != (ssize_t)sizeof(nonce))
        return error_set(err, ERROR_INTERNAL, "the system gives no random bytes");
    AUTO_FREE char *text = base64_encode_dup(nonce, sizeof(nonce));
    memcpy(ret_key, text, HANDSHAKE_KEY_LEN + 1);
    return 0;
}

void handshake_append_request(struct buf *out, const struct target *target, const char *user_agent,
                              const char *key, const struct strlist *headers,
                              const struct strlist *protocols)
{
    buf_appendf(out, "GET %s HTTP/1.1\r\nHost: %s\r\n", target->path, target->authority);
    buf_appendf(out, "User-Agent: %s\r\n", user_agent ? user_agent : "meshctl");
    buf_appendf(out, "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: %s\r\n", key);
    buf_appends(out, "Sec-WebSocket-Version: 13\r\n");
    if (protocols && protocols->count) {
        AUTO_FREE char *names = strlist_join_dup(protocols, ", ");
        buf_appendf(out, "Sec-WebSocket-Protocol: %s\r\n", names);
    }
    for (size_t i = 0; headers && i < headers->count; i++) {
        buf_appends(out, headers->items[i]);
        buf_appends(out, "\r\n");
    }
    buf_appends(out, "\r\n");
}

static void take_field(struct handshake_answer *a, const char *name, const char *value)
{
    const struct {
        const char *name;
        char **slot;
    } fields[] = {
        {"upgrade", &a->upgrade},
        {"connection", &a->connection},
        {"sec-websocket-accept", &a->accept},
        {"sec-websocket-protocol", &a->protocol},
        {"sec-websocket-extensions", &a->extensions},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(fields); i++) {
        if (strcasecmp(name, fields[i].name) == 0) {
            free(*fields[i].slot);
            *fields[i].slot = mem_strdup(value);
        }
    }
    if (strcasecmp(name, "content-length") == 0)
        a->content_length = strtoul(value, NULL, 10);
    if (strcasecmp(name, "transfer-encoding") == 0)
        a->chunked = strcasecmp(value, "chunked") == 0;
}

void handshake_parse(const char *head, size_t len, struct handshake_answer *ret_answer)
{
    *ret_answer = (struct handshake_answer){0};
    for (const char *line = head, *stop = head + len; line < stop;) {
        const char *end = memchr(line, '\n', (size_t)(stop - line));
        size_t line_len = (size_t)((end ? end : stop) - line);
        headers_take_line(&ret_answer->http, NULL, line, line_len);
        AUTO_FREE char *text = mem_strndup(line, line_len);
        text[strcspn(text, "\r")] = '\0';
        char *colon = strchr(text, ':');
        if (colon) {
            *colon = '\0';
            take_field(ret_answer, text, colon + 1 + strspn(colon + 1, " \t"));
        }
        line += line_len + 1;
    }
}

void handshake_answer_release(struct handshake_answer *a)
{
    http_response_release(&a->http);
    free(a->upgrade);
    free(a->connection);
    free(a->accept);
    free(a->protocol);
    free(a->extensions);
    *a = (struct handshake_answer){0};
}

/* Whether a comma-separated list has the token, in any case. */
static bool has_token(const char *list, const char *token)
{
    AUTO_STRLIST parts = STRLIST_INIT;
    strlist_split(&parts, list, ',');
    for (size_t i = 0; i < parts.count; i++) {
        char *part = parts.items[i] + strspn(parts.items[i], " \t");
        part[strcspn(part, " \t")] = '\0';
        if (strcasecmp(part, token) == 0)
            return true;
    }
    return false;
}

static bool accept_matches(const char *accept, const char *key)
{
    uint8_t digest[SHA1_SIZE];
    AUTO_FREE char *text = mem_printf("%s" ACCEPT_GUID, key);
    sha1(text, strlen(text), digest);
    AUTO_FREE char *expected = base64_encode_dup(digest, sizeof(digest));
    return strcmp(accept, expected) == 0;
}

const char *handshake_fault(const struct handshake_answer *a, const char *key,
                            const struct strlist *protocols)
{
    if (!a->upgrade || strcasecmp(a->upgrade, "websocket") != 0)
        return "no \"Upgrade: websocket\"";
    if (!a->connection || !has_token(a->connection, "upgrade"))
        return "no \"Connection: Upgrade\"";
    if (!a->accept || !accept_matches(a->accept, key))
        return "Sec-WebSocket-Accept does not fit our key";
    if (a->extensions && *a->extensions)
        return "an extension that was not asked for";
    if (a->protocol && (!protocols || !strlist_has(protocols, a->protocol)))
        return "a sub-protocol that was not offered";
    return NULL;
}
