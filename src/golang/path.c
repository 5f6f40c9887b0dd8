/* Go's package path. */
#include "meshctl/golang/path.h"

#include <string.h>

/* Behind the last slash. */
static size_t last_element(const char *path, size_t len)
{
    const char *slash = len > 0 ? memrchr(path, '/', len) : NULL;
    return slash ? (size_t)(slash - path) + 1 : 0;
}

void gopath_clean(struct buf *out, const char *path, size_t len)
{
    size_t start = out->len;
    bool rooted = len > 0 && path[0] == '/';
    if (rooted)
        buf_appendc(out, '/');
    size_t first = out->len;
    size_t floor = first; /* what ".." may not go back over */
    for (size_t at = rooted, end; at < len; at = end + 1) {
        const char *element = path + at;
        const char *slash = memchr(element, '/', len - at);
        end = slash ? (size_t)(slash - path) : len;
        size_t n = end - at;
        bool up = n == 2 && element[0] == '.' && element[1] == '.';
        if (n == 0 || (n == 1 && element[0] == '.') || (up && rooted && out->len == floor))
            continue;
        if (up && out->len > floor) {
            size_t back = out->len - 1;
            while (back > floor && out->data[back] != '/')
                back--;
            buf_truncate(out, back);
            continue;
        }
        if (out->len > first)
            buf_appendc(out, '/');
        buf_append(out, element, n);
        if (up)
            floor = out->len;
    }
    if (out->len == start)
        buf_appendc(out, '.');
}

void gopath_dir(struct buf *out, const char *path, size_t len)
{
    gopath_clean(out, path, last_element(path, len));
}

struct text_span gopath_base(const char *path, size_t len)
{
    if (len == 0)
        return (struct text_span){".", 1};
    while (len > 0 && path[len - 1] == '/')
        len--;
    if (len == 0)
        return (struct text_span){"/", 1};
    size_t from = last_element(path, len);
    return (struct text_span){path + from, len - from};
}

const char *gopath_ext(const char *path, size_t len)
{
    size_t from = last_element(path, len);
    const char *dot = len > from ? memrchr(path + from, '.', len - from) : NULL;
    return dot ? dot : path + len;
}
