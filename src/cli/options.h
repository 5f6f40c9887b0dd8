/* The command line's options, as const rows: they parse, print --help and make
 * the tables of docs/options.md.
 *
 * A family is a pair of files options_X.{c,h}: the rows, and the struct that they fill. A command
 * names the families that it takes, and gets a struct of each.
 *
 * How to add an option: a field in its family's struct, and a row beside it with OPTION_FIELD.
 * How to add a family: such a pair of files, and its name in the rows of the commands that take it
 * (commands.c). */
#ifndef MESHCTL_CLI_OPTIONS_H
#define MESHCTL_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"
#include "meshctl/base/strlist.h"

#define OPTIONS_MAX_FAMILIES 16 /* of a command */
#define OPTIONS_MAX_ROWS 128    /* of a command */
#define OPTIONS_MAX_STRUCT 1024 /* bytes that a family fills */

enum option_type {
    OPTION_FLAG,  /* bool */
    OPTION_COUNT, /* int: how often it stands there */
    OPTION_TEXT,  /* const char *: the last one counts; NULL when it is not there */
    OPTION_LIST,  /* struct strlist: each */
};

/* The argument of an option whose choice is the command's `forms`. */
#define OPTION_COMMAND_FORMS "FORM"

struct option {
    const char *name;
    char letter; /* or 0 */
    enum option_type type;
    size_t offset;
    const char *argument; /* word in --help; a choice is written a|b|c and checked */
    const char *help;
};

/* Type and offset of a row, by the field that it fills. */
/* clang-format off */
#define OPTION_FIELD(family, field)                                                                \
    _Generic(((family *)NULL)->field,                                                              \
             bool: OPTION_FLAG, int: OPTION_COUNT,                                                 \
             const char *: OPTION_TEXT, struct strlist: OPTION_LIST),                              \
        offsetof(family, field)
/* clang-format on */

struct option_family {
    const char *title;
    const struct option *rows;
    size_t count;
    size_t size; /* of the struct that they fill */
};

/* What a command takes. */
struct option_set {
    const struct option_family *families[OPTIONS_MAX_FAMILIES + 1]; /* NULL ends them */
    const char *forms;                                              /* of its result: "text|json" */
};

/* What was given on a command line; {0}: nothing. Strings are borrowed from argv. */
struct options {
    const struct option_set *set;
    void *given[OPTIONS_MAX_FAMILIES]; /* a struct for each family */
    struct strlist arguments;          /* what stands beside options */
};

void options_release(struct options *o);

/* Parses argv[0..argc) (without program and command name) as pflag does: -ab, -oVALUE, -o VALUE,
 * --name=VALUE, --name VALUE, --flag=false, and -- before words that are no options. Unknown options
 * get a near spelling. ERROR_USAGE, and then *ret_options is left as it was. */
int options_parse(const struct option_set *set, int argc, char **argv, struct options *ret_options,
                  struct error **err) MC_WARN_UNUSED;

/* The same over what was said elsewhere, options' names and their values side by side: the command line's own words
 * win, and come behind the others in lists. Names that the command does not take are left out; a flag's value is
 * "true" or "false". The values are borrowed, too. */
int options_parse_over(const struct option_set *set, const struct strlist *names,
                       const struct strlist *values, int argc, char **argv,
                       struct options *ret_options, struct error **err) MC_WARN_UNUSED;

/* The struct of the family as it was filled: borrowed. Of a family that the command does not take,
 * one as if nothing was given. Each family has a function around it that knows the type. */
const void *options_get(const struct options *o, const struct option_family *family);

/* The name of an option of the family that was given, or NULL. */
const char *options_first_given(const struct options *o, const struct option_family *family);

/* Calls `tell` with each option of the family that was given, once a value; NULL: it takes none. Ends
 * with false when `tell` does. */
bool options_each_given(const struct options *o, const struct option_family *family,
                        bool (*tell)(void *ctx, const struct option *option, const char *value),
                        void *ctx);

/* The lines of --help, family by family. */
void options_append_help(const struct option_set *set, struct buf *out);
/* The table of one family in docs/options.md. */
void options_append_markdown(const struct option_family *family, struct buf *out);

#endif
