/* semver and semverCompare. */
#include "semvers.h"

#include <string.h>

#include "meshctl/base/semver.h"
#include "util.h"

/* A *semver.Version of Masterminds/semver, as far as charts ask it. */
struct version {
    struct semver v;
    struct tval original;
};

static const struct tobject_type version_type;

static const struct version *version_of(const struct tobject *object)
{
    return object->data;
}

static struct tval version_text(struct arena *a, const struct tobject *object)
{
    AUTO_FREE char *text = semver_format_dup(&version_of(object)->v);
    return tval_cstring(a, text);
}

static struct tval version_object(struct arena *a, const struct semver *v, struct tval original)
{
    struct version *version = arena_alloc(a, sizeof(*version));
    version->v = *v;
    version->original = original;
    return tval_object(a, &version_type, version);
}

/* IncMajor, IncMinor, IncPatch (Masterminds/semver version.go): a prerelease's patch release is the
 * version without the prerelease. */
static struct tval incremented(struct arena *a, const struct version *from, char part)
{
    struct semver v = {.major = from->v.major, .minor = from->v.minor, .patch = from->v.patch};
    if (part == 'M')
        v = (struct semver){.major = v.major + 1};
    else if (part == 'm')
        v = (struct semver){.major = v.major, .minor = v.minor + 1};
    else if (from->v.prerelease[0] == '\0')
        v.patch++;
    AUTO_FREE char *text = semver_format_dup(&v);
    bool prefix = from->original.s.data[0] == 'v';
    AUTO_FREE char *original = mem_printf("%s%s", prefix ? "v" : "", text);
    return version_object(a, &v, tval_cstring(a, original));
}

static int compared(const char *name, int order, struct tval *ret)
{
    if (strcmp(name, "Compare") == 0)
        *ret = tval_int(order < 0 ? -1 : order > 0);
    else if (strcmp(name, "Equal") == 0)
        *ret = tval_bool(order == 0);
    else if (strcmp(name, "LessThan") == 0)
        *ret = tval_bool(order < 0);
    else if (strcmp(name, "LessThanEqual") == 0)
        *ret = tval_bool(order <= 0);
    else if (strcmp(name, "GreaterThan") == 0)
        *ret = tval_bool(order > 0);
    else
        *ret = tval_bool(order >= 0);
    return 1;
}

static bool read_part(struct arena *a, const struct tobject *self, const char *name,
                      struct tval *ret)
{
    const struct version *version = version_of(self);
    if (strcmp(name, "Major") == 0)
        *ret = tval_int64((int64_t)version->v.major);
    else if (strcmp(name, "Minor") == 0)
        *ret = tval_int64((int64_t)version->v.minor);
    else if (strcmp(name, "Patch") == 0)
        *ret = tval_int64((int64_t)version->v.patch);
    else if (strcmp(name, "Prerelease") == 0)
        *ret = tval_cstring(a, version->v.prerelease);
    else if (strcmp(name, "Metadata") == 0)
        *ret = tval_cstring(a, version->v.metadata);
    else if (strcmp(name, "Original") == 0)
        *ret = version->original;
    else if (strcmp(name, "String") == 0 || strcmp(name, "Value") == 0)
        *ret = version_text(a, self);
    else
        return false;
    return true;
}

static const struct tobject_method version_methods[] = {
    {"Compare", "a"},       {"Equal", "a"},   {"GreaterThan", "a"}, {"GreaterThanEqual", "a"},
    {"IncMajor", ""},       {"IncMinor", ""}, {"IncPatch", ""},     {"LessThan", "a"},
    {"LessThanEqual", "a"}, {"Major", ""},    {"Metadata", ""},     {"Minor", ""},
    {"Original", ""},       {"Patch", ""},    {"Prerelease", ""},   {"String", ""},
    {"Value", ""},          {NULL, NULL},
};

static bool is_method(const char *name)
{
    for (size_t i = 0; version_methods[i].name; i++)
        if (strcmp(name, version_methods[i].name) == 0)
            return true;
    return false;
}

static int version_member(struct arena *a, const struct tobject *self, const char *name,
                          const struct tval *args, size_t argc, struct tval *ret,
                          struct error **err)
{
    if (!is_method(name))
        return 0;
    if (read_part(a, self, name, ret))
        return 1;
    if (strncmp(name, "Inc", 3) == 0) {
        *ret = incremented(a, version_of(self),
                           name[4] == 'a' && name[3] == 'M' ? 'M'
                           : name[3] == 'M'                 ? 'm'
                                                            : 'p');
        return 1;
    }
    if (argc != 1 || args[0].kind != TVAL_OBJECT || args[0].object->type != &version_type)
        return error_set(err, ERROR_INPUT, "%s wants a semver as its argument", name);
    return compared(name, semver_compare(&version_of(self)->v, &version_of(args[0].object)->v),
                    ret);
}

static const struct tobject_type version_type = {
    .go_type = "*semver.Version",
    .methods = version_methods,
    .member = version_member,
    .as_value = version_text,
};

/* A C string cannot hold what Go's can: a NUL makes the text no version. */
static int parse_version(struct tval_string s, struct semver *ret_version, struct error **err)
{
    if (memchr(s.data, '\0', s.len))
        return error_set(err, ERROR_INPUT, "invalid semantic version");
    return semver_parse(s.data, ret_version, err);
}

int func_semver(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    struct semver v;
    (void)argc;
    if (parse_version(args[0].s, &v, err) < 0)
        return -1;
    *ret = version_object(call->a, &v, args[0]);
    return 0;
}

/* The same for a constraint. */
static int fail_constraint(struct tval_string s, struct error **err)
{
    AUTO_BUF quoted = BUF_INIT;
    goquote_append(&quoted, s.data, s.len);
    return error_set(err, ERROR_INPUT, "improper constraint: %s", buf_str(&quoted));
}

int func_semver_compare(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    AUTO_SEMVER_CONSTRAINT *constraint = NULL;
    struct semver v;
    (void)call, (void)argc;
    if (memchr(args[0].s.data, '\0', args[0].s.len))
        return fail_constraint(args[0].s, err);
    if (semver_constraint_new(args[0].s.data, &constraint, err) < 0)
        return -1;
    if (parse_version(args[1].s, &v, err) < 0)
        return -1;
    *ret = tval_bool(semver_constraint_fits(constraint, &v));
    return 0;
}
