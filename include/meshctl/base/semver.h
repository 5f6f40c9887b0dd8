/* Semantic versions and constraints as Masterminds/semver v3.5 reads them, which is what Helm's
 * semverCompare and its choice of a chart version go by. Thread-safe. */
#ifndef MESHCTL_BASE_SEMVER_H
#define MESHCTL_BASE_SEMVER_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/error.h"

#define SEMVER_MAX_TEXT 256             /* bytes of a version */
#define SEMVER_MAX_CONSTRAINT 512       /* bytes of a constraint */
#define SEMVER_MAX_CONSTRAINT_GROUPS 32 /* parts between || */

/* A plain value; nothing in it is owned. */
struct semver {
    uint64_t major, minor, patch;
    char prerelease[SEMVER_MAX_TEXT + 1]; /* without the '-', "" when there is none */
    char metadata[SEMVER_MAX_TEXT + 1];   /* without the '+', "" when there is none */
};

/* NewVersion: a leading v, one or two parts ("v1.2" is 1.2.0) and leading zeros of the parts are
 * taken. ERROR_INPUT with Go's text otherwise. */
int semver_parse(const char *text, struct semver *ret_version, struct error **err) MC_WARN_UNUSED;
/* StrictNewVersion: MAJOR.MINOR.PATCH[-PRERELEASE][+METADATA] and nothing else. */
int semver_parse_strict(const char *text, struct semver *ret_version, struct error **err)
    MC_WARN_UNUSED;
/* Below, equal or above zero; metadata does not count, a prerelease comes before its release. */
int semver_compare(const struct semver *a, const struct semver *b);
/* "1.2.3-rc.1+build", without a leading v; yours to free. */
char *semver_format_dup(const struct semver *version);

struct semver_constraint;

/* Operators = != > < >= => <= =< ~ ~> ^ or none; AND by comma or space, OR by ||; "1.2 - 1.4";
 * x, X and * as wildcards, missing parts count as these. Yours to free. */
int semver_constraint_new(const char *text, struct semver_constraint **ret_constraint,
                          struct error **err) MC_WARN_UNUSED;
void semver_constraint_free(struct semver_constraint *c);
/* A prerelease fits only an AND group in which some version has a prerelease (since v3.4;
 * ">0.0.0-0" takes any). */
bool semver_constraint_fits(const struct semver_constraint *c, const struct semver *version);

MC_DEFINE_CLEANUP(semver_constraint_cleanup, struct semver_constraint, semver_constraint_free);
#define AUTO_SEMVER_CONSTRAINT MC_CLEANUP(semver_constraint_cleanup) struct semver_constraint

#endif
