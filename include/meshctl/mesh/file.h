/* The mesh file: what `-f mesh.yaml` says. One table of fields (src/mesh/file_fields.c) reads it, writes
 * it and is its JSON Schema. Pure: the text is the caller's, and so are the files that it names. */
#ifndef MESHCTL_MESH_FILE_H
#define MESHCTL_MESH_FILE_H

#include "meshctl/mesh/mesh.h"

#define MESH_FILE_MAX_BYTES ((size_t)1024 * 1024)
#define MESH_FILE_MAX_PROBLEMS 100 /* that are told at once */

struct mesh_file {
    struct mesh *mesh;
    /* What is no part of the mesh itself: options of the command line and their values, side by side; a
     * flag's value is "true" or "false". */
    struct strlist options, option_values;
};

/* Reads YAML (or JSON). `path` is for messages, and what the file names is relative to its folder.
 * ERROR_INPUT has every mistake in a line of its own, each with PATH:LINE:COLUMN: unknown fields with
 * the near spelling, wrong kinds of values, and what mesh_find_problems finds. */
int mesh_file_read(const char *text, size_t len, const char *path, struct mesh_file *ret_file,
                   struct error **err) MC_WARN_UNUSED;
/* {0} is an empty one. */
void mesh_file_release(struct mesh_file *f);

/* What mesh_file_read makes the same of again, but for paths, which stay as they are. Without `all`
 * what a new mesh has anyway is left out. New reference. */
json_t *mesh_file_json(const struct mesh_file *f, bool all);

/* The JSON Schema (draft 2020-12) of the file. New reference. */
json_t *mesh_file_schema(void);

#endif
