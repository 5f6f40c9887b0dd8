/* The large texts that fromYaml read last, with their values, and those that it will read next:
 * charts read a document once for its name and again to change it, and a range whose body reads its
 * element reads the following ones, too. The parser is what takes their time; the worker does it
 * while the owner writes the one before. */
#ifndef MESHCTL_HELM_FUNC_YAML_AHEAD_H
#define MESHCTL_HELM_FUNC_YAML_AHEAD_H

#include "meshctl/base/aside.h"
#include "meshctl/value/value.h"

/* A smaller text is cheap, and would drive a large one out. */
#define YAML_AHEAD_LEAST ((size_t)4 * 1024)
#define YAML_AHEAD_MOST ((size_t)4 * 1024 * 1024)
/* How far it reads in advance: documents are of very different sizes, and while the owner reads a
 * large one the worker should not run out of work. */
#define YAML_AHEAD_COUNT 16
#define YAML_AHEAD_BYTES ((size_t)1024 * 1024)

struct yaml_job;

struct yaml_ahead {
    struct yaml_job *jobs[YAML_AHEAD_COUNT + 2]; /* a ring; unused ones are NULL */
    size_t next;
    const char *asked; /* the text that was read last; nothing but its address is looked at */
    bool is_wasted;    /* what was read in advance made room unused: no more of that */
};

/* yaml_read as fromYaml calls it. The text, which is a template value's, must outlive the set.
 * The value is the caller's own: changes do not show in what is read of the same text later. */
int yaml_ahead_read(struct yaml_ahead *y, struct aside *aside, struct tval_string text,
                    struct tval *ret_value, struct error **err) MC_WARN_UNUSED;
/* To be told when a range has done with its element number `at`. */
void yaml_ahead_ranged(struct yaml_ahead *y, struct aside *aside, const struct tlist *list,
                       size_t at);
/* Ends what is under way. */
void yaml_ahead_release(struct yaml_ahead *y, struct aside *aside);

#endif
