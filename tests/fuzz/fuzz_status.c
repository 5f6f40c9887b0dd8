/* A failed answer of an API server: the first byte chooses the HTTP status, the rest is the body. It
 * becomes one line that may be shown, however long and of whatever the server's text is. */
#include "../../src/kube/status.h"
#include "input.h"

/* A message of the longest that is told, each byte of it escaped, with our own words. */
#define MAX_TOLD (16 * KUBE_MAX_MESSAGE)

static void check_line(const char *text)
{
    check_clean(text);
    if (!text[0] || strpbrk(text, "\n\t") || strlen(text) > MAX_TOLD)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int codes[] = {400, 401, 403, 404, 405, 409, 410, 415, 422, 429, 500, 503, 504};
    if (!size)
        return 0;
    AUTO_HTTP_RESPONSE response = {.status = codes[data[0] % MC_ARRAY_LEN(codes)]};
    AUTO_KUBE_STATUS status = {0};
    AUTO_ERROR struct error *err = NULL;
    MC_CLEANUP(kube_conflicts_release) struct kube_conflicts conflicts = {0};
    buf_append(&response.body, data + 1, size - 1);
    kube_status_read(&response, &status);
    check_line(status.message);
    kube_status_conflicts(&status, &conflicts);
    if (conflicts.count > KUBE_MAX_CONFLICTS)
        abort();
    if (kube_status_is_immutable(&status) && response.status != 422)
        abort();
    if (kube_status_error(&status, 0, &err) != -1 || err->http_status != response.status)
        abort();
    check_line(err->message);
    return 0;
}
