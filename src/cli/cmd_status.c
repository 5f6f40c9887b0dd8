/* `status`: the mesh as it is now, once or again and again. */
#include "meshctl/base/clock.h"
#include "meshctl/report/status.h"
#include "options_watch.h"
#include "status_read.h"

#define INTERVAL_MS 2000
#define MIN_INTERVAL_MS 100

/* The document as -o wants it. */
static void append_status(const struct cli *cli, const json_t *document, struct buf *out)
{
    enum output_form form = options_output_form(&cli->options);
    AUTO_FREE char *next = cli_pasteable_dup(cli, "meshctl check with the same flags");
    if (form == OUTPUT_SHORT)
        report_status_short(document, out);
    else
        report_status(&cli->out, next, document, form == OUTPUT_WIDE, out);
}

static int print_status(struct cli *cli, const json_t *document, struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    if (cli_wants_document(cli))
        return cli_print_document(cli, document, err);
    append_status(cli, document, &out);
    return cli_print(cli, &out, err);
}

static int read_once(struct cli *cli, struct error **err)
{
    json_auto_t *document = NULL;
    AUTO_BUF errors = BUF_INIT;
    if (cli_status_read(cli, true, &document, &errors, err) < 0 ||
        print_status(cli, document, err) < 0)
        return -1;
    (void)term_write(&cli->err_out, &errors);
    return 0;
}

/* The old screen stays until there is a new one to show; lines that became shorter are cleared, and
 * what is too long ends at the edge, as each line has a row. */
static int redraw(struct cli *cli, const json_t *document, struct error **err)
{
    AUTO_BUF screen = BUF_INIT, out = BUF_INIT;
    AUTO_STRLIST lines = STRLIST_INIT;
    size_t rows = (size_t)term_height(&cli->out) - 1;
    append_status(cli, document, &screen);
    strlist_split(&lines, buf_str(&screen), '\n');
    buf_appends(&out, TERM_WRAP_OFF TERM_HOME);
    for (size_t i = 0; i + 1 < lines.count && i < rows; i++)
        buf_appendf(&out, "%s" TERM_CLEAR_LINE "\n", lines.items[i]);
    buf_appends(&out, TERM_CLEAR_BELOW TERM_WRAP_ON);
    return cli_draw(cli, &out, err);
}

static bool draws_in_place(const struct cli *cli)
{
    enum output_form form = options_output_form(&cli->options);
    return cli->out.is_tty && (form == OUTPUT_TEXT || form == OUTPUT_WIDE);
}

/* What stands between two that are not drawn over each other. */
static const char *separator(const struct cli *cli)
{
    switch (options_output_form(&cli->options)) {
    case OUTPUT_TEXT:
    case OUTPUT_WIDE:
        return "\n";
    case OUTPUT_YAML:
        return "---\n";
    default:
        return "";
    }
}

static int show(struct cli *cli, const json_t *document, bool is_first, struct error **err)
{
    AUTO_BUF before = BUF_INIT;
    bool in_place = draws_in_place(cli);
    if (in_place && is_first)
        buf_appends(&before, TERM_CLEAR_ALL);
    else if (!in_place && !is_first)
        buf_appends(&before, separator(cli));
    if (cli_draw(cli, &before, err) < 0)
        return -1;
    return in_place ? redraw(cli, document, err) : print_status(cli, document, err);
}

/* Ends where it is interrupted, which is how it is meant to end. */
static int watch(struct cli *cli, int64_t interval_ms, struct error **err)
{
    for (bool is_first = true;; is_first = false) {
        int64_t next_ms = clock_now_ms() + interval_ms;
        json_auto_t *document = NULL;
        AUTO_BUF errors = BUF_INIT;
        int rc = cli_status_read(cli, true, &document, &errors, err);
        if (cancel_is_set(cli->cancel))
            break;
        if (rc < 0 || show(cli, document, is_first, err) < 0)
            return -1;
        if (clock_sleep(clock_left_ms(next_ms), cli->cancel) < 0)
            break;
    }
    error_clear(err);
    cli->exit_code = EXIT_CODE_OK;
    return 0;
}

int cmd_status(struct cli *cli, struct error **err)
{
    const struct options_watch *o = options_watch_of(&cli->options);
    int64_t interval_ms = INTERVAL_MS;
    if (o->interval && clock_parse_duration(o->interval, &interval_ms, err) < 0)
        return error_wrap(err, "--interval");
    if (interval_ms < MIN_INTERVAL_MS)
        return error_set(err, ERROR_USAGE, "--interval must be at least %d ms", MIN_INTERVAL_MS);
    return o->watch ? watch(cli, interval_ms, err) : read_once(cli, err);
}
