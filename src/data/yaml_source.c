#include "yaml_source.h"

#include <stdlib.h>
#include <string.h>

void yaml_source_init(struct yaml_source *s, const char *text, size_t len, const char *name)
{
    memset(s, 0, sizeof(*s));
    s->name = name;
    s->text = text;
    s->len = len;
    /* Fails for want of memory only, which ends the program everywhere. */
    if (!yaml_parser_initialize(&s->parser))
        abort();
    yaml_parser_set_input_string(&s->parser, (const unsigned char *)text, len);
}

void yaml_source_release(struct yaml_source *s)
{
    yaml_parser_delete(&s->parser);
}

int yaml_source_fail(const struct yaml_source *s, const yaml_mark_t *mark, struct error **err,
                     const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *message = mem_vprintf(fmt, ap);
    va_end(ap);
    error_set(err, ERROR_INPUT, "%s", message);
    return error_where(err, "%s:%zu:%zu", s->name, mark->line + 1, mark->column + 1);
}

/* Reader errors (encoding, control characters) know the byte only. */
static yaml_mark_t mark_of_offset(const struct yaml_source *s, size_t offset)
{
    yaml_mark_t mark = {.index = offset};
    for (size_t i = 0; i < offset && i < s->len; i++) {
        mark.column++;
        if (s->text[i] == '\n') {
            mark.line++;
            mark.column = 0;
        }
    }
    return mark;
}

/* go-yaml v2 decode.go parser.fail: the line that it names is one too low for parser errors, and
 * none is named where libyaml's count is 0. `where` has the true place. */
static int fail_as_go(const struct yaml_source *s, struct error **err)
{
    const yaml_parser_t *p = &s->parser;
    const char *problem = p->problem ? p->problem : "unknown problem parsing YAML content";
    size_t line = 0;
    if (p->error == YAML_READER_ERROR) {
        yaml_mark_t mark = mark_of_offset(s, p->problem_offset);
        return yaml_source_fail(s, &mark, err, "yaml: %s", problem);
    }
    if (p->problem_mark.line)
        line = p->problem_mark.line + (p->error == YAML_SCANNER_ERROR);
    else
        line = p->context_mark.line;
    if (line)
        return yaml_source_fail(s, &p->problem_mark, err, "yaml: line %zu: %s", line, problem);
    return yaml_source_fail(s, &p->problem_mark, err, "yaml: %s", problem);
}

int yaml_source_next(struct yaml_source *s, yaml_event_t *ret_event, struct error **err)
{
    if (!yaml_parser_parse(&s->parser, ret_event)) {
        memset(ret_event, 0, sizeof(*ret_event));
        return fail_as_go(s, err);
    }
    return 0;
}
