/* URLs as Go reads them: the input is a URL and, behind a NUL, a reference seen from it. What is read and
 * written is read again as the same, and what it is seen from leads to a URL that can be written. */
#include "input.h"
#include "meshctl/golang/url.h"

static struct text_span span_of(const struct buf *b)
{
    return (struct text_span){buf_str(b), b->len};
}

static bool is_same(struct text_span a, struct text_span b)
{
    return a.len == b.len && (!a.len || memcmp(a.data, b.data, a.len) == 0);
}

static bool is_same_url(const struct gourl *a, const struct gourl *b)
{
    return is_same(a->scheme, b->scheme) && is_same(a->opaque, b->opaque) &&
           is_same(a->username, b->username) && is_same(a->password, b->password) &&
           is_same(a->host, b->host) && is_same(a->path, b->path) && is_same(a->query, b->query) &&
           is_same(a->fragment, b->fragment) && a->has_user == b->has_user &&
           a->has_password == b->has_password && a->force_query == b->force_query;
}

static bool read_url(struct arena *a, struct text_span text, struct gourl *ret_url)
{
    AUTO_ERROR struct error *err = NULL;
    int rc = gourl_parse(a, text, ret_url, &err);
    check_outcome(rc, err);
    return rc == 0;
}

static void check_again(struct arena *a, const struct gourl *url)
{
    AUTO_BUF out = BUF_INIT, second = BUF_INIT;
    struct gourl again;
    gourl_write(&out, url);
    if (!read_url(a, span_of(&out), &again) || !is_same_url(url, &again))
        abort();
    gourl_write(&second, &again);
    if (!is_same(span_of(&out), span_of(&second)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct part rest = {(const char *)data, size};
    struct part first = part_take(&rest);
    AUTO_ARENA *a = arena_new();
    struct gourl base, reference, resolved;
    if (!read_url(a, (struct text_span){first.data, first.len}, &base))
        return 0;
    /* Go's own writing of a path alone is another URL where it begins with two slashes or has a colon, and
     * its reader refuses some zones of addresses as its writer escapes them. */
    if (base.scheme.len && base.host.len && !memchr(base.host.data, '%', base.host.len))
        check_again(a, &base);
    if (!read_url(a, (struct text_span){rest.data, rest.len}, &reference))
        return 0;
    gourl_resolve(a, &base, &reference, &resolved);
    AUTO_BUF out = BUF_INIT;
    gourl_write(&out, &resolved);
    return 0;
}
