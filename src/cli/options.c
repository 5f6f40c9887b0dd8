/* Reads command lines by the rows of the families, and prints those. */
#include "options.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/strconv.h"
#include "wrap.h"

void options_release(struct options *o)
{
    for (size_t i = 0; o->set && o->set->families[i]; i++) {
        const struct option_family *family = o->set->families[i];
        for (size_t r = 0; o->given[i] && r < family->count; r++)
            if (family->rows[r].type == OPTION_LIST)
                strlist_release((void *)((char *)o->given[i] + family->rows[r].offset));
        free(o->given[i]);
    }
    strlist_release(&o->arguments);
    *o = (struct options){0};
}

const void *options_get(const struct options *o, const struct option_family *family)
{
    static const max_align_t nothing[OPTIONS_MAX_STRUCT / sizeof(max_align_t)];
    assert(family->size <= sizeof(nothing));
    for (size_t i = 0; o->set && o->set->families[i]; i++)
        if (o->set->families[i] == family)
            return o->given[i];
    return nothing;
}

static bool is_given(const struct option *opt, const void *slot)
{
    switch (opt->type) {
    case OPTION_FLAG:
        return *(const bool *)slot;
    case OPTION_COUNT:
        return *(const int *)slot != 0;
    case OPTION_TEXT:
        return *(const char *const *)slot != NULL;
    case OPTION_LIST:
        return ((const struct strlist *)slot)->count != 0;
    }
    return false;
}

const char *options_first_given(const struct options *o, const struct option_family *family)
{
    const char *given = options_get(o, family);
    for (size_t r = 0; r < family->count; r++)
        if (is_given(&family->rows[r], given + family->rows[r].offset))
            return family->rows[r].name;
    return NULL;
}

bool options_each_given(const struct options *o, const struct option_family *family,
                        bool (*tell)(void *ctx, const struct option *option, const char *value),
                        void *ctx)
{
    const char *given = options_get(o, family);
    for (size_t r = 0; r < family->count; r++) {
        const struct option *opt = &family->rows[r];
        const void *slot = given + opt->offset;
        if (!is_given(opt, slot))
            continue;
        if (opt->type == OPTION_LIST) {
            const struct strlist *list = slot;
            for (size_t i = 0; i < list->count; i++)
                if (!tell(ctx, opt, list->items[i]))
                    return false;
        } else if (!tell(ctx, opt, opt->type == OPTION_TEXT ? *(const char *const *)slot : NULL)) {
            return false;
        }
    }
    return true;
}

/* ---- parsing --------------------------------------------------------------------------------- */

/* An option of a command line, and the struct that it fills. */
struct place {
    const struct option *option;
    void *given;
};

/* By its name, or with none by its letter; `option` is NULL when there is none. */
static struct place find(const struct options *o, const char *name, size_t len, char letter)
{
    for (size_t i = 0; o->set->families[i]; i++) {
        const struct option_family *family = o->set->families[i];
        for (size_t r = 0; r < family->count; r++) {
            const struct option *opt = &family->rows[r];
            if (name ? strlen(opt->name) == len && memcmp(opt->name, name, len) == 0
                     : opt->letter == letter)
                return (struct place){opt, o->given[i]};
        }
    }
    return (struct place){0};
}

static int unknown_option(const struct option_set *set, const char *name, size_t len,
                          struct error **err)
{
    const char *names[OPTIONS_MAX_ROWS];
    size_t count = 0;
    AUTO_FREE char *word = mem_strndup(name, len);
    for (size_t i = 0; set->families[i]; i++)
        for (size_t r = 0; r < set->families[i]->count && count < MC_ARRAY_LEN(names); r++)
            names[count++] = set->families[i]->rows[r].name;
    const char *near = text_suggest(word, names, count);
    error_set(err, ERROR_USAGE, "unknown option --%s", word);
    return near ? error_hint(err, "did you mean --%s?", near) : -1;
}

/* A choice is an argument word in lower case or digits with bars: "3|4". */
static bool is_choice(const char *argument)
{
    return strspn(argument, "abcdefghijklmnopqrstuvwxyz0123456789|-") == strlen(argument);
}

static bool choice_has(const char *argument, const char *value)
{
    AUTO_STRLIST words = STRLIST_INIT;
    strlist_split(&words, argument, '|');
    return strlist_has(&words, value);
}

static bool takes_form(const struct option *opt)
{
    return opt->argument && strcmp(opt->argument, OPTION_COMMAND_FORMS) == 0;
}

/* The word that stands for the option's value; NULL: it has none. */
static const char *argument_of(const struct option_set *set, const struct option *opt)
{
    return takes_form(opt) ? set->forms : opt->argument;
}

/* --name, or --name=true and the like: the words of Go's strconv.ParseBool, which pflag takes. */
static int store_flag(const struct option *opt, const char *value, bool *slot, struct error **err)
{
    if (gobool_parse(value ? value : "true", slot))
        return 0;
    return error_set(err, ERROR_USAGE, "--%s takes true or false, not \"%s\"", opt->name, value);
}

static int store(const struct option_set *set, const struct place *at, const char *value,
                 struct error **err)
{
    const struct option *opt = at->option;
    const char *argument = argument_of(set, opt);
    void *slot = (char *)at->given + opt->offset;
    switch (opt->type) {
    case OPTION_FLAG:
        return store_flag(opt, value, slot, err);
    case OPTION_COUNT:
        ++*(int *)slot;
        return 0;
    case OPTION_LIST:
        strlist_add(slot, value);
        return 0;
    case OPTION_TEXT:
        if (is_choice(argument) && !choice_has(argument, value))
            return error_set(err, ERROR_USAGE, "--%s takes %s, not \"%s\"", opt->name, argument,
                             value);
        *(const char **)slot = value;
        return 0;
    }
    return 0;
}

static bool takes_value(const struct option *opt)
{
    return opt->type == OPTION_TEXT || opt->type == OPTION_LIST;
}

/* --name, --name=value, --name value. Moves *i past a value of its own. */
static int parse_long(struct options *o, int argc, char **argv, int *i, struct error **err)
{
    const char *text = argv[*i] + 2;
    size_t len = strcspn(text, "=");
    const struct place at = find(o, text, len, 0);
    const struct option *opt = at.option;
    const char *value = text[len] ? text + len + 1 : NULL;
    if (!opt)
        return unknown_option(o->set, text, len, err);
    if (opt->type == OPTION_COUNT && value)
        return error_set(err, ERROR_USAGE, "--%s takes no value", opt->name);
    if (takes_value(opt) && !value) {
        if (*i + 1 >= argc)
            return error_set(err, ERROR_USAGE, "--%s needs %s", opt->name,
                             argument_of(o->set, opt));
        value = argv[++*i];
    }
    return store(o->set, &at, value, err);
}

/* -v, -vv, -ojson, -o json. */
static int parse_letters(struct options *o, int argc, char **argv, int *i, struct error **err)
{
    for (const char *p = argv[*i] + 1; *p; p++) {
        const struct place at = find(o, NULL, 0, *p);
        if (!at.option)
            return error_set(err, ERROR_USAGE, "unknown option -%c", *p);
        if (!takes_value(at.option)) {
            if (store(o->set, &at, NULL, err) < 0)
                return -1;
            continue;
        }
        if (!p[1] && *i + 1 >= argc)
            return error_set(err, ERROR_USAGE, "-%c needs %s", *p, argument_of(o->set, at.option));
        return store(o->set, &at, p[1] ? p + 1 : argv[++*i], err);
    }
    return 0;
}

int options_parse(const struct option_set *set, int argc, char **argv, struct options *ret_options,
                  struct error **err)
{
    const struct strlist none = STRLIST_INIT;
    return options_parse_over(set, &none, &none, argc, argv, ret_options, err);
}

static int store_defaults(struct options *o, const struct strlist *names,
                          const struct strlist *values, struct error **err)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct place at = find(o, names->items[i], strlen(names->items[i]), 0);
        if (at.option && store(o->set, &at, values->items[i], err) < 0)
            return -1;
    }
    return 0;
}

int options_parse_over(const struct option_set *set, const struct strlist *names,
                       const struct strlist *values, int argc, char **argv,
                       struct options *ret_options, struct error **err)
{
    MC_CLEANUP(options_release) struct options o = {.set = set};
    bool only_arguments = false;
    for (size_t i = 0; set->families[i]; i++)
        o.given[i] = mem_zalloc(set->families[i]->size);
    if (store_defaults(&o, names, values, err) < 0)
        return -1;
    for (int i = 0; i < argc; i++) {
        const char *text = argv[i];
        int rc = 0;
        if (only_arguments || text[0] != '-' || !text[1])
            strlist_add(&o.arguments, text);
        else if (strcmp(text, "--") == 0)
            only_arguments = true;
        else if (text[1] == '-')
            rc = parse_long(&o, argc, argv, &i, err);
        else
            rc = parse_letters(&o, argc, argv, &i, err);
        if (rc < 0)
            return -1;
    }
    *ret_options = o;
    o = (struct options){0};
    return 0;
}

/* ---- help ------------------------------------------------------------------------------------ */

#define HELP_COLUMN 38

static void append_row(const struct option_set *set, const struct option *opt, struct buf *out)
{
    const char *argument = argument_of(set, opt);
    AUTO_BUF help = BUF_INIT;
    size_t start = out->len;
    if (opt->letter)
        buf_appendf(out, "  -%c, ", opt->letter);
    else
        buf_appends(out, "      ");
    buf_appendf(out, "--%s%s%s", opt->name, argument ? " " : "", argument ? argument : "");
    if (out->len - start >= HELP_COLUMN) {
        buf_appendc(out, '\n');
        start = out->len;
    }
    buf_pad(out, ' ', HELP_COLUMN - (out->len - start));
    buf_appends(&help, opt->help);
    if (takes_form(opt)) /* the first is what there is without the option */
        buf_appendf(&help, " (default %.*s)", (int)strcspn(set->forms, "|"), set->forms);
    wrap_append(out, buf_str(&help), HELP_COLUMN);
}

void options_append_help(const struct option_set *set, struct buf *out)
{
    for (size_t i = 0; set->families[i]; i++) {
        const struct option_family *family = set->families[i];
        buf_appendf(out, "%s%s:\n", i ? "\n" : "", family->title);
        for (size_t r = 0; r < family->count; r++)
            append_row(set, &family->rows[r], out);
    }
}

void options_append_markdown(const struct option_family *family, struct buf *out)
{
    buf_appends(out, "| option | meaning |\n| --- | --- |\n");
    for (size_t r = 0; r < family->count; r++) {
        const struct option *opt = &family->rows[r];
        buf_appends(out, "| `");
        if (opt->letter)
            buf_appendf(out, "-%c, ", opt->letter);
        buf_appendf(out, "--%s", opt->name);
        /* A bar would end the table's cell. */
        for (const char *p = opt->argument ? opt->argument : ""; *p; p++)
            buf_appendf(out, "%s%s%c", p == opt->argument ? " " : "", *p == '|' ? "\\" : "", *p);
        buf_appendf(out, "` | %s |\n", opt->help);
    }
}
