/* toYamlPretty. */
#include "func_yaml_pretty.h"

#include <ctype.h>
#include <math.h>

#include "meshctl/data/yaml_pretty.h"
#include "meshctl/toml/time.h"
#include "meshctl/value/items.h"

static bool write_value(struct yaml_pretty *p, struct arena *a, struct tval v);

static bool write_map(struct yaml_pretty *p, struct arena *a, const struct tmap *m)
{
    size_t count = tmap_count(m);
    struct tmap_item *items = tmap_items(a, m);
    AUTO_FREE struct data_key *keys = mem_array(count, sizeof(*keys));
    if (!yaml_pretty_mapping(p, count))
        return false;
    for (size_t i = 0; i < count; i++)
        keys[i] = (struct data_key){items[i].key.data, items[i].key.len, &items[i].value};
    yaml_pretty_sort(keys, count);
    for (size_t i = 0; i < count; i++) {
        yaml_pretty_key(p, keys[i].text, keys[i].len);
        if (!write_value(p, a, *(const struct tval *)keys[i].value))
            return false;
    }
    if (count)
        yaml_pretty_end(p);
    return true;
}

/* yaml.v3 writes the names of a struct's fields in lower case, in their order. */
static bool write_struct(struct yaml_pretty *p, struct arena *a, struct tval v)
{
    const struct tmap *m = value_fields(a, v, false).map;
    const struct tmap_item *items = tmap_items(a, m);
    if (!yaml_pretty_mapping(p, tmap_count(m)))
        return false;
    for (size_t i = 0; i < tmap_count(m); i++) {
        char *key = arena_strndup(a, items[i].key.data, items[i].key.len);
        for (char *c = key; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        yaml_pretty_key(p, key, items[i].key.len);
        if (!write_value(p, a, items[i].value))
            return false;
    }
    yaml_pretty_end(p);
    return true;
}

static bool write_list(struct yaml_pretty *p, struct arena *a, const struct tlist *list)
{
    if (!yaml_pretty_sequence(p, list->count))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        yaml_pretty_item(p);
        if (!write_value(p, a, list->items[i]))
            return false;
    }
    if (list->count)
        yaml_pretty_end(p);
    return true;
}

static void write_float(struct yaml_pretty *p, double f)
{
    AUTO_BUF text = BUF_INIT;
    if (isnan(f))
        buf_appends(&text, ".nan");
    else if (isinf(f))
        buf_appends(&text, f > 0 ? ".inf" : "-.inf");
    else
        gofloat_append(&text, f, 'g', -1);
    yaml_pretty_plain(p, buf_str(&text));
}

static void write_int(struct yaml_pretty *p, int64_t i)
{
    AUTO_BUF text = BUF_INIT;
    buf_appendf(&text, "%lld", (long long)i);
    yaml_pretty_plain(p, buf_str(&text));
}

static bool write_value(struct yaml_pretty *p, struct arena *a, struct tval v)
{
    AUTO_BUF time = BUF_INIT;
    if (toml_time_rfc3339(&time, v)) {
        yaml_pretty_plain(p, buf_str(&time));
        return true;
    }
    v = value_plain(a, v);
    switch (v.kind) {
    case TVAL_BOOL:
        yaml_pretty_plain(p, v.b ? "true" : "false");
        return true;
    case TVAL_INT:
    case TVAL_INT64:
        write_int(p, v.i);
        return true;
    case TVAL_FLOAT:
        write_float(p, v.f);
        return true;
    case TVAL_STRING:
        yaml_pretty_string(p, v.s.data, v.s.len);
        return true;
    case TVAL_LIST:
        return write_list(p, a, v.list);
    case TVAL_MAP:
        return write_map(p, a, v.map);
    case TVAL_OBJECT:
        if (v.object->type->fields)
            return write_struct(p, a, v);
        yaml_pretty_plain(p, "null");
        return true;
    default:
        yaml_pretty_plain(p, "null");
        return true;
    }
}

int func_to_yaml_pretty(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    (void)argc;
    if (value_check_size(args[0], err) < 0)
        return -1;
    struct yaml_pretty *p = yaml_pretty_new(&out);
    if (write_value(p, call->a, args[0]))
        yaml_pretty_finish(p);
    yaml_pretty_free(p);
    if (out.len > 0 && out.data[out.len - 1] == '\n')
        buf_truncate(&out, out.len - 1);
    return result_buf(call, &out, ret, err);
}
