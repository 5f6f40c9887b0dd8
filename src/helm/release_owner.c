/* Ownership of live objects (helm pkg/action/validate.go). */
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/strings.h"
#include "meshctl/helm/release.h"

#define MANAGED_BY "app.kubernetes.io/managed-by"
#define RELEASE_NAME "meta.helm.sh/release-name"
#define RELEASE_NAMESPACE "meta.helm.sh/release-namespace"

void release_own(json_t *object, const char *release, const char *namespace_)
{
    json_put(object, json_string("Helm"), "metadata", "labels", MANAGED_BY, NULL);
    json_put(object, json_string(release), "metadata", "annotations", RELEASE_NAME, NULL);
    json_put(object, json_string(namespace_), "metadata", "annotations", RELEASE_NAMESPACE, NULL);
}

/* requireValue: appends what is wrong with one key. */
static void require(struct buf *out, const json_t *table, const char *what, const char *key,
                    const char *want)
{
    const char *have = json_dig_str(table, key, NULL);
    if (text_equal(have, want))
        return;
    AUTO_FREE char *quoted_want = name_quoted_dup(want);
    buf_appendf(out, "; %s validation error: ", what);
    if (!have) {
        buf_appendf(out, "missing key \"%s\": must be set to %s", key, quoted_want);
        return;
    }
    AUTO_FREE char *quoted_have = name_quoted_dup(have);
    buf_appendf(out, "key \"%s\" must equal %s: current value is %s", key, quoted_want,
                quoted_have);
}

int release_check_owner(const json_t *live, const char *release, const char *namespace_,
                        struct error **err)
{
    const json_t *labels = json_dig(live, "metadata", "labels", NULL);
    const json_t *annotations = json_dig(live, "metadata", "annotations", NULL);
    AUTO_BUF wrong = BUF_INIT;
    require(&wrong, labels, "label", MANAGED_BY, "Helm");
    require(&wrong, annotations, "annotation", RELEASE_NAME, release);
    require(&wrong, annotations, "annotation", RELEASE_NAMESPACE, namespace_);
    if (!wrong.len)
        return 0;
    const char *kind = json_dig_str(live, "kind", NULL);
    const char *name = json_dig_str(live, "metadata", "name", NULL);
    const char *in = json_dig_str(live, "metadata", "namespace", NULL);
    AUTO_BUF clean = BUF_INIT;
    text_append_clean(&clean, buf_str(&wrong), wrong.len);
    return error_set(err, ERROR_CONFLICT,
                     "%s \"%s\" in namespace \"%s\" exists and cannot be imported into the current "
                     "release: invalid ownership metadata%s",
                     kind ? kind : "object", name ? name : "", in ? in : "", buf_str(&clean));
}
