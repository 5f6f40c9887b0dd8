/* What a command gives back: its text or document, and the exit code of an error. */
#include "cli.h"
#include "meshctl/data/yaml.h"

int exit_code_of(enum error_kind kind)
{
    switch (kind) {
    case ERROR_USAGE:
        return EXIT_CODE_USAGE;
    case ERROR_INPUT:
        return EXIT_CODE_INPUT;
    case ERROR_DENIED:
    case ERROR_UNREACHABLE:
        return EXIT_CODE_UNREACHABLE;
    case ERROR_TIMEOUT:
        return EXIT_CODE_TIMEOUT;
    case ERROR_REFUSED:
        return EXIT_CODE_REFUSED;
    case ERROR_CANCELLED:
        return EXIT_CODE_CANCELLED;
    case ERROR_INTERNAL:
    case ERROR_NOT_FOUND:
    case ERROR_CONFLICT:
    case ERROR_REMOTE:
    case ERROR_CHECK:
        return EXIT_CODE_FAILED;
    }
    return EXIT_CODE_FAILED;
}

static int unwritten(struct error **err)
{
    return error_set(err, ERROR_INTERNAL, "standard output could not be written");
}

int cli_print(struct cli *cli, const struct buf *text, struct error **err)
{
    return term_write(&cli->out, text) < 0 ? unwritten(err) : 0;
}

int cli_print_data(struct cli *cli, const struct buf *text, struct error **err)
{
    return term_write_data(&cli->out, text) < 0 ? unwritten(err) : 0;
}

int cli_draw(struct cli *cli, const struct buf *text, struct error **err)
{
    return term_draw(&cli->out, text) < 0 ? unwritten(err) : 0;
}

bool cli_wants_document(const struct cli *cli)
{
    enum output_form form = options_output_form(&cli->options);
    return form == OUTPUT_JSON || form == OUTPUT_JSONL || form == OUTPUT_YAML;
}

int cli_print_document(struct cli *cli, const json_t *document, struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    enum output_form form = options_output_form(&cli->options);
    if (form == OUTPUT_YAML) {
        yaml_write(&out, document);
    } else {
        json_write(&out, document,
                   JSON_WRITE_KEEP_ORDER | JSON_WRITE_NO_ESCAPE |
                       (form == OUTPUT_JSONL ? 0 : JSON_WRITE_PRETTY));
        buf_appendc(&out, '\n');
    }
    return cli_print_data(cli, &out, err);
}
