/* libyaml's parser, with go-yaml's words for its errors. */
#include "yaml_source.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

void yaml_source_init(struct yaml_source *s, const char *text, size_t len, const char *name)
{
    memset(s, 0, sizeof(*s));
    s->name = name;
    s->text = text;
    s->len = len;
    s->has_slash_escape = text_find(text, len, "\\/", 2) != NULL;
    s->offset = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    /* Fails for want of memory only, which ends the program everywhere. */
    if (!yaml_parser_initialize(&s->parser))
        abort();
    yaml_input_set(&s->input, &s->parser, text, len);
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

size_t yaml_source_offset(struct yaml_source *s, size_t index)
{
    for (uint32_t rune; s->seen < index && s->offset < s->len; s->seen++)
        s->offset += text_rune(s->text + s->offset, s->len - s->offset, &rune);
    return s->offset;
}

/* libyaml takes the escape "\/", go-yaml v2 does not. */
static int refuse_slash_escape(struct yaml_source *s, const yaml_event_t *event, struct error **err)
{
    if (!s->has_slash_escape || event->type != YAML_SCALAR_EVENT ||
        event->data.scalar.style != YAML_DOUBLE_QUOTED_SCALAR_STYLE)
        return 0;
    yaml_mark_t mark = event->start_mark;
    size_t at = yaml_source_offset(s, mark.index);
    size_t end = yaml_source_offset(s, event->end_mark.index);
    for (; at + 1 < end; at++) {
        if (s->text[at] == '\n')
            mark.line++;
        if (s->text[at] != '\\')
            continue;
        if (s->text[at + 1] != '/') {
            at++;
            continue;
        }
        const char *problem = "found unknown escape character";
        if (mark.line)
            return yaml_source_fail(s, &mark, err, "yaml: line %zu: %s", mark.line + 1, problem);
        return yaml_source_fail(s, &mark, err, "yaml: %s", problem);
    }
    return 0;
}

/* libyaml takes %YAML 1.2, go-yaml v2 version 1.1 alone. */
static int refuse_version(const struct yaml_source *s, const yaml_event_t *event,
                          struct error **err)
{
    if (event->type != YAML_DOCUMENT_START_EVENT || !event->data.document_start.version_directive ||
        event->data.document_start.version_directive->minor == 1)
        return 0;
    const char *problem = "found incompatible YAML document";
    if (event->start_mark.line)
        return yaml_source_fail(s, &event->start_mark, err, "yaml: line %zu: %s",
                                event->start_mark.line, problem);
    return yaml_source_fail(s, &event->start_mark, err, "yaml: %s", problem);
}

/* Which collections the parser is in, as far as they can be flow collections. */
static void follow_flow(struct yaml_source *s, const yaml_event_t *event)
{
    bool opens_map = event->type == YAML_MAPPING_START_EVENT &&
                     event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
    bool opens_list = event->type == YAML_SEQUENCE_START_EVENT &&
                      event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    if (opens_map || opens_list) {
        /* A pair without braces in a list opens a mapping that has no length. */
        bool has_brace = event->end_mark.index > event->start_mark.index;
        bool inherited =
            s->flow_depth && s->flow_depth <= YAML_MAX_FLOW && s->flow_is_map[s->flow_depth - 1];
        if (s->flow_depth < YAML_MAX_FLOW)
            s->flow_is_map[s->flow_depth] = has_brace ? opens_map : inherited;
        s->flow_depth++;
    } else if (s->flow_depth &&
               (event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT)) {
        s->flow_depth--;
    }
}

/* In a flow collection go-yaml v2 ends a plain scalar at "?", which then stands where a comma or
 * the end should. */
static int refuse_question_mark(struct yaml_source *s, const yaml_event_t *event,
                                struct error **err)
{
    if (!s->flow_depth || s->flow_depth > YAML_MAX_FLOW || event->type != YAML_SCALAR_EVENT ||
        event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE ||
        !memchr(event->data.scalar.value, '?', event->data.scalar.length) ||
        event->data.scalar.value[0] == '?')
        return 0;
    yaml_mark_t mark = event->start_mark;
    const char *at = s->text + yaml_source_offset(s, mark.index);
    for (; at < s->text + s->len && *at != '?'; at++)
        mark.line += *at == '\n';
    const char *close = s->flow_is_map[s->flow_depth - 1] ? "}" : "]";
    if (mark.line)
        return yaml_source_fail(s, &mark, err, "yaml: line %zu: did not find expected ',' or '%s'",
                                mark.line, close);
    return yaml_source_fail(s, &mark, err, "yaml: did not find expected ',' or '%s'", close);
}

int yaml_source_next(struct yaml_source *s, yaml_event_t *ret_event, struct error **err)
{
    if (!yaml_parser_parse(&s->parser, ret_event)) {
        memset(ret_event, 0, sizeof(*ret_event));
        return fail_as_go(s, err);
    }
    follow_flow(s, ret_event);
    if (refuse_version(s, ret_event, err) < 0 || refuse_slash_escape(s, ret_event, err) < 0 ||
        refuse_question_mark(s, ret_event, err) < 0) {
        yaml_event_delete(ret_event);
        s->parser.error = YAML_SCANNER_ERROR; /* so that nothing more is read */
        return -1;
    }
    return 0;
}
