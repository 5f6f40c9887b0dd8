/* Any text is read as TOML or refused, and what is read is written as TOML that reads back and is
 * written the same way again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/budget.h"
#include "meshctl/helm/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What toToml refuses (nesting that is deeper as tables than it was in the text) begins with
 * "toml: ". */
static const char round_trip[] =
    "{{ $v := fromToml .text }}{{ $w := toToml $v }}"
    "{{ if not (or (hasKey $v \"Error\") (hasPrefix \"toml: \" $w)) }}"
    "{{ if ne (toToml (fromToml $w)) $w }}{{ fail \"it differs\" }}{{ end }}{{ end }}"
    "{{ toYaml $v | len }}{{ toYamlPretty $v | len }}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct helm_engine_options options = {.helm_major = 3};
    const struct budget_limits limits = {.max_memory = (size_t)1024 * 1024 * 1024};
    AUTO_BUDGET budget = {0};
    budget_begin(&budget, &limits);
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF out = BUF_INIT;
    struct helm_engine *engine = helm_engine_new(a, &options);
    struct tmpl_set *set = helm_engine_set(engine);
    struct tval dot = tval_map(a);
    tmap_set(a, dot.map, "text", 4, tval_string(a, (const char *)data, size));
    if (tmpl_add(set, "t", round_trip, strlen(round_trip), &err) < 0)
        abort();
    if (tmpl_execute(set, "t", dot, &out, &err) < 0 && strstr(err->message, "it differs"))
        abort();
    helm_engine_free(engine);
    return 0;
}
