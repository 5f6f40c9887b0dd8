/* Any text parses or is refused, and what parses executes or fails, within the limits. The input is
 * a template and, each behind a NUL, what it may have more: data as JSON, a second template. */
#include "input.h"
#include "meshctl/base/budget.h"
#include "meshctl/helm/engine.h"
#include "wrap.h"

static const char context[] =
    "{\"Values\": {\"a\": {\"b\": 1.5, \"c\": null}, \"list\": [1, \"two\", null, {\"three\": 3}],"
    " \"text\": \"x: {{ .Values.a.b }}\", \"no\": false}, \"Release\": {\"Name\": \"r\"}, \"n\": "
    "7}";

static struct tval context_value(struct arena *a, struct part values)
{
    json_auto_t *json = json_loads(context, 0, NULL);
    json_auto_t *own = json_loadb(values.data, values.len, 0, NULL);
    if (!json)
        abort();
    if (json_is_object(own))
        json_object_update(json, own);
    if (!json_is_object(json_object_get(json, "Values")))
        json_object_set_new(json, "Values", json_object());
    struct tval dot = tval_from_json(a, json);
    tmap_set_type(tmap_get(dot.map, "Values", 6)->map, "chartutil.Values");
    return dot;
}

static void check(const struct error *err, const char *name)
{
    if (strncmp(err->message, "template: ", 10) != 0 ||
        (name && strncmp(err->message + 10, name, strlen(name)) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct budget_limits limits = {.max_memory = (size_t)512 * 1024 * 1024};
    AUTO_BUDGET budget = {0};
    budget_begin(&budget, &limits);
    MC_CLEANUP(worker_cleanup) struct worker *worker = size % 3 ? NULL : worker_new();
    const struct helm_engine_options options = {.helm_major = size % 2 ? 4 : 3,
                                                .worker = worker,
                                                .max_steps = 20000,
                                                .max_output = (size_t)1024 * 1024};
    struct part rest = {(const char *)data, size};
    struct part text = part_take(&rest), values = part_take(&rest);
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF out = BUF_INIT;
    struct helm_engine *engine = helm_engine_new(a, &options);
    struct tmpl_set *set = helm_engine_set(engine);
    tmpl_parse_ahead(set, "f", text.data, text.len);
    tmpl_parse_ahead(set, "g", rest.data, rest.len);
    if (rest.len && tmpl_add(set, "g", rest.data, rest.len, &err) < 0) {
        check(err, "g:");
        error_clear(&err);
    }
    if (tmpl_add(set, "f", text.data, text.len, &err) < 0) {
        check(err, "f:");
        helm_engine_parse_error("f", &err);
    } else if (tmpl_execute(set, "f", context_value(a, values), &out, &err) < 0) {
        check(err, NULL);
        helm_engine_exec_error(engine, "f", &err);
    } else {
        tmpl_drop_no_value(&out, 0);
    }
    helm_engine_free(engine);
    return 0;
}

/* libFuzzer's hook. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    static const char *const forms[] = {
        "{{ if .Values.a }}%{{ else }}%{{ end }}",
        "{{ range $i, $x := .Values.list }}%{{ $x }}{{ end }}",
        "{{ with .Values.a }}%{{ .b }}{{ end }}",
        "{{ define \"d\" }}%{{ end }}{{ include \"d\" . }}",
        "{{ template \"d\" % }}",
        "{{- $v := % -}}",
        "{{ % | default 1 | quote }}",
        "{{ (%) | toYaml | nindent 2 }}",
        "{{ printf \"%\" .Values.a.b }}",
        "{{ tpl \"%\" . }}",
        "{{ dict \"k\" (%) | toJson | fromJson }}",
        "{{ list (%) 1 nil | join \",\" }}",
        "{{ range until 3 }}%{{ if eq . 1 }}{{ continue }}{{ end }}{{ break }}{{ end }}",
        "{{ index (%) 0 }}",
        "{{ % }}",
        "{{/* % */}}",
        "`%`",
        "(%)",
        "\"%\"",
        "%{{- end }}",
        "{{ else if % }}",
        "{{ block \"b\" . }}%{{ end }}",
        "{{ $v = % }}",
        "{{ regexReplaceAll \"%\" .Values.text \"$1\" }}",
        "{{ lookup \"v1\" \"Secret\" \"\" \"%\" }}"};
    return wrap_mutate(data, size, max, seed, forms, MC_ARRAY_LEN(forms));
}
