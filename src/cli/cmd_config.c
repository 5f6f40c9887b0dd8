/* `config`: the mesh file. As it is understood, made of the options that were given, its JSON Schema. */
#include <string.h>
#include <strings.h>

#include "cli.h"
#include "meshctl/data/yaml.h"
#include "meshctl/mesh/file.h"

/* Files of values are in the values by now. */
static bool collect(void *ctx, const struct option *option, const char *value)
{
    struct mesh_file *file = ctx;
    if (strcmp(option->name, "values") == 0)
        return true;
    strlist_add(&file->options, option->name);
    strlist_add(&file->option_values, value ? value : "true");
    return true;
}

static int resolve(struct cli *cli, bool all, json_t **ret_file, struct error **err)
{
    MC_CLEANUP(mesh_file_release) struct mesh_file file = {0};
    if (cli_mesh_new(cli, &file.mesh, err) < 0)
        return -1;
    for (const struct option_family *const *f = cli->command->options.families; *f; f++)
        (void)options_each_given(&cli->options, *f, collect, &file);
    *ret_file = mesh_file_json(&file, all);
    return 0;
}

/* What a chart takes as a password and the like, by the end of its name. */
static bool is_secret(const char *name)
{
    static const char *const ends[] = {"password", "token", "secret", "key"};
    size_t len = strlen(name);
    for (size_t i = 0; i < MC_ARRAY_LEN(ends); i++)
        if (len >= strlen(ends[i]) && strcasecmp(name + len - strlen(ends[i]), ends[i]) == 0)
            return true;
    return false;
}

static void mask(json_t *value)
{
    const char *name;
    json_t *child;
    void *next;
    size_t i;
    json_array_foreach(value, i, child)
        mask(child);
    json_object_foreach_safe(value, next, name, child) if (json_is_string(child) && is_secret(name))
        json_object_set_new(value, name, json_string("REDACTED"));
    else mask(child);
}

static void mask_values(json_t *file)
{
    size_t i;
    json_t *cluster;
    mask(json_dig(file, "istio", "values", NULL));
    json_array_foreach(json_object_get(file, "clusters"), i, cluster)
        mask(json_object_get(cluster, "values"));
}

/* As text it is YAML, as a person would write it. */
static int print_file(struct cli *cli, const json_t *file, struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    if (cli_wants_document(cli))
        return cli_print_document(cli, file, err);
    yaml_write(&out, file);
    return cli_print(cli, &out, err);
}

int cmd_config_view(struct cli *cli, struct error **err)
{
    json_auto_t *file = NULL;
    if (resolve(cli, true, &file, err) < 0)
        return -1;
    mask_values(file);
    return print_file(cli, file, err);
}

int cmd_config_init(struct cli *cli, struct error **err)
{
    json_auto_t *file = NULL;
    return resolve(cli, false, &file, err) < 0 ? -1 : print_file(cli, file, err);
}

int cmd_config_schema(struct cli *cli, struct error **err)
{
    json_auto_t *schema = mesh_file_schema();
    AUTO_BUF out = BUF_INIT;
    if (cli_wants_document(cli))
        return cli_print_document(cli, schema, err);
    json_write(&out, schema, JSON_WRITE_KEEP_ORDER | JSON_WRITE_NO_ESCAPE | JSON_WRITE_PRETTY);
    buf_appendc(&out, '\n');
    return cli_print(cli, &out, err);
}
