/* Option family: what is said, and how. */
#ifndef MESHCTL_CLI_OPTIONS_OUTPUT_H
#define MESHCTL_CLI_OPTIONS_OUTPUT_H

#include "meshctl/ui/term.h"
#include "options.h"

/* What -o may say; which of them a command has stands in its row. */
enum output_form {
    OUTPUT_TEXT,
    OUTPUT_JSON,
    OUTPUT_JSONL,
    OUTPUT_YAML,
    OUTPUT_NAME,
    OUTPUT_SHORT,
    OUTPUT_WIDE,
    OUTPUT_ASCII,
    OUTPUT_DOT,
    OUTPUT_SVG,
    OUTPUT_HTML,
};

struct options_output {
    const char *form; /* one that the command has, or NULL */
    const char *color;
    bool help, quiet, ascii;
    int verbose;
};

extern const struct option_family options_output_family;
const struct options_output *options_output_of(const struct options *o);
/* What was asked for, or the first that the command has. */
enum output_form options_output_form(const struct options *o);
enum term_color_mode options_output_color(const struct options *o);

#endif
