/* libwslay, loaded when it is first needed: most commands open no WebSocket, and Debian has no
 * archive of it to link. This file defines the functions of <wslay/wslay.h> that
 * this room calls. */
#include <wslay/wslay.h>

#include "meshctl/base/library.h"

#define LIBRARY "libwslay.so.1"

#define CONTEXT wslay_event_context_ptr

/* What is called: type, name, parameters, arguments. V: those that give nothing back. */
#define FUNCTIONS(F, V)                                                                            \
    V(wslay_event_config_set_max_recv_msg_length, (CONTEXT c, uint64_t max), (c, max))             \
    F(int, wslay_event_context_client_init,                                                        \
      (CONTEXT * ret, const struct wslay_event_callbacks *callbacks, void *user),                  \
      (ret, callbacks, user))                                                                      \
    V(wslay_event_context_free, (CONTEXT c), (c))                                                  \
    F(int, wslay_event_get_close_sent, (CONTEXT c), (c))                                           \
    F(size_t, wslay_event_get_queued_msg_count, (CONTEXT c), (c))                                  \
    F(int, wslay_event_get_read_enabled, (CONTEXT c), (c))                                         \
    F(uint16_t, wslay_event_get_status_code_sent, (CONTEXT c), (c))                                \
    F(int, wslay_event_queue_close,                                                                \
      (CONTEXT c, uint16_t status, const uint8_t *reason, size_t len), (c, status, reason, len))   \
    F(int, wslay_event_queue_msg, (CONTEXT c, const struct wslay_event_msg *message),              \
      (c, message))                                                                                \
    F(int, wslay_event_recv, (CONTEXT c), (c))                                                     \
    F(int, wslay_event_send, (CONTEXT c), (c))                                                     \
    V(wslay_event_set_error, (CONTEXT c, int code), (c, code))                                     \
    F(int, wslay_event_want_read, (CONTEXT c), (c))                                                \
    F(int, wslay_event_want_write, (CONTEXT c), (c))

static struct {
    FUNCTIONS(LIBRARY_MEMBER, LIBRARY_MEMBER_VOID)
} lib;

static const struct library_symbol symbols[] = {FUNCTIONS(LIBRARY_SYMBOL, LIBRARY_SYMBOL_VOID)};

static struct library library = LIBRARY_INIT(LIBRARY, symbols);

FUNCTIONS(LIBRARY_FORWARD, LIBRARY_FORWARD_VOID)
