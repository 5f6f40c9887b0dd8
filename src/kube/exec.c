#include "meshctl/kube/exec.h"

#include <stdlib.h>
#include <string.h>

#include "client_internal.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/net/websocket.h"
#include "status.h"

#define DEFAULT_TIMEOUT_MS 60000
#define STDERR_TAIL ((size_t)2000)
#define MAX_STATUS ((size_t)64 * 1024)
/* The server closes right after the status; output that overtook it is still taken. */
#define CLOSING_MS 2000

/* The first byte of a message: apimachinery pkg/util/remotecommand constants.go. */
enum channel {
    CHANNEL_STDOUT = 1,
    CHANNEL_STDERR = 2,
    CHANNEL_STATUS = 3,
};

struct session {
    struct kube_client *client;
    const char *command; /* argv[0], for messages */
    int64_t deadline_ms;
    struct buf *out;
    size_t out_start;
    struct buf stderr_tail;
    struct buf status;
};

static char *url_dup(const struct kube_client *c, const char *namespace_, const char *pod,
                     const char *container, const char *const *argv)
{
    struct buf url = BUF_INIT;
    buf_appendf(&url, "%s/api/v1/namespaces/", kube_client_config(c)->server);
    http_append_escaped(&url, namespace_);
    buf_appends(&url, "/pods/");
    http_append_escaped(&url, pod);
    buf_appends(&url, "/exec?stdout=true&stderr=true");
    if (container) {
        buf_appends(&url, "&container=");
        http_append_escaped(&url, container);
    }
    for (; *argv; argv++) {
        buf_appends(&url, "&command=");
        http_append_escaped(&url, *argv);
    }
    return buf_detach(&url, NULL);
}

/* 1: refused with 401, and there may be other credentials to try with. */
static int open_once(struct kube_client *c, const char *url, int64_t deadline_ms,
                     struct websocket **ret_ws, struct error **err)
{
    AUTO_KUBE_HEADERS headers = STRLIST_INIT;
    AUTO_STRLIST protocols = STRLIST_INIT;
    AUTO_HTTP_RESPONSE refusal = {0};
    AUTO_ERROR struct error *failure = NULL;
    strlist_add(&protocols, "v5.channel.k8s.io");
    strlist_add(&protocols, "v4.channel.k8s.io");
    if (kube_auth_headers(c, &headers, err) < 0)
        return -1;
    if (websocket_open(kube_http_options(c), url, &headers, &protocols, clock_left_ms(deadline_ms),
                       ret_ws, &refusal, &failure) == 0)
        return 0;
    if (refusal.status == 401 && kube_auth_reject(c->auth))
        return 1;
    if (refusal.status == 0 || refusal.status / 100 == 2) {
        *err = TAKE(failure);
        return -1;
    }
    AUTO_KUBE_STATUS status = {0};
    kube_status_read(&refusal, &status);
    return kube_status_error(&status, refusal.retry_after_ms, err);
}

static int open_exec(struct kube_client *c, const char *url, int64_t deadline_ms,
                     struct websocket **ret_ws, struct error **err)
{
    int rc = open_once(c, url, deadline_ms, ret_ws, err);
    if (rc == 1)
        rc = open_once(c, url, deadline_ms, ret_ws, err);
    if (rc == 1)
        return error_set(err, ERROR_DENIED, "the server takes none of our credentials");
    if (rc < 0)
        return -1;
    if (*websocket_protocol(*ret_ws))
        return 0;
    websocket_free(TAKE(*ret_ws));
    return error_set(err, ERROR_REMOTE, "the server speaks neither v5 nor v4.channel.k8s.io");
}

static void keep_tail(struct buf *tail, const char *data, size_t len)
{
    if (len > STDERR_TAIL) {
        data += len - STDERR_TAIL;
        len = STDERR_TAIL;
    }
    if (tail->len + len > STDERR_TAIL) {
        size_t cut = tail->len + len - STDERR_TAIL;
        memmove(tail->data, tail->data + cut, tail->len - cut);
        buf_truncate(tail, tail->len - cut);
    }
    buf_append(tail, data, len);
}

static int take_message(struct session *s, const struct buf *message, struct error **err)
{
    if (message->len == 0)
        return 0;
    const char *data = message->data + 1;
    size_t len = message->len - 1;
    switch ((unsigned char)message->data[0]) {
    case CHANNEL_STDOUT:
        buf_append(s->out, data, len);
        if (s->out->overflow || s->out->len - s->out_start > KUBE_EXEC_MAX_OUTPUT)
            return error_set(err, ERROR_REMOTE, "%s printed more than %zu bytes", s->command,
                             KUBE_EXEC_MAX_OUTPUT);
        return 0;
    case CHANNEL_STDERR:
        keep_tail(&s->stderr_tail, data, len);
        return 0;
    case CHANNEL_STATUS:
        buf_append(&s->status, data, len);
        return 0;
    default:
        return 0;
    }
}

static int receive_all(struct session *s, struct websocket *ws, struct error **err)
{
    AUTO_BUF message = BUF_INIT;
    int64_t deadline_ms = s->deadline_ms;
    for (;;) {
        AUTO_ERROR struct error *failure = NULL;
        int got = websocket_receive(ws, deadline_ms, &message, NULL, NULL, &failure);
        bool cancelled = failure && failure->kind == ERROR_CANCELLED;
        if (got == 0 || (got < 0 && s->status.len && !cancelled))
            return 0;
        if (got < 0 && failure->kind == ERROR_TIMEOUT)
            return error_set(err, ERROR_TIMEOUT, "%s did not end in time", s->command);
        if (got < 0) {
            *err = TAKE(failure);
            return -1;
        }
        bool had_status = s->status.len > 0;
        if (take_message(s, &message, err) < 0)
            return -1;
        int64_t closing_ms = clock_now_ms() + CLOSING_MS;
        if (!had_status && s->status.len && closing_ms < deadline_ms)
            deadline_ms = closing_ms;
    }
}

/* The exit code in a Status of reason NonZeroExitCode, or NULL. Borrowed. */
static const char *exit_code(const json_t *status)
{
    const char *reason = json_dig_str(status, "reason", NULL);
    const json_t *causes = json_dig(status, "details", "causes", NULL);
    size_t i;
    json_t *cause;
    if (!reason || strcmp(reason, "NonZeroExitCode") != 0)
        return NULL;
    json_array_foreach(causes, i, cause)
    {
        if (text_equal(json_dig_str(cause, "reason", NULL), "ExitCode"))
            return json_dig_str(cause, "message", NULL);
    }
    return NULL;
}

static void append_stderr(const struct session *s, struct buf *out)
{
    const char *data = buf_str(&s->stderr_tail);
    size_t len = s->stderr_tail.len;
    while (len && (data[len - 1] == '\n' || data[len - 1] == '\r'))
        len--;
    if (len)
        buf_appends(out, ": ");
    text_append_clean(out, data, len);
}

static int report_failure(const struct session *s, const json_t *status, struct error **err)
{
    AUTO_BUF text = BUF_INIT_MAX(2 * STDERR_TAIL);
    const char *code = exit_code(status), *message = json_dig_str(status, "message", NULL);
    if (code) {
        buf_appendf(&text, "%s exited with code ", s->command);
        text_append_clean(&text, code, strlen(code));
    } else {
        const char *shown = message ? message : "failed without a reason";
        text_append_clean(&text, shown, strnlen(shown, STDERR_TAIL));
    }
    append_stderr(s, &text);
    return error_set(err, ERROR_REMOTE, "%s", buf_str(&text));
}

static int read_status(const struct session *s, struct error **err)
{
    json_auto_t *status = NULL;
    AUTO_ERROR struct error *unread = NULL;
    if (s->status.len == 0)
        return error_set(err, ERROR_UNREACHABLE, "the connection ended before %s did", s->command);
    if (json_read(s->status.data, s->status.len, "exit status", &status, &unread) < 0)
        return error_set(err, ERROR_REMOTE, "the exit status of %s is no JSON", s->command);
    if (text_equal(json_dig_str(status, "status", NULL), "Success"))
        return 0;
    return report_failure(s, status, err);
}

static int run(struct session *s, const char *url, struct error **err)
{
    AUTO_WEBSOCKET struct websocket *ws = NULL;
    if (open_exec(s->client, url, s->deadline_ms, &ws, err) < 0 || receive_all(s, ws, err) < 0)
        return -1;
    return read_status(s, err);
}

/* Not past the client's deadline, which leaves a second at the least. */
static int64_t deadline_of(const struct kube_client *c, int64_t timeout_ms)
{
    int64_t now = clock_now_ms(), all = c->options.deadline_ms;
    int64_t own = now + (timeout_ms > 0 ? timeout_ms : DEFAULT_TIMEOUT_MS);
    if (all && all < now + 1000)
        all = now + 1000;
    return all && all < own ? all : own;
}

int kube_exec(struct kube_client *c, const char *namespace_, const char *pod, const char *container,
              const char *const *argv, int64_t timeout_ms, struct buf *out, struct error **err)
{
    AUTO_SECRET char *url = url_dup(c, namespace_, pod, container, argv);
    struct session s = {.client = c,
                        .command = argv[0],
                        .deadline_ms = deadline_of(c, timeout_ms),
                        .out = out,
                        .out_start = out->len,
                        .status = BUF_INIT_MAX(MAX_STATUS)};
    struct kube_ref ref = {
        .api_version = "v1", .kind = "Pod", .namespace_ = namespace_, .name = pod};
    int rc = run(&s, url, err);
    buf_release(&s.stderr_tail);
    buf_release(&s.status);
    return rc == 0 ? 0 : kube_error_ref(c, "exec", &ref, err);
}
