/* .Capabilities: the versions of Kubernetes and Helm, and the API versions that charts ask for. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "meshctl/golang/strconv.h"

/* What Helm's released builds say without a cluster: v1.MINOR.0 of their client-go, which is 0.37
 * in both 3.22 and 4.3. */
#define DEFAULT_KUBE_VERSION "v1.37.0"

/* The group versions of client-go 0.37's scheme in its order, and apiextensions
 * (chart/common/capabilities.go allKnownVersions). */
static const char *const default_versions[] = {
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "lifecycle.k8s.io/v1alpha1",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
};

/* --- versions --- */

static size_t take_digits(const char *s)
{
    return strspn(s, "0123456789");
}

static int refuse_version(const char *given, const char *why, const char *behind,
                          struct error **err)
{
    AUTO_FREE char *quoted = goquote_dup(given);
    return error_set(err, ERROR_INPUT, "invalid kube version '%s': %s %s%s", given, why, quoted,
                     behind);
}

/* The numbers between dots; returns how many there are, 0 with *err set. */
static size_t take_numbers(const char *given, const char *s, struct buf *numbers, char **ret_major,
                           char **ret_minor, struct error **err)
{
    size_t count = 0;
    for (;; count++) {
        size_t n = take_digits(s);
        AUTO_FREE char *number = mem_strndup(s, n);
        const char *plain = number + strspn(number, "0");
        if (!count && number[0] == '0' && n > 1) {
            AUTO_FREE char *why =
                mem_printf("illegal zero-prefixed version component \"%s\" in", number);
            refuse_version(given, why, "", err);
            return 0;
        }
        buf_appendf(numbers, "%s%s", count ? "." : "", plain[0] ? plain : "0");
        if (count < 2)
            *(count ? ret_minor : ret_major) = mem_strdup(plain[0] ? plain : "0");
        s += n;
        if (s[0] != '.' || !take_digits(s + 1))
            return count + 1;
        s++;
    }
}

/* k8s.io/apimachinery pkg/util/version ParseGeneric: blanks, a "v", numbers, anything. */
int capability_version_parse(const struct chart_render_options *options, int helm_major,
                             struct capability_version *ret_version, struct error **err)
{
    const char *given = options->kube_version ? options->kube_version : DEFAULT_KUBE_VERSION;
    const char *s = given + strspn(given, " \t\n\f\r");
    AUTO_BUF numbers = BUF_INIT;
    AUTO_FREE char *major = NULL, *minor = NULL;
    s += s[0] == 'v';
    if (!take_digits(s))
        return refuse_version(given, "could not parse", " as version", err);
    size_t count = take_numbers(given, s, &numbers, &major, &minor, err);
    if (!count)
        return -1;
    if (count == 1)
        return refuse_version(given, "illegal version string", "", err);
    char *normalized = mem_printf("v%s", buf_str(&numbers));
    char *full = mem_printf("%s%s", given[0] == 'v' ? "" : "v", given);
    if (helm_major < 4) {
        free(options->is_template ? full : normalized);
        if (options->is_template)
            full = mem_strdup(normalized);
        else
            normalized = mem_strdup(full);
    }
    *ret_version = (struct capability_version){full, normalized, TAKE(major), TAKE(minor)};
    return 0;
}

void capability_version_release(struct capability_version *v)
{
    free(v->full);
    free(v->normalized);
    free(v->major);
    free(v->minor);
    *v = (struct capability_version){0};
}

/* --- objects --- */

/* A Go struct whose fields are a template map, a version with the text of its method String. */
struct record {
    struct tval fields;
    const char *text;
    bool is_set;
};

static bool is_nullary_method(const struct record *r, const char *name)
{
    return r->text && (strcmp(name, "String") == 0 || strcmp(name, "GitVersion") == 0);
}

/* VersionSet.Has. */
static bool has_version(const struct record *r, struct tval wanted)
{
    const struct tlist *list = r->fields.list;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].s.len == wanted.s.len &&
            memcmp(list->items[i].s.data, wanted.s.data, wanted.s.len) == 0)
            return true;
    return false;
}

static int record_member(struct arena *a, const struct tobject *self, const char *name,
                         const struct tval *args, size_t argc, struct tval *ret, struct error **err)
{
    const struct record *r = self->data;
    (void)err;
    if (r->is_set) {
        if (strcmp(name, "Has") != 0 || argc != 1)
            return 0;
        *ret = tval_bool(has_version(r, args[0]));
        return 1;
    }
    if (is_nullary_method(r, name)) {
        *ret = strcmp(name, "String") == 0 ? tval_cstring(a, r->text)
                                           : *tmap_get(r->fields.map, "Version", 7);
        return 1;
    }
    const struct tval *field = tmap_get(r->fields.map, name, strlen(name));
    if (!field)
        return 0;
    *ret = *field;
    return 1;
}

static const char *const capabilities_fields[] = {"KubeVersion", "APIVersions", "HelmVersion",
                                                  NULL};
/* Helm 4 keeps the version without what distributions add beside the other. */
static const char *const version_fields[2][5] = {
    {"Version", "Major", "Minor", NULL}, {"Version", "normalizedVersion", "Major", "Minor", NULL}};
static const char *const build_fields[2][6] = {
    {"Version", "GitCommit", "GitTreeState", "GoVersion", NULL},
    {"Version", "GitCommit", "GitTreeState", "GoVersion", "KubeClientVersion", NULL}};

static struct tval record_as_value(struct arena *a, const struct tobject *self)
{
    const struct record *r = self->data;
    (void)a;
    return r->fields;
}

/* The field that is not exported is not in JSON. */
static struct tval version_as_value(struct arena *a, const struct tobject *self)
{
    const struct record *r = self->data;
    struct tval map = tval_struct(a);
    for (const char *const *name = version_fields[0]; *name; name++)
        tmap_set(a, map.map, *name, strlen(*name), *tmap_get(r->fields.map, *name, strlen(*name)));
    return map;
}

static bool version_string(struct buf *out, const struct tobject *self, bool go_syntax)
{
    const struct record *r = self->data;
    (void)go_syntax;
    buf_appends(out, r->text);
    return true;
}

/* As the JSON of the build information: lower case, empty fields left out. */
static struct tval build_as_value(struct arena *a, const struct tobject *self)
{
    static const char *const names[][2] = {{"Version", "version"},
                                           {"GoVersion", "go_version"},
                                           {"KubeClientVersion", "kube_client_version"}};
    const struct record *r = self->data;
    struct tval map = tval_struct(a);
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++) {
        const struct tval *field = tmap_get(r->fields.map, names[i][0], strlen(names[i][0]));
        if (field)
            tmap_set(a, map.map, names[i][1], strlen(names[i][1]), *field);
    }
    return map;
}

static const struct tobject_method no_methods[] = {{NULL, NULL}};
static const struct tobject_method version_methods[] = {
    {"String", ""}, {"GitVersion", ""}, {NULL, NULL}};
static const struct tobject_method set_methods[] = {{"Has", "s"}, {NULL, NULL}};

#define RECORD_TYPE(go, own, own_fields, as)                                                       \
    {                                                                                              \
        .go_type = (go), .methods = (own), .fields = (own_fields), .member = record_member,        \
        .as_value = (as)                                                                           \
    }
#define VERSION_TYPE(go, own_fields, own_string, copy)                                             \
    {                                                                                              \
        .go_type = (go), .methods = version_methods, .fields = (own_fields),                       \
        .member = record_member, .as_value = version_as_value, .string = (own_string),             \
        .copied = (copy)                                                                           \
    }
static const struct tobject_type capabilities_types[2] = {
    RECORD_TYPE("*chartutil.Capabilities", no_methods, capabilities_fields, record_as_value),
    RECORD_TYPE("*common.Capabilities", no_methods, capabilities_fields, record_as_value)};
static const struct tobject_type version_copies[2] = {
    VERSION_TYPE("chartutil.KubeVersion", version_fields[0], NULL, NULL),
    VERSION_TYPE("common.KubeVersion", version_fields[1], NULL, NULL)};
static const struct tobject_type version_types[2] = {
    VERSION_TYPE("chartutil.KubeVersion", version_fields[0], version_string, &version_copies[0]),
    VERSION_TYPE("common.KubeVersion", version_fields[1], version_string, &version_copies[1])};
static const struct tobject_type set_types[2] = {
    RECORD_TYPE("chartutil.VersionSet", set_methods, NULL, record_as_value),
    RECORD_TYPE("common.VersionSet", set_methods, NULL, record_as_value)};
static const struct tobject_type build_types[2] = {
    RECORD_TYPE("version.BuildInfo", no_methods, build_fields[0], build_as_value),
    RECORD_TYPE("version.BuildInfo", no_methods, build_fields[1], build_as_value)};

static struct tval record_new(struct arena *a, const struct tobject_type *type, struct tval fields,
                              struct record **ret)
{
    struct record *r = arena_alloc(a, sizeof(*r));
    r->fields = fields;
    if (ret)
        *ret = r;
    return tval_object(a, type, r);
}

static void set_text(struct arena *a, struct tval map, const char *key, const char *text)
{
    tmap_set(a, map.map, key, strlen(key), tval_cstring(a, text));
}

static struct tval build_info(struct arena *a, int helm_major)
{
    struct tval map = tval_map(a);
    set_text(a, map, "Version", helm_major >= 4 ? "v4.3.1" : "v3.22.0");
    set_text(a, map, "GitCommit", "");
    set_text(a, map, "GitTreeState", "");
    set_text(a, map, "GoVersion", "go1.26.8");
    if (helm_major >= 4)
        set_text(a, map, "KubeClientVersion", "v1.37");
    return record_new(a, &build_types[helm_major >= 4], map, NULL);
}

static struct tval version_set(struct arena *a, const struct strlist *given, bool add)
{
    size_t defaults = !given || add ? MC_ARRAY_LEN(default_versions) : 0;
    struct tval list = tval_list(a, defaults + (given ? given->count : 0));
    list.list->elem = "string";
    for (size_t i = 0; i < list.list->count; i++)
        list.list->items[i] =
            tval_cstring(a, i < defaults ? default_versions[i] : given->items[i - defaults]);
    return list;
}

int capabilities_build(struct arena *a, const struct chart_render_options *options, int helm_major,
                       struct tval *ret, struct error **err)
{
    int v = helm_major >= 4;
    struct capability_version version;
    if (capability_version_parse(options, helm_major, &version, err))
        return -1;
    struct tval kube = tval_map(a), all = tval_struct(a);
    set_text(a, kube, "Version", version.full);
    if (v)
        set_text(a, kube, "normalizedVersion", version.normalized);
    set_text(a, kube, "Major", version.major);
    set_text(a, kube, "Minor", version.minor);
    struct record *r;
    struct tval kube_object = record_new(a, &version_types[v], kube, &r);
    r->text = arena_strdup(a, version.normalized);
    capability_version_release(&version);
    struct tval versions = record_new(
        a, &set_types[v], version_set(a, options->api_versions, options->is_template), &r);
    r->is_set = true;
    tmap_set(a, all.map, "KubeVersion", strlen("KubeVersion"), kube_object);
    tmap_set(a, all.map, "APIVersions", strlen("APIVersions"), versions);
    tmap_set(a, all.map, "HelmVersion", strlen("HelmVersion"), build_info(a, helm_major));
    *ret = record_new(a, &capabilities_types[v], all, NULL);
    return 0;
}
