/* What --help and `help` print, and the tables of docs/options.md: all from the rows of commands
 * and families. */
#include <string.h>

#include "cli.h"
#include "wrap.h"

static void append_overview(const struct cli *cli, struct buf *out)
{
    size_t count;
    const struct command *all = cli_commands(&count);
    buf_appendf(out, "%s ", cli->program);
    wrap_append(out,
                "makes one verified Istio multi-primary, multi-network mesh of bare Kubernetes "
                "clusters.",
                strlen(cli->program) + 1);
    buf_appendf(out,
                "\n  %s up --west west.kubeconfig --east east.kubeconfig --bookinfo\n\nCommands:\n",
                cli->program);
    for (size_t i = 0; i < count; i++)
        buf_appendf(out, "  %-15s %s\n", all[i].name, all[i].summary);
    buf_appendf(out, "\n%s COMMAND --help shows its options.\n", cli->program);
}

/* The table writes them with "meshctl"; a plug-in is called in another way. */
static void append_examples(const struct cli *cli, const char *text, struct buf *out)
{
    static const char own[] = "meshctl ";
    for (const char *at; (at = strstr(text, own)); text = at + sizeof(own) - 1) {
        buf_append(out, text, (size_t)(at - text));
        buf_appendf(out, "%s ", cli->program);
    }
    buf_appends(out, text);
}

static void append_command(const struct cli *cli, const struct command *c, struct buf *out)
{
    buf_appendf(out, "%s\n\nExamples:\n", c->summary);
    append_examples(cli, c->examples, out);
    buf_appendc(out, '\n');
    for (const struct command_verb *verb = c->verbs; verb->run; verb++)
        buf_appendf(out, "%s %s %s%s%s [flags]%s%s\n", verb == c->verbs ? "Usage:" : "      ",
                    cli->program, c->name, verb->name[0] ? " " : "", verb->name,
                    verb->arguments[0] ? " " : "", verb->arguments);
    buf_appendc(out, '\n');
    options_append_help(&c->options, out);
}

/* ---- the tables of docs/options.md --------------------------------------------------------- */

static bool takes(const struct command *c, const struct option_family *family)
{
    for (size_t i = 0; c->options.families[i]; i++)
        if (c->options.families[i] == family)
            return true;
    return false;
}

static void append_names(const struct strlist *names, struct buf *out)
{
    for (size_t i = 0; i < names->count; i++)
        buf_appendf(out, "%s`%s`", i ? ", " : "", names->items[i]);
}

static bool is_without(const struct command_verb *verb, const struct option_family *family)
{
    for (const struct option_family *const *f = verb->without; *f; f++)
        if (*f == family)
            return true;
    return false;
}

/* The command, or those of its verbs that take the family; whether they all do. */
static bool add_takers(const struct command *c, const struct option_family *family,
                       struct strlist *names)
{
    AUTO_STRLIST verbs = STRLIST_INIT;
    size_t count = 0;
    for (const struct command_verb *verb = c->verbs; verb->run; verb++, count++)
        if (!is_without(verb, family))
            strlist_addf(&verbs, "%s%s%s", c->name, verb->name[0] ? " " : "", verb->name);
    if (verbs.count == count) {
        strlist_add(names, c->name);
        return true;
    }
    for (size_t i = 0; i < verbs.count; i++)
        strlist_add(names, verbs.items[i]);
    return false;
}

static void append_family(const struct option_family *family, struct buf *out)
{
    size_t count;
    const struct command *all = cli_commands(&count);
    AUTO_STRLIST names = STRLIST_INIT;
    size_t whole = 0;
    for (size_t i = 0; i < count; i++)
        whole += takes(&all[i], family) && add_takers(&all[i], family, &names);
    buf_appendf(out, "\n%s (", family->title);
    if (whole == count)
        buf_appends(out, "every command");
    else
        append_names(&names, out);
    buf_appends(out, ")\n\n");
    options_append_markdown(family, out);
}

/* Whether an earlier command takes the family too. */
static bool is_shown(const struct command *all, size_t command, const struct option_family *family)
{
    for (size_t i = 0; i < command; i++)
        if (takes(&all[i], family))
            return true;
    return false;
}

static void append_forms(struct buf *out)
{
    size_t count;
    const struct command *all = cli_commands(&count);
    buf_appends(out, "\nForms of the result\n\n| `-o` | commands |\n| --- | --- |\n");
    for (size_t i = 0; i < count; i++) {
        AUTO_STRLIST names = STRLIST_INIT;
        bool seen = false;
        for (size_t j = 0; j < count; j++) {
            if (strcmp(all[i].options.forms, all[j].options.forms) != 0)
                continue;
            seen = seen || j < i;
            strlist_add(&names, all[j].name);
        }
        if (seen)
            continue;
        AUTO_STRLIST forms = STRLIST_INIT;
        strlist_split(&forms, all[i].options.forms, '|');
        buf_appends(out, "| ");
        append_names(&forms, out);
        buf_appends(out, " | ");
        append_names(&names, out);
        buf_appends(out, " |\n");
    }
}

static void append_markdown(struct buf *out)
{
    size_t count;
    const struct command *all = cli_commands(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t f = 0; all[i].options.families[f]; f++)
            if (!is_shown(all, i, all[i].options.families[f]))
                append_family(all[i].options.families[f], out);
    append_forms(out);
}

int cli_print_help(struct cli *cli, const char *topic, struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    if (!topic || strcmp(topic, "--help") == 0 || strcmp(topic, "-h") == 0) {
        append_overview(cli, &out);
    } else if (strcmp(topic, "options-markdown") == 0) {
        append_markdown(&out);
    } else {
        const struct command *c = cli_find_command(topic);
        if (!c)
            return cli_unknown_command(cli, topic, err);
        append_command(cli, c, &out);
    }
    return cli_print(cli, &out, err);
}
