/* .Files: a chart's other files, with Get, Glob, Lines and their kin. */
#include <string.h>

#include "context.h"
#include "meshctl/base/base64.h"
#include "meshctl/base/budget.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"
#include "meshctl/golang/glob.h"
#include "meshctl/value/items.h"

/* Which of a chart's files the object shows (all, or those that a glob matched). */
struct file_set {
    const struct chart_file **items;
    size_t count;
};

static const struct chart_file *find(const struct file_set *set, const char *name)
{
    /* The last one wins, as it would in Go's map. */
    for (size_t i = set->count; i-- > 0;)
        if (strcmp(set->items[i]->name, name) == 0)
            return set->items[i];
    return NULL;
}

/* Shared with the chart, which outlives the render: injection templates are large. */
static struct tval text_value(const struct chart_file *file)
{
    struct tval_string text = {.data = file ? file->data : "", .len = file ? file->len : 0};
    return (struct tval){.kind = TVAL_STRING, .s = text};
}

static struct tval bytes_value(struct arena *a, const struct chart_file *file)
{
    size_t len = file && list_is_admitted(file->len) ? file->len : 0;
    struct tval list = tval_list(a, len);
    list.list->elem = "uint8";
    for (size_t i = 0; i < list.list->count; i++)
        list.list->items[i] = tval_int((unsigned char)file->data[i]);
    return list;
}

static struct tval lines_value(struct arena *a, const struct chart_file *file)
{
    size_t len = file ? file->len : 0, count = len > 0;
    if (len && file->data[len - 1] == '\n')
        len--;
    for (size_t i = 0; i < len; i++)
        count += file->data[i] == '\n';
    count = list_is_admitted(count) ? count : 0;
    struct tval list = tval_list(a, count);
    list.list->elem = "string";
    const char *at = file ? file->data : NULL;
    for (size_t i = 0; i < count && !budget_is_over(); i++) {
        size_t left = (size_t)(file->data + len - at);
        const char *newline = memchr(at, '\n', left);
        size_t n = newline ? (size_t)(newline - at) : left;
        list.list->items[i] = tval_string(a, at, n);
        at += n + 1;
    }
    return list;
}

/* AsConfig and AsSecrets: a YAML map from base names to contents. */
static struct tval map_text(struct arena *a, const struct file_set *set, bool encoded)
{
    json_auto_t *map = json_object();
    for (size_t i = 0; i < set->count && !budget_look(); i++) {
        const struct chart_file *f = set->items[i];
        AUTO_BUF text = BUF_INIT;
        if (encoded)
            base64_append(&text, f->data, f->len);
        else
            buf_append(&text, f->data, f->len);
        json_object_set_new_nocheck(map, fs_basename(f->name),
                                    json_stringn_nocheck(buf_str(&text), text.len));
    }
    AUTO_BUF out = BUF_INIT;
    AUTO_ERROR struct error *ignored = NULL;
    if (yaml_check_write(map, &ignored) < 0) /* toYAML gives up and prints nothing */
        return tval_cstring(a, "");
    yaml_write(&out, map);
    size_t len = out.len && out.data[out.len - 1] == '\n' ? out.len - 1 : out.len;
    return tval_string(a, buf_str(&out), len);
}

static struct tval wrap(struct arena *a, struct file_set *set);

static struct tval glob_value(struct arena *a, const struct file_set *set, const char *pattern,
                              size_t len)
{
    if (!glob_is_valid(pattern, len)) {
        pattern = "**";
        len = 2;
    }
    struct file_set *matched = arena_alloc(a, sizeof(*matched));
    matched->items = arena_alloc(a, (set->count + 1) * sizeof(*matched->items));
    for (size_t i = 0; i < set->count && !budget_look(); i++)
        if (glob_matches(pattern, len, set->items[i]->name))
            matched->items[matched->count++] = set->items[i];
    return wrap(a, matched);
}

static int files_member(struct arena *a, const struct tobject *self, const char *name,
                        const struct tval *args, size_t argc, struct tval *ret, struct error **err)
{
    const struct file_set *set = self->data;
    (void)err;
    const struct chart_file *file = argc ? find(set, args[0].s.data) : NULL;
    if (strcmp(name, "AsConfig") == 0)
        *ret = map_text(a, set, false);
    else if (strcmp(name, "AsSecrets") == 0)
        *ret = map_text(a, set, true);
    else if (strcmp(name, "Get") == 0)
        *ret = text_value(file);
    else if (strcmp(name, "GetBytes") == 0)
        *ret = bytes_value(a, file);
    else if (strcmp(name, "Glob") == 0)
        *ret = glob_value(a, set, args[0].s.data, args[0].s.len);
    else if (strcmp(name, "Lines") == 0)
        *ret = lines_value(a, file);
    else /* a key of Go's map: no bytes where there is none */
        *ret = bytes_value(a, find(set, name));
    return 1;
}

static struct tval files_as_value(struct arena *a, const struct tobject *self)
{
    const struct file_set *set = self->data;
    struct tval map = tval_map(a);
    for (size_t i = 0; i < set->count && !budget_is_over(); i++)
        tmap_set(a, map.map, set->items[i]->name, strlen(set->items[i]->name),
                 bytes_value(a, set->items[i]));
    tmap_set_type(map.map, "engine.files");
    return map;
}

static const struct tobject_method files_methods[] = {
    {"AsConfig", ""}, {"AsSecrets", ""}, {"Get", "s"}, {"GetBytes", "s"},
    {"Glob", "s"},    {"Lines", "s"},    {NULL, NULL},
};

static const struct tobject_type files_type = {
    .go_type = "engine.files",
    .methods = files_methods,
    .member = files_member,
    .as_value = files_as_value,
};

static struct tval wrap(struct arena *a, struct file_set *set)
{
    return tval_object(a, &files_type, set);
}

struct tval files_build(struct arena *a, const struct chart_file *files, size_t count)
{
    struct file_set *set = arena_alloc(a, sizeof(*set));
    set->items = arena_alloc(a, (count + 1) * sizeof(*set->items));
    for (size_t i = 0; i < count; i++)
        set->items[set->count++] = &files[i];
    return wrap(a, set);
}
