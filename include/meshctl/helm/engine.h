/* Templates as Helm runs them: Go's language with sprig's functions and Helm's own (toYaml,
 * fromYaml, include, tpl, required, fail, lookup ...). Output and error texts are those of Helm
 * 3.22 or of Helm 4.3. One thread at a time, and a worker where one is given. */
#ifndef MESHCTL_HELM_ENGINE_H
#define MESHCTL_HELM_ENGINE_H

#include "meshctl/tmpl/tmpl.h"

/* The message of `fail` and `required` stands between these in the error, wherever in the chain it
 * was raised, as in Helm engine.go warnWrap: Helm shows that part alone, behind the outermost
 * position. */
#define HELM_FAIL_START "HELM_ERR_START"
#define HELM_FAIL_END "HELM_ERR_END"

/* All borrowed for the engine's life. */
struct helm_engine_options {
    int helm_major; /* 3 or 4: which functions there are, and how errors are laid out */
    /* Helm's lookup; NULL: always an empty map, as `helm template`. Returns a value in `a`. */
    int (*lookup)(void *ctx, struct arena *a, const char *api_version, const char *kind,
                  const char *namespace_, const char *name, struct tval *ret_value,
                  struct error **err);
    /* Called with what toYaml made of a value; `text` is in the arena. NULL: not told. */
    void (*on_yaml)(void *ctx, struct tval value, struct tval_string text);
    void *ctx;             /* of both */
    struct worker *worker; /* as in tmpl_options, as are these */
    uint64_t max_steps;
    size_t max_output;
};

struct helm_engine;

/* `options` NULL: of Helm 3, without more. */
struct helm_engine *helm_engine_new(struct arena *a, const struct helm_engine_options *options);
void helm_engine_free(struct helm_engine *e);
/* To add templates to and to execute; borrowed. */
struct tmpl_set *helm_engine_set(const struct helm_engine *e);

/* Rewrites an error of tmpl_add ("parse error at (FILE:LINE): MSG") or of the set's last
 * tmpl_execute (`required` and `fail`: "execution error at (FILE:LINE:COL): MSG"; Helm 4: one line
 * a level) as Helm reports it for the file `name`. Each returns -1. */
int helm_engine_parse_error(const char *name, struct error **err);
int helm_engine_exec_error(const struct helm_engine *e, const char *name, struct error **err);

MC_DEFINE_CLEANUP(helm_engine_cleanup, struct helm_engine, helm_engine_free);

#endif
