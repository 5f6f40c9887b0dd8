/* What is said, and how. */
#include "options_output.h"

#include <string.h>

#define FIELD(f) OPTION_FIELD(struct options_output, f)

static const struct option rows[] = {
    {"output", 'o', FIELD(form), OPTION_COMMAND_FORMS, "form of the result on standard output"},
    {"quiet", 'q', FIELD(quiet), NULL, "say nothing but warnings, errors and results"},
    {"verbose", 'v', FIELD(verbose), NULL, "say what is written; -vv: each request too"},
    {"color", 0, FIELD(color), "auto|always|never", "colour (default auto; NO_COLOR is honoured)"},
    {"ascii", 0, FIELD(ascii), NULL, "no symbols outside ASCII"},
    {"help", 'h', FIELD(help), NULL, "show this"},
};

const struct option_family options_output_family = {"Output", rows, MC_ARRAY_LEN(rows),
                                                    sizeof(struct options_output)};

const struct options_output *options_output_of(const struct options *o)
{
    return options_get(o, &options_output_family);
}

enum output_form options_output_form(const struct options *o)
{
    static const char *const names[] = {
        [OUTPUT_TEXT] = "text", [OUTPUT_JSON] = "json",   [OUTPUT_JSONL] = "jsonl",
        [OUTPUT_YAML] = "yaml", [OUTPUT_NAME] = "name",   [OUTPUT_SHORT] = "short",
        [OUTPUT_WIDE] = "wide", [OUTPUT_ASCII] = "ascii", [OUTPUT_DOT] = "dot",
        [OUTPUT_SVG] = "svg",   [OUTPUT_HTML] = "html",
    };
    const char *form = options_output_of(o)->form;
    const char *forms = o->set ? o->set->forms : "";
    size_t len = form ? strlen(form) : strcspn(forms, "|");
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++)
        if (strlen(names[i]) == len && strncmp(form ? form : forms, names[i], len) == 0)
            return (enum output_form)i;
    return OUTPUT_TEXT;
}

enum term_color_mode options_output_color(const struct options *o)
{
    const char *color = options_output_of(o)->color;
    if (!color || strcmp(color, "auto") == 0)
        return TERM_COLOR_AUTO;
    return strcmp(color, "always") == 0 ? TERM_COLOR_ALWAYS : TERM_COLOR_NEVER;
}
