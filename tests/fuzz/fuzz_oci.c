/* What a registry, or the person who names it, may say: references, challenges, Link headers, token
 * answers, manifests. */
#include "../../src/source/oci.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_error(int rc, const struct error *err)
{
    check_outcome(rc, err);
    check_clean(err ? err->message : "");
}

static void run_ref(const char *text)
{
    AUTO_OCI_REF ref = {0};
    AUTO_ERROR struct error *err = NULL;
    int rc = oci_ref_parse(text, &ref, &err);
    check_error(rc, err);
    if (rc)
        return;
    /* All of it goes into a URL. */
    if (strpbrk(ref.host, "/@?# ") || strpbrk(ref.repository, ":@?#% ") ||
        strstr(ref.repository, "..") || (ref.tag && !oci_tag_is_valid(ref.tag)) ||
        (ref.digest && !oci_digest_is_valid(ref.digest)))
        abort();
    (void)oci_is_loopback(ref.host);
}

static void run_headers(const char *text)
{
    AUTO_OCI_CHALLENGE c = {0};
    AUTO_FREE char *link = oci_next_link_dup(text);
    if (link && strpbrk(link, ">"))
        abort();
    if (!oci_challenge_parse(text, &c))
        return;
    if (!c.scheme[0])
        abort();
    if (c.realm) {
        AUTO_FREE char *url = oci_token_url_dup(&c, "repository:x:pull");
        if (!strstr(url, "scope="))
            abort();
    }
}

static void run_manifest(const char *data, size_t size)
{
    AUTO_OCI_MANIFEST m = {0};
    AUTO_ERROR struct error *err = NULL, *none = NULL;
    const struct oci_descriptor *layer = NULL;
    int rc = oci_manifest_parse(data, size, NULL, &m, &err);
    check_error(rc, err);
    if (rc)
        return;
    rc = oci_manifest_chart(&m, &layer, &none);
    check_error(rc, none);
    if (rc == 0 && (m.is_index || !layer || layer->size < 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = mem_strndup((const char *)data, size);
    AUTO_SECRET char *token = oci_token_dup((const char *)data, size);
    if (token && strpbrk(token, " \r\n"))
        abort();
    run_ref(text);
    run_headers(text);
    run_manifest((const char *)data, size);
    return 0;
}
