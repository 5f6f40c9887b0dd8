/* RFC 6455 section 1.3 and 4.1 (its example key and answer); FIPS 180-4's SHA-1 examples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "handshake.h"
#include "sha1.h"

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static void digest_is(const char *text, size_t len, const char *hex)
{
    uint8_t digest[SHA1_SIZE];
    AUTO_BUF out = BUF_INIT;
    sha1(text, len, digest);
    for (size_t i = 0; i < SHA1_SIZE; i++)
        buf_appendf(&out, "%02x", digest[i]);
    assert_string_equal(out.data, hex);
}

static void sha1_examples(void **state)
{
    (void)state;
    digest_is("", 0, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    digest_is("abc", 3, "a9993e364706816aba3e25717850c26c9cd0d89d");
    digest_is("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
              "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    AUTO_BUF million = BUF_INIT;
    buf_pad(&million, 'a', 1000000);
    digest_is(million.data, million.len, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

static void keys(void **state)
{
    (void)state;
    char one[HANDSHAKE_KEY_LEN + 1], two[HANDSHAKE_KEY_LEN + 1];
    struct error *err = NULL;
    assert_int_equal(handshake_make_key(one, &err), 0);
    assert_int_equal(handshake_make_key(two, &err), 0);
    assert_int_equal(strlen(one), HANDSHAKE_KEY_LEN);
    assert_string_not_equal(one, two);
}

static const char *fault(const char *head, const struct strlist *protocols)
{
    struct handshake_answer answer;
    handshake_parse(head, strlen(head), &answer);
    const char *text = handshake_fault(&answer, KEY, protocols);
    handshake_answer_release(&answer);
    return text;
}

static void answers(void **state)
{
    (void)state;
    AUTO_STRLIST protocols = STRLIST_INIT;
    strlist_add(&protocols, "chat");
    static const struct {
        const char *head, *fault;
    } cases[] = {
        {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " ACCEPT,
         NULL},
        {"HTTP/1.1 101 X\r\nupgrade: WebSocket\r\nconnection: keep-alive, upgrade\r\n"
         "sec-websocket-accept: " ACCEPT "\r\nSec-WebSocket-Protocol: chat",
         NULL},
        {"HTTP/1.1 101 X\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " ACCEPT, "Upgrade:"},
        {"HTTP/1.1 101 X\r\nUpgrade: SPDY/3.1\r\nConnection: "
         "Upgrade\r\nSec-WebSocket-Accept: " ACCEPT,
         "Upgrade:"},
        {"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: "
         "close\r\nSec-WebSocket-Accept: " ACCEPT,
         "Connection:"},
        {"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade", "Accept"},
        {"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: "
         "Upgrade\r\nSec-WebSocket-Accept: " KEY,
         "Accept"},
        {"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " ACCEPT "\r\nSec-WebSocket-Extensions: permessage-deflate",
         "extension"},
        {"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " ACCEPT "\r\nSec-WebSocket-Protocol: superchat",
         "sub-protocol"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        const char *found = fault(cases[i].head, &protocols);
        if (!cases[i].fault)
            assert_null(found);
        else if (!found || !strstr(found, cases[i].fault))
            fail_msg("%s: %s", cases[i].head, found ? found : "no fault");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha1_examples),
        cmocka_unit_test(keys),
        cmocka_unit_test(answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
