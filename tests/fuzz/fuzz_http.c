/* What a server or a kubeconfig may say to the HTTP client: header lines, URLs, NO_PROXY. */
#include "../../src/net/headers.h"
#include "../../src/net/noproxy.h"
#include "../../src/net/target.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_headers(const char *data, size_t size)
{
    struct http_response r = {0};
    for (const char *line = data, *stop = data + size; line < stop;) {
        const char *end = memchr(line, '\n', (size_t)(stop - line));
        size_t len = end ? (size_t)(end - line) + 1 : (size_t)(stop - line);
        headers_take_line(&r, NULL, line, len);
        line += len;
    }
    if (r.retry_after_ms < 0 || r.retry_after_ms > 24L * 3600 * 1000 ||
        r.warnings.count > HEADERS_MAX_WARNINGS)
        abort();
    for (size_t i = 0; i < r.warnings.count; i++)
        check_clean(r.warnings.items[i]);
    http_response_release(&r);
}

static void run_target(const char *url, const char *name)
{
    AUTO_TARGET target = {0};
    AUTO_ERROR struct error *err = NULL;
    struct net_tls tls = {.server_name = (char *)(uintptr_t)name};
    if (target_parse(url, *name ? &tls : NULL, &target, &err) < 0) {
        check_clean(err->message);
        return;
    }
    if (!strchr(target.place, ':') || strchr(target.public_url, '?') || target.path[0] != '/' ||
        strpbrk(target.path, " \r\n"))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = mem_strndup((const char *)data, size);
    char *second = strchr(text, '\n');
    run_headers((const char *)data, size);
    if (second)
        *second++ = '\0';
    run_target(text, second ? second : "");
    (void)noproxy_covers(text, second ? second : "example.com", "443");
    return 0;
}
