/* What runs within a set: templates by their names, includes, texts of tpl. */
#include "engine.h"

#include <string.h>

#include "exec.h"
#include "meshctl/base/text.h"
#include "stack.h"

/* Texts kept parsed for tpl; beyond these a text is parsed at each use. */
#define TEXTS_MAX 10000

static const struct ttree *lookup_in_set(const struct tmpl_set *set, const char *name, size_t len)
{
    const struct tval *number = tmap_get(set->names, name, len);
    return number ? set->trees[number->i] : NULL;
}

/* In a tpl text an empty define does not hide one that has content (Go template.go associate). */
const struct ttree *engine_lookup(const struct tmpl_set *set, const struct tspace *space,
                                  const char *name, size_t len)
{
    const struct ttree *empty = NULL;
    for (; space; space = space->outer) {
        const struct ttree *tree = tunit_find(space->unit, name, len);
        if (tree && (!tree->empty || tree == space->unit->main))
            return tree;
        if (tree && !empty)
            empty = tree;
    }
    const struct ttree *tree = lookup_in_set(set, name, len);
    return tree ? tree : empty;
}

void engine_note_level(struct tmpl_set *set, size_t len, bool first)
{
    if (first)
        set->levels_count = 0;
    set->levels =
        mem_grow(set->levels, &set->levels_cap, set->levels_count + 1, sizeof(*set->levels));
    set->levels[set->levels_count++] = len;
}

int engine_run(struct tmpl_set *set, const struct tspace *space, const struct ttree *tree,
               struct tval dot, struct buf *out, struct error **err)
{
    struct exec x = {.set = set, .space = space, .tree = tree, .out = out, .err = err};
    return exec_tree(&x, exec_unbox(dot));
}

int engine_run_named(struct tmpl_set *set, const struct tspace *space, const char *name, size_t len,
                     struct tval dot, struct buf *out, struct error **err)
{
    const struct ttree *tree = engine_lookup(set, space, name, len);
    if (tree)
        return engine_run(set, space, tree, dot, out, err);
    AUTO_BUF quoted = BUF_INIT;
    goquote_append(&quoted, name, len);
    error_set(err, ERROR_INPUT, "template: no template %s associated with template \"%s\"",
              buf_str(&quoted), ENGINE_ROOT);
    set->foreign_error = false;
    engine_note_level(set, strlen((*err)->message), true);
    return -1;
}

/* ---- include ---- */

/* Helm engine.go includeFun: counts the running uses of each name, known or not. */
int texec_include(struct tcall *call, const char *name, size_t len, struct tval data,
                  struct buf *out, struct error **err)
{
    struct tmpl_set *set = call->set;
    const struct exec *x = call->exec;
    struct tval *depth = tmap_get(set->include_depth, name, len);
    int64_t running = depth ? depth->i : 0;
    if (running > TMPL_MAX_INCLUDE || stack_is_short()) {
        return error_set(err, ERROR_INPUT,
                         "rendering template has a nested reference name: %.*s: unable to execute "
                         "template",
                         (int)len, name);
    }
    tmap_set(set->a, set->include_depth, name, len, tval_int(running + 1));
    int failed = engine_run_named(set, x->space, name, len, data, out, err);
    tmap_set(set->a, set->include_depth, name, len, tval_int(running));
    set->nested_error = failed != 0;
    return failed;
}

/* ---- tpl ---- */

void tmpl_drop_no_value(struct buf *out, size_t from)
{
    static const char marker[] = "<no value>";
    const size_t len = sizeof(marker) - 1;
    if (out->len <= from)
        return;
    const char *end = out->data + out->len;
    const char *at = out->data + from;
    char *to = NULL;
    for (const char *found; (found = text_find(at, (size_t)(end - at), marker, len));
         at = found + len) {
        if (to)
            to = (char *)memmove(to, at, (size_t)(found - at)) + (found - at);
        else
            to = out->data + (found - out->data);
    }
    if (!to)
        return;
    memmove(to, at, (size_t)(end - at));
    buf_truncate(out, (size_t)(to + (end - at) - out->data));
}

static int parse_text(struct tmpl_set *set, const char *text, size_t len, struct tunit *ret_unit,
                      struct error **err)
{
    const struct tval *number = tmap_get(set->texts, text, len);
    if (number) {
        *ret_unit = set->units[number->i];
        return 0;
    }
    if (len > TMPL_MAX_TEXT)
        return error_set(err, ERROR_INPUT, "the text is larger than %zu bytes", TMPL_MAX_TEXT);
    if (tunit_parse(set->a, set->options.functions, ENGINE_ROOT, strlen(ENGINE_ROOT), text, len,
                    ret_unit, err) < 0)
        return -1;
    if (set->units_count < TEXTS_MAX) {
        set->units =
            mem_grow(set->units, &set->units_cap, set->units_count + 1, sizeof(*set->units));
        tmap_set(set->a, set->texts, text, len, tval_int((int64_t)set->units_count));
        set->units[set->units_count++] = *ret_unit;
    }
    return 0;
}

static int fail_tpl(struct error **err, const char *what, const char *text, size_t len)
{
    AUTO_BUF quoted = BUF_INIT;
    goquote_append(&quoted, text, len);
    return error_wrap(err, "%s %s", what, buf_str(&quoted));
}

/* Helm engine.go tplFun. Go has no limit for tpl within tpl but the end of its stack. */
int texec_tpl(struct tcall *call, const char *text, size_t len, struct tval data, struct buf *out,
              struct error **err)
{
    struct tmpl_set *set = call->set;
    const struct exec *x = call->exec;
    struct tunit unit;
    if (stack_is_short())
        return error_set(err, ERROR_INPUT, "tpl calls itself too often");
    if (parse_text(set, text, len, &unit, err) < 0)
        return fail_tpl(err, "cannot parse template", text, len);
    const struct tspace space = {.outer = x->space, .unit = &unit};
    size_t from = out->len;
    if (engine_run(set, &space, unit.main, data, out, err) < 0)
        return fail_tpl(err, "error during tpl function execution for", text, len);
    tmpl_drop_no_value(out, from);
    return 0;
}
