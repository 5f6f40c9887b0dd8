#include "test_websocket.h"

#include <openssl/evp.h>
#include <string.h>

char *test_ws_accept_dup(const char *key)
{
    unsigned char digest[20];
    AUTO_FREE char *text = mem_printf("%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    char *accept = mem_zalloc(32);
    EVP_Digest(text, strlen(text), digest, NULL, EVP_sha1(), NULL);
    EVP_EncodeBlock((unsigned char *)accept, digest, sizeof(digest));
    return accept;
}

bool test_ws_accept(struct test_conn *c, const struct test_request *r, const char *protocol)
{
    const char *key = test_request_header(r, "Sec-WebSocket-Key");
    AUTO_FREE char *accept = test_ws_accept_dup(key ? key : "");
    return test_conn_printf(c,
                            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                            "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s%s%s\r\n",
                            accept, protocol ? "Sec-WebSocket-Protocol: " : "",
                            protocol ? protocol : "", protocol ? "\r\n" : "");
}

bool test_ws_send(struct test_conn *c, int first, const void *data, size_t len)
{
    AUTO_BUF out = BUF_INIT;
    buf_appendc(&out, (char)first);
    if (len < 126) {
        buf_appendc(&out, (char)len);
    } else if (len < 65536) {
        buf_appendc(&out, 126);
        buf_appendc(&out, (char)(len >> 8));
        buf_appendc(&out, (char)len);
    } else {
        buf_appendc(&out, 127);
        for (int shift = 56; shift >= 0; shift -= 8)
            buf_appendc(&out, (char)((uint64_t)len >> shift));
    }
    buf_append(&out, data, len);
    return test_conn_write(c, out.data, out.len);
}

bool test_ws_send_text(struct test_conn *c, int first, const char *text)
{
    return test_ws_send(c, first, text, strlen(text));
}

bool test_ws_send_close(struct test_conn *c, int code)
{
    unsigned char body[2] = {(unsigned char)(code >> 8), (unsigned char)code};
    return test_ws_send(c, TEST_WS_FIN | TEST_WS_CLOSE, body, code ? 2 : 0);
}

bool test_ws_read(struct test_conn *c, int *ret_opcode, struct buf *out)
{
    unsigned char head[2], more[8], mask[4];
    if (!test_conn_read(c, head, 2) || !(head[1] & 0x80))
        return false;
    uint64_t len = head[1] & 0x7F;
    size_t extra = len == 126 ? 2 : len == 127 ? 8 : 0;
    if (extra) {
        if (!test_conn_read(c, more, extra))
            return false;
        len = 0;
        for (size_t i = 0; i < extra; i++)
            len = len << 8 | more[i];
    }
    if (!test_conn_read(c, mask, 4))
        return false;
    AUTO_FREE char *data = mem_alloc(len + 1);
    if (len > TEST_SERVER_MAX_BODY || !test_conn_read(c, data, len))
        return false;
    for (uint64_t i = 0; i < len; i++)
        data[i] = (char)(data[i] ^ mask[i % 4]);
    buf_clear(out);
    buf_append(out, data, len);
    *ret_opcode = head[0] & 0x0F;
    return true;
}

bool test_ws_say(struct test_conn *c, char channel, const void *data, size_t len)
{
    AUTO_BUF message = BUF_INIT;
    buf_appendc(&message, channel);
    buf_append(&message, data, len);
    return test_ws_send(c, TEST_WS_FIN | TEST_WS_BINARY, message.data, message.len);
}

bool test_ws_accept_forward(struct test_conn *c, const struct test_request *r, unsigned port)
{
    const char bytes[] = {(char)(port & 0xff), (char)(port >> 8)};
    return test_ws_accept(c, r, "v4.channel.k8s.io") && test_ws_say(c, 0, bytes, sizeof(bytes)) &&
           test_ws_say(c, 1, bytes, sizeof(bytes));
}

bool test_ws_forward(struct test_conn *c, const struct test_request *r, unsigned port,
                     struct buf *ret_asked)
{
    buf_clear(ret_asked);
    if (!test_ws_accept_forward(c, r, port))
        return false;
    while (!strstr(buf_str(ret_asked), "\r\n\r\n")) {
        AUTO_BUF frame = BUF_INIT;
        int opcode;
        if (!test_ws_read(c, &opcode, &frame) || opcode != TEST_WS_BINARY || !frame.len ||
            frame.data[0] != 0)
            return false;
        buf_append(ret_asked, frame.data + 1, frame.len - 1);
    }
    return true;
}

bool test_ws_answer(struct test_conn *c, const char *body)
{
    AUTO_FREE char *head =
        mem_printf("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", strlen(body));
    test_ws_say(c, 0, head, strlen(head));
    test_ws_say(c, 0, body, strlen(body));
    test_ws_send_close(c, 1000);
    return false;
}
