/* Any text parses or is refused, and what parses executes or fails, within the limits. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/tmpl/tmpl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char context[] =
    "{\"Values\": {\"a\": {\"b\": 1.5, \"c\": null}, \"list\": [1, \"two\", null, {\"three\": 3}],"
    " \"text\": \"x: {{ .Values.a.b }}\", \"no\": false}, \"Release\": {\"Name\": \"r\"}, \"n\": "
    "7}";

static struct tval context_value(struct arena *a)
{
    json_auto_t *json = json_loads(context, 0, NULL);
    if (!json)
        abort();
    struct tval dot = tval_from_json(a, json);
    tmap_set_type(tmap_get(dot.map, "Values", 6)->map, "chartutil.Values");
    return dot;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct tmpl_options options = {.helm_major = size % 2 ? 4 : 3,
                                         .max_steps = 20000,
                                         .max_output = (size_t)1024 * 1024,
                                         .max_memory = (size_t)256 * 1024 * 1024};
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF out = BUF_INIT;
    struct tmpl_set *set = tmpl_set_new(a, &options);
    if (tmpl_add(set, "f", (const char *)data, size, &err) < 0) {
        if (strncmp(err->message, "template: f:", 12) != 0)
            abort();
        tmpl_helm_parse_error("f", &err);
    } else if (tmpl_execute(set, "f", context_value(a), &out, &err) < 0) {
        if (strncmp(err->message, "template: f", 11) != 0)
            abort();
        tmpl_helm_exec_error(set, "f", &err);
    } else {
        tmpl_drop_no_value(&out, 0);
    }
    tmpl_set_free(set);
    return 0;
}
