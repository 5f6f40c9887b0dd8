/* A watch's body: the first byte says in what portions it comes. However it is cut, the same is made of
 * it. */
#include "../../src/kube/watch.h"
#include "input.h"

static void feed(struct kube_watch_stream *s, const char *data, size_t len, size_t portion)
{
    while (len > 0 && !s->expired) {
        size_t n = len < portion ? len : portion;
        bool wants_end = kube_watch_stream_feed(s, data, n) != 0;
        if (wants_end != (s->changed || s->expired))
            abort();
        data += n;
        len -= n;
    }
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    MC_CLEANUP(kube_watch_stream_release) struct kube_watch_stream whole = {0}, cut = {0};
    feed(&whole, (const char *)data + 1, size - 1, size);
    feed(&cut, (const char *)data + 1, size - 1, (size_t)data[0] + 1);
    if (whole.expired != cut.expired || whole.changed != cut.changed ||
        !same_text(whole.version, cut.version) || (whole.object != NULL) != (cut.object != NULL) ||
        (whole.object && !json_equal(whole.object, cut.object)))
        abort();
    if ((whole.object && !whole.changed) || (whole.object && !json_is_object(whole.object)))
        abort();
    return 0;
}
