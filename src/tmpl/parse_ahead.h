/* Templates that the worker parses while the owner still reads values. */
#ifndef MESHCTL_TMPL_PARSE_AHEAD_H
#define MESHCTL_TMPL_PARSE_AHEAD_H

#include "meshctl/base/aside.h"
#include "parse.h"

struct parse_job;

struct parse_ahead {
    struct tmap *numbers; /* name -> its place in `jobs`; NULL while there are none */
    struct parse_job **jobs;
    size_t count, cap;
};

/* Name and text must outlive the set. Of two with one name the first counts. */
void parse_ahead_add(struct parse_ahead *p, struct aside *aside, const struct tfuncs *functions,
                     const char *name, const char *text, size_t len);
/* False when it was not parsed, for whatever reason: tunit_parse can tell. */
bool parse_ahead_take(struct parse_ahead *p, struct aside *aside, const char *name,
                      const char *text, struct tunit *ret_unit);
/* Ends what is under way. */
void parse_ahead_release(struct parse_ahead *p, struct aside *aside);

#endif
