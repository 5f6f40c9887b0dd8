/* Versions and constraints: the input is two versions and a constraint, apart by NULs. A version is the
 * same when it is written and read again, any two have an order, and a constraint judges as the
 * comparison does. */
#include "input.h"
#include "meshctl/base/semver.h"

static bool read_version(const char *text, struct semver *ret_version)
{
    AUTO_ERROR struct error *err = NULL, *strict_err = NULL;
    struct semver strict;
    int rc = semver_parse(text, ret_version, &err);
    check_outcome(rc, err);
    int strict_rc = semver_parse_strict(text, &strict, &strict_err);
    check_outcome(strict_rc, strict_err);
    if (strict_rc == 0 && (rc < 0 || semver_compare(&strict, ret_version) != 0))
        abort();
    return rc == 0;
}

static void check_again(const struct semver *v)
{
    AUTO_FREE char *text = semver_format_dup(v);
    struct semver again;
    if (strlen(text) > SEMVER_MAX_TEXT)
        return;
    if (!read_version(text, &again) || semver_compare(v, &again) != 0 ||
        strcmp(v->metadata, again.metadata) != 0)
        abort();
}

/* -1: no constraint. */
static int fits(const char *constraint, const struct semver *v)
{
    AUTO_SEMVER_CONSTRAINT *c = NULL;
    AUTO_ERROR struct error *err = NULL;
    int rc = semver_constraint_new(constraint, &c, &err);
    check_outcome(rc, err);
    if ((rc < 0) != (c == NULL))
        abort();
    return rc < 0 ? -1 : semver_constraint_fits(c, v);
}

static void check_order(const struct semver *a, const struct semver *b)
{
    static const struct {
        const char *operator;
        bool below, equal, above;
    } rows[] = {{"=", false, true, false}, {"!=", true, false, true}, {"<", true, false, false},
                {"<=", true, true, false}, {">", false, false, true}, {">=", false, true, true}};
    int order = semver_compare(a, b), back = semver_compare(b, a);
    if ((order < 0) != (back > 0) || (order > 0) != (back < 0))
        abort();
    AUTO_FREE char *text = semver_format_dup(b);
    /* Without one in the constraint no prerelease fits. */
    if (strlen(text) > SEMVER_MAX_TEXT || (a->prerelease[0] && !b->prerelease[0]))
        return;
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_FREE char *constraint = mem_printf("%s%s", rows[i].operator, text);
        bool wanted = order < 0 ? rows[i].below : order > 0 ? rows[i].above : rows[i].equal;
        if (fits(constraint, a) != (int)wanted)
            abort();
    }
}

/* A constraint or itself is itself. */
static void check_twice(const char *constraint, const struct semver *v)
{
    AUTO_FREE char *twice = mem_printf("%s || %s", constraint, constraint);
    int once = fits(constraint, v), both = fits(twice, v);
    if (once < 0 || strlen(twice) > SEMVER_MAX_CONSTRAINT || both < 0)
        return;
    if (once != both)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct part rest = {(const char *)data, size};
    AUTO_FREE char *first = part_dup(part_take(&rest));
    AUTO_FREE char *second = part_dup(part_take(&rest));
    AUTO_FREE char *constraint = part_dup(part_take(&rest));
    struct semver a, b;
    bool has_second = read_version(second, &b);
    if (!read_version(first, &a))
        return 0;
    check_again(&a);
    check_twice(constraint, &a);
    if (has_second)
        check_order(&a, &b);
    return 0;
}
