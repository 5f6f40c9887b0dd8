/* Release records: the input is what data.release decodes to (base64 of gzip of JSON), or a record's
 * JSON itself, which Helm takes without gzip, too: no change of a byte gets past gzip's checksum. What is
 * read can be written and read again, and then no more is lost: the second copy is the first. */
#include "input.h"
#include "meshctl/base/base64.h"
#include "meshctl/helm/release.h"

static struct release *copy_of(struct release *r)
{
    struct release *copy = NULL;
    AUTO_ERROR struct error *err = NULL;
    json_auto_t *secret = NULL;
    if (release_to_secret(r, &secret, NULL, &err) < 0)
        return NULL;
    if (release_from_secret(secret, &copy, &err) < 0)
        abort();
    return copy;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_manifest(const struct release *a, const struct release *b)
{
    AUTO_ERROR struct error *err = NULL;
    json_auto_t *x = NULL, *y = NULL;
    int first = release_manifest(a, &x, &err);
    error_clear(&err);
    int second = release_manifest(b, &y, &err);
    return first == second && (first < 0 || json_equal(x, y));
}

static void check_same(const struct release *a, const struct release *b)
{
    if (!same_text(a->name, b->name) || !same_text(a->namespace_, b->namespace_) ||
        a->version != b->version || a->status != b->status ||
        !same_text(a->description, b->description) || !same_manifest(a, b) ||
        !json_same(a->config, b->config))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *record = size && data[0] == '{' ? base64_encode_dup(data, size) : NULL;
    AUTO_FREE char *text =
        record ? base64_encode_dup(record, strlen(record)) : base64_encode_dup(data, size);
    json_auto_t *secret = json_pack("{s:{s:s}}", "data", "release", text);
    MC_CLEANUP(release_cleanup) struct release *r = NULL, *copy = NULL, *again = NULL;
    AUTO_ERROR struct error *err = NULL;
    int rc = release_from_secret(secret, &r, &err);
    check_outcome(rc, err);
    if ((rc < 0) != (r == NULL))
        abort();
    if (rc == 0)
        copy = copy_of(r);
    if (copy)
        again = copy_of(copy);
    if (copy && !again)
        abort();
    if (again)
        check_same(copy, again);
    return 0;
}
