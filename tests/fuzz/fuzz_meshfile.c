/* Mesh files: the input is one. What is taken is written again and read again as the same; what is refused names
 * a place and leaves nothing behind. */
#include "input.h"
#include "meshctl/base/buf.h"
#include "meshctl/data/yaml.h"
#include "meshctl/mesh/file.h"

static void write_and_read(const struct mesh_file *file)
{
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF text = BUF_INIT;
    struct mesh_file again = {0};
    json_auto_t *first = mesh_file_json(file, false);
    if (yaml_check_write(first, &err) < 0)
        return; /* keys that YAML cannot have, of values given as JSON */
    yaml_write(&text, first);
    if (mesh_file_read(buf_str(&text), text.len, "mesh.yaml", &again, &err) < 0)
        abort();
    json_auto_t *second = mesh_file_json(&again, false);
    if (!json_same(first, second))
        abort();
    mesh_file_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ERROR struct error *err = NULL;
    struct mesh_file file = {0};
    int rc = mesh_file_read((const char *)data, size, "mesh.yaml", &file, &err);
    check_outcome(rc, err);
    if (rc < 0) {
        check_clean(err->message);
        if (file.mesh || file.options.count)
            abort();
        return 0;
    }
    write_and_read(&file);
    mesh_file_release(&file);
    return 0;
}
