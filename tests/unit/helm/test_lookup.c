/* A chart that looks at the cluster, as an install shows it: golden/chart/lookup has what the
 * engines of helm 3.22.0 and 4.3.1 make of it (engine.RenderWithClientProvider over client-go's
 * fake dynamic client that holds objects.json); .err with `bad` set, for a kind that the server
 * does not have. */
#include "charts.h"

#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"
#include "meshctl/helm/render.h"

static bool fits(const json_t *object, const char *kind, const char *namespace_, const char *name)
{
    const char *in = json_dig_str(object, "metadata", "namespace", NULL);
    return text_equal(json_dig_str(object, "kind", NULL), kind) &&
           (!namespace_[0] || !in || strcmp(in, namespace_) == 0) &&
           (!name[0] || text_equal(json_dig_str(object, "metadata", "name", NULL), name));
}

static int look_up(void *ctx, const char *api_version, const char *kind, const char *namespace_,
                   const char *name, json_t **ret_object, struct error **err)
{
    json_t *object, *items = json_array();
    size_t i;
    if (strcmp(kind, "Widget") == 0) {
        json_decref(items);
        return error_set(err, ERROR_NOT_FOUND,
                         "unable to get apiresource from unstructured: %s, Kind=%s: the server "
                         "could not find the requested resource",
                         api_version, kind);
    }
    json_array_foreach((json_t *)ctx, i, object)
        if (fits(object, kind, namespace_, name))
            json_array_append(items, object);
    if (name[0]) {
        *ret_object = json_incref(json_array_get(items, 0));
        json_decref(items);
        return 0;
    }
    *ret_object = json_pack("{s:s+, s:o}", "kind", kind, "List", "items", items);
    return 0;
}

static int render(int major, bool bad, struct chart_rendered **ret_rendered, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    AUTO_STRLIST versions = STRLIST_INIT;
    read_golden("lookup/objects.json", &text);
    json_auto_t *objects = parse(buf_str(&text));
    json_auto_t *values = json_pack("{s:b}", "bad", bad);
    strlist_add(&versions, "v1");
    strlist_add(&versions, "v1/Secret");
    strlist_add(&versions, "apps/v1");
    const struct chart_render_options options = {
        .release = "rel",
        .namespace_ = "ns",
        .helm_major = major,
        .kube_version = "v1.34.4",
        .api_versions = &versions,
        .lookup = look_up,
        .ctx = objects,
    };
    if (chart_load(GOLDEN "/lookup/chart", &chart, err) < 0)
        return -1;
    return chart_render(chart, values, &options, ret_rendered, err);
}

static void a_chart_sees_the_cluster(void **state)
{
    (void)state;
    for (int major = 3; major <= 4; major++) {
        struct error *err = NULL;
        MC_CLEANUP(chart_rendered_cleanup) struct chart_rendered *r = NULL;
        json_auto_t *want = NULL;
        AUTO_BUF text = BUF_INIT;
        AUTO_FREE char *name = mem_printf("lookup/helm%d.out", major);
        read_golden(name, &text);
        OK(yaml_read(buf_str(&text), text.len, name, 0, &want, &err));
        OK(render(major, false, &r, &err));
        assert_int_equal(r->objects_count, 1);
        AUTO_FREE char *a = json_write_dup(r->objects[0].object, 0);
        AUTO_FREE char *b = json_write_dup(want, 0);
        assert_string_equal(a, b);
    }
}

static void an_error_of_the_lookup_ends_the_render(void **state)
{
    (void)state;
    for (int major = 3; major <= 4; major++) {
        struct error *err = NULL;
        struct chart_rendered *r = NULL;
        AUTO_BUF want = BUF_INIT;
        AUTO_FREE char *name = mem_printf("lookup/helm%d.err", major);
        read_golden(name, &want);
        assert_int_equal(render(major, true, &r, &err), -1);
        AUTO_FREE char *line = mem_printf("%s\n", err->message);
        assert_string_equal(line, buf_str(&want));
        error_clear(&err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chart_sees_the_cluster),
        cmocka_unit_test(an_error_of_the_lookup_ends_the_render),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
