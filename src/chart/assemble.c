/* A chart out of its files: metadata, values, templates, and subcharts in their turn. */
#include <stdlib.h>
#include <string.h>

#include "loader.h"
#include "meshctl/base/budget.h"
#include "meshctl/base/strlist.h"
#include "meshctl/base/text.h"
#include "meshctl/chart/metadata.h"

/* Moves a file out of the list. */
static void move_file(struct file_list *to, struct chart_file *from)
{
    file_list_add_take(to, from->name, from->data, from->len);
    *from = (struct chart_file){0};
}

struct assembly {
    struct file_list templates, files, subcharts; /* subcharts: names behind "charts/" */
};

static int load_metadata(struct chart *chart, struct file_list *files, struct error **err)
{
    for (size_t i = 0; i < files->count; i++) {
        struct chart_file *f = &files->items[i];
        if (strcmp(f->name, "Chart.yaml") != 0)
            continue;
        if (!chart->metadata)
            chart->metadata = json_object();
        if (metadata_read(f->data, f->len, f->name, chart->metadata, err))
            return error_wrap(err, "cannot load Chart.yaml");
        if (!json_dig_str(chart->metadata, "apiVersion", NULL))
            json_object_set_new(chart->metadata, "apiVersion", json_string("v1"));
    }
    return 0;
}

/* Of two files of one name the later one counts. */
static void replace_file(struct chart_file *to, struct chart_file *from)
{
    free(to->name);
    free(to->data);
    *to = *from;
    *from = (struct chart_file){0};
}

static void load_schema(struct chart *chart, struct chart_file *f)
{
    replace_file(&chart->schema_file, f);
}

static bool is_v1(const struct chart *chart)
{
    return text_equal(json_dig_str(chart->metadata, "apiVersion", NULL), "v1");
}

/* Chart.lock, and the two files of charts before apiVersion v2. */
static int load_dependencies(struct chart *chart, struct assembly *a, struct chart_file *f,
                             struct error **err)
{
    if (!chart->metadata)
        chart->metadata = json_object();
    if (strcmp(f->name, "requirements.yaml") == 0) {
        if (metadata_read(f->data, f->len, f->name, chart->metadata, err))
            return error_wrap(err, "cannot load requirements.yaml");
    } else {
        json_decref(chart->lock);
        chart->lock = NULL;
        if (metadata_read_lock(f->data, f->len, f->name, &chart->lock, err))
            return error_wrap(err, "cannot load %s", f->name);
    }
    if (strcmp(f->name, "Chart.lock") != 0 && is_v1(chart))
        move_file(&a->files, f);
    return 0;
}

static int place_file(struct chart *chart, struct assembly *a, struct chart_file *f,
                      struct error **err)
{
    if (strcmp(f->name, "Chart.yaml") == 0)
        return 0;
    if (strcmp(f->name, "Chart.lock") == 0 || strcmp(f->name, "requirements.yaml") == 0 ||
        strcmp(f->name, "requirements.lock") == 0)
        return load_dependencies(chart, a, f, err);
    if (strcmp(f->name, "values.yaml") == 0) {
        replace_file(&chart->values_file, f);
    } else if (strcmp(f->name, "values.schema.json") == 0) {
        load_schema(chart, f);
    } else if (text_has_prefix(f->name, "templates/")) {
        move_file(&a->templates, f);
    } else if (text_has_prefix(f->name, "charts/") && !text_has_suffix(f->name, ".prov")) {
        memmove(f->name, f->name + strlen("charts/"), strlen(f->name) - strlen("charts/") + 1);
        move_file(&a->subcharts, f);
    } else {
        move_file(&a->files, f);
    }
    return 0;
}

/* An archive may hold a name twice. Helm keeps templates in a map: the last one counts. */
static void drop_shadowed(struct file_list *list)
{
    json_auto_t *seen = json_object();
    size_t kept = list->count;
    for (size_t i = list->count; i-- > 0;) {
        struct chart_file *f = &list->items[i];
        if (json_object_get(seen, f->name)) {
            free(f->name);
            free(f->data);
            continue;
        }
        json_object_set_new_nocheck(seen, f->name, json_true());
        list->items[--kept] = *f;
    }
    list->count -= kept;
    if (kept)
        memmove(list->items, list->items + kept, list->count * sizeof(*list->items));
}

/* --- subcharts --- */

/* Moves the files of one entry of charts/ without that folder's name; files right in charts/ are no
 * charts. */
static void take_folder(struct file_list *all, const char *folder, struct file_list *out)
{
    size_t n = strlen(folder);
    for (size_t i = 0; i < all->count; i++) {
        struct chart_file *f = &all->items[i];
        if (!f->name || strncmp(f->name, folder, n) != 0 || f->name[n] != '/')
            continue;
        memmove(f->name, f->name + n + 1, strlen(f->name) - n);
        move_file(out, f);
    }
}

static const struct chart_file *first_of(const struct file_list *all, const char *folder)
{
    size_t n = strlen(folder);
    for (size_t i = 0; i < all->count; i++) {
        const char *name = all->items[i].name;
        if (name && strncmp(name, folder, n) == 0 && (name[n] == '/' || !name[n]))
            return &all->items[i];
    }
    return NULL;
}

static int load_subchart(struct chart *chart, struct file_list *all, const char *entry,
                         struct load_budget *budget, int depth, struct error **err)
{
    AUTO_FILE_LIST files = {0};
    if (text_has_suffix(entry, ".tgz")) {
        const struct chart_file *f = first_of(all, entry);
        if (strcmp(f->name, entry) != 0)
            return error_set(err, ERROR_INPUT,
                             "error unpacking subchart tar in %s: expected %s, got %s", chart->name,
                             entry, f->name);
        if (archive_unpack(f->data, f->len, budget, &files, err))
            return error_wrap(err, "error unpacking subchart %s in %s", entry, chart->name);
    } else {
        take_folder(all, entry, &files);
    }
    struct chart *child = NULL;
    if (chart_assemble(&files, budget, depth + 1, &child, err))
        return error_wrap(err, "error unpacking subchart %s in %s", entry, chart->name);
    chart->subcharts =
        mem_realloc(chart->subcharts, (chart->subcharts_count + 1) * sizeof(*chart->subcharts));
    chart->subcharts[chart->subcharts_count++] = child;
    child->source = mem_printf("charts/%s", entry);
    return 0;
}

/* Helm goes through the entries in the random order of a Go map; here they are sorted. */
static int load_subcharts(struct chart *chart, struct file_list *all, struct load_budget *budget,
                          int depth, struct error **err)
{
    AUTO_STRLIST entries = STRLIST_INIT;
    for (size_t i = 0; i < all->count; i++) {
        size_t n = strcspn(all->items[i].name, "/");
        AUTO_FREE char *entry = mem_strndup(all->items[i].name, n);
        if (entry[0] != '_' && entry[0] != '.' && !strlist_has(&entries, entry))
            strlist_add(&entries, entry);
    }
    strlist_sort(&entries);
    for (size_t i = 0; i < entries.count; i++)
        if (budget_check(err) < 0 ||
            load_subchart(chart, all, entries.items[i], budget, depth, err))
            return -1;
    return 0;
}

static void give_files(struct file_list *from, struct chart_file **ret_items, size_t *ret_count)
{
    *ret_items = from->items;
    *ret_count = from->count;
    *from = (struct file_list){0};
}

static int assemble(struct chart *chart, struct assembly *a, struct file_list *files,
                    struct load_budget *budget, int depth, struct error **err)
{
    if (load_metadata(chart, files, err))
        return -1;
    for (size_t i = 0; i < files->count; i++)
        if (place_file(chart, a, &files->items[i], err))
            return -1;
    if (!chart->metadata)
        return error_set(err, ERROR_INPUT, "Chart.yaml file is missing");
    if (metadata_validate(chart->metadata, err))
        return -1;
    chart->name = mem_strdup(json_dig_str(chart->metadata, "name", NULL));
    chart->version = mem_strdup(json_dig_str(chart->metadata, "version", NULL));
    const char *app = json_dig_str(chart->metadata, "appVersion", NULL);
    chart->app_version = mem_strdup(app ? app : "");
    drop_shadowed(&a->templates);
    give_files(&a->templates, &chart->templates, &chart->templates_count);
    give_files(&a->files, &chart->files, &chart->files_count);
    return load_subcharts(chart, &a->subcharts, budget, depth, err);
}

int chart_assemble(struct file_list *files, struct load_budget *budget, int depth,
                   struct chart **ret_chart, struct error **err)
{
    if (depth > LOADER_MAX_SUBCHART_DEPTH)
        return error_set(err, ERROR_INPUT, "subcharts are nested more than %d deep",
                         LOADER_MAX_SUBCHART_DEPTH);
    struct assembly a = {0};
    MC_CLEANUP(chart_cleanup) struct chart *chart = mem_zalloc(sizeof(*chart));
    int rc = assemble(chart, &a, files, budget, depth, err);
    file_list_release(&a.templates);
    file_list_release(&a.files);
    file_list_release(&a.subcharts);
    file_list_release(files);
    if (rc)
        return -1;
    *ret_chart = TAKE(chart);
    return 0;
}

static void free_files(struct chart_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(files[i].name);
        free(files[i].data);
    }
    free(files);
}

void chart_free(struct chart *chart)
{
    if (!chart)
        return;
    for (size_t i = 0; i < chart->subcharts_count; i++)
        chart_free(chart->subcharts[i]);
    free(chart->subcharts);
    free_files(chart->templates, chart->templates_count);
    free_files(chart->files, chart->files_count);
    free(chart->schema_file.name);
    free(chart->schema_file.data);
    free(chart->values_file.name);
    free(chart->values_file.data);
    json_decref(chart->metadata);
    json_decref(chart->lock);
    free(chart->name);
    free(chart->version);
    free(chart->app_version);
    free(chart->digest);
    free(chart->source);
    free(chart);
}
