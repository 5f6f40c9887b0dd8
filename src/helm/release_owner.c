/* Ownership of live objects (helm pkg/action/validate.go). */
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/strconv.h"
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
    AUTO_FREE char *quoted_want = goquote_dup(want);
    buf_appendf(out, "; %s validation error: ", what);
    if (!have) {
        buf_appendf(out, "missing key \"%s\": must be set to %s", key, quoted_want);
        return;
    }
    AUTO_FREE char *quoted_have = goquote_dup(have);
    buf_appendf(out, "key \"%s\" must equal %s: current value is %s", key, quoted_want,
                quoted_have);
}

/* checkOwnership: "" when all three marks are the release's. */
static void append_wrong(struct buf *out, const json_t *live, const char *release,
                         const char *namespace_)
{
    const json_t *labels = json_dig(live, "metadata", "labels", NULL);
    const json_t *annotations = json_dig(live, "metadata", "annotations", NULL);
    AUTO_BUF wrong = BUF_INIT;
    require(&wrong, labels, "label", MANAGED_BY, "Helm");
    require(&wrong, annotations, "annotation", RELEASE_NAME, release);
    require(&wrong, annotations, "annotation", RELEASE_NAMESPACE, namespace_);
    text_append_clean(out, buf_str(&wrong), wrong.len);
}

static int refuse(const json_t *live, const char *what, const struct buf *wrong, struct error **err)
{
    const char *kind = json_dig_str(live, "kind", NULL);
    const char *name = json_dig_str(live, "metadata", "name", NULL);
    const char *in = json_dig_str(live, "metadata", "namespace", NULL);
    return error_set(err, ERROR_CONFLICT,
                     "%s \"%s\" in namespace \"%s\" %s: invalid ownership metadata%s",
                     kind ? kind : "object", name ? name : "", in ? in : "", what, buf_str(wrong));
}

int release_check_owner(const json_t *live, const char *release, const char *namespace_,
                        struct error **err)
{
    AUTO_BUF wrong = BUF_INIT;
    append_wrong(&wrong, live, release, namespace_);
    return wrong.len
               ? refuse(live, "exists and cannot be imported into the current release", &wrong, err)
               : 0;
}

enum release_owner release_owner_of(const json_t *live, const char *release, const char *namespace_)
{
    const json_t *annotations = json_dig(live, "metadata", "annotations", NULL);
    const char *name = json_dig_str(annotations, RELEASE_NAME, NULL);
    const char *in = json_dig_str(annotations, RELEASE_NAMESPACE, NULL);
    AUTO_BUF wrong = BUF_INIT;
    append_wrong(&wrong, live, release, namespace_);
    if (!wrong.len)
        return RELEASE_OWNER_SELF;
    return (name && strcmp(name, release) != 0) || (in && strcmp(in, namespace_) != 0)
               ? RELEASE_OWNER_OTHER
               : RELEASE_OWNER_NONE;
}

static int hint_owner(const json_t *live, enum release_owner owner, struct error **err)
{
    const json_t *annotations = json_dig(live, "metadata", "annotations", NULL);
    const char *name = json_dig_str(annotations, RELEASE_NAME, NULL);
    const char *in = json_dig_str(annotations, RELEASE_NAMESPACE, NULL);
    if (owner == RELEASE_OWNER_NONE)
        return error_hint(err, "nobody's mark is on it; --take-ownership makes it this release's");
    AUTO_BUF who = BUF_INIT, clean = BUF_INIT;
    buf_appendf(&who, "release %s in namespace %s", name ? name : "(no name)",
                in ? in : "(no namespace)");
    text_append_clean(&clean, buf_str(&who), who.len);
    return error_hint(err, "%s has it; --take-ownership takes it from there", buf_str(&clean));
}

int release_check_adopt(const json_t *live, const char *release, const char *namespace_,
                        bool is_recorded, bool take_ownership, struct error **err)
{
    enum release_owner owner = release_owner_of(live, release, namespace_);
    if (owner == RELEASE_OWNER_SELF || take_ownership ||
        (owner == RELEASE_OWNER_NONE && is_recorded))
        return 0;
    int rc = release_check_owner(live, release, namespace_, err);
    return rc < 0 ? hint_owner(live, owner, err) : 0;
}

int release_check_delete(const json_t *live, const char *release, const char *namespace_,
                         struct error **err)
{
    AUTO_BUF wrong = BUF_INIT;
    append_wrong(&wrong, live, release, namespace_);
    return wrong.len ? refuse(live, "is not owned by this release", &wrong, err) : 0;
}
