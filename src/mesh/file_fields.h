/* The fields of the mesh file. */
#ifndef MESH_FILE_FIELDS_H
#define MESH_FILE_FIELDS_H

#include <stddef.h>

#include "meshctl/mesh/mesh.h"

#define FILE_API_VERSION "meshctl.io/v1"
#define FILE_KIND "Mesh"

enum field_kind {
    FIELD_WORD,   /* a text */
    FIELD_PATH,   /* a text: relative to the mesh file */
    FIELD_SOURCE, /* the same, or a URL */
    FIELD_PATHS,  /* a list of these, or one */
    FIELD_WORDS,  /* a list of texts, or one */
    FIELD_TEXTS,  /* a mapping of texts to texts */
    FIELD_NUMBER,
    FIELD_FLAG,
    FIELD_VALUES, /* a chart's values: whatever it takes */
    FIELD_TABLE,  /* fields below it */
    FIELD_ITEMS,  /* a list of these */
};

/* Whose field a value becomes. */
enum field_owner {
    OWNER_NONE,
    OWNER_MESH,
    OWNER_MEMBER,
    OWNER_OPTION, /* of the command line, by its name */
};

struct field_table;

struct field {
    const char *name;
    enum field_kind kind;
    enum field_owner owner;
    size_t offset; /* in struct mesh or struct mesh_member: a char *, an int, the array of values,
                        a list, a mapping */
    const char *option;              /* OWNER_OPTION */
    const char *prefix;              /* of the option's value: "istiod=" */
    unsigned components;             /* FIELD_VALUES: bits, one a component */
    bool negated;                    /* FIELD_FLAG: false in the file is the option */
    const struct field_table *table; /* FIELD_TABLE, FIELD_ITEMS */
    const char *must_be;             /* the only text that it may be */
    const char *help;
};

struct field_table {
    const struct field *rows;
    size_t count;
    const char *needed; /* the field that has to be there, or NULL */
};

extern const struct field_table file_table;

/* A row's slot in what it belongs to. */
char **field_text(const struct field *f, struct mesh *m, struct mesh_member *member);
int *field_number(const struct field *f, struct mesh *m, struct mesh_member *member);
struct strlist *field_words(const struct field *f, struct mesh *m, struct mesh_member *member);
json_t **field_texts(const struct field *f, struct mesh *m, struct mesh_member *member);
enum mesh_choice *field_choice(const struct field *f, struct mesh *m, struct mesh_member *member);
json_t **field_values(const struct field *f, struct mesh *m, struct mesh_member *member);

#endif
