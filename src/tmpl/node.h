/* The tree of a template (Go text/template/parse node.go). Nodes live in the set's arena and are
 * never changed after the parse. */
#ifndef MESHCTL_TMPL_NODE_H
#define MESHCTL_TMPL_NODE_H

#include "meshctl/tmpl/func.h"

enum node_type {
    NODE_TEXT,
    NODE_ACTION,
    NODE_BOOL,
    NODE_CHAIN,
    NODE_COMMAND,
    NODE_DOT,
    NODE_ELSE, /* ELSE and END exist while parsing only */
    NODE_END,
    NODE_FIELD,
    NODE_IDENTIFIER,
    NODE_IF,
    NODE_LIST,
    NODE_NIL,
    NODE_NUMBER,
    NODE_PIPE,
    NODE_RANGE,
    NODE_STRING,
    NODE_TEMPLATE,
    NODE_VARIABLE,
    NODE_WITH,
    NODE_BREAK,
    NODE_CONTINUE,
};

struct node;

struct node_list {
    struct node **items;
    size_t count;
};

/* One name of a field chain. */
struct node_name {
    const char *data;
    uint32_t len;
    uint32_t hash; /* tmap_hash */
};

#define PIPE_MAX_DECL 2 /* range $i, $x */

/* A literal under all the types that can hold it, as Go's ideal constants (newNumber). */
struct node_number {
    struct tval_string text;
    bool is_int;
    bool is_uint;
    bool is_float;
    bool is_complex;
    int64_t i;
    double f;
};

/* A chart has thousands: 32 bytes each. */
struct node {
    uint8_t type;       /* enum node_type */
    uint8_t decl_count; /* of a PIPE, as what follows */
    bool is_assign;
    uint32_t pos; /* byte in the source */
    union {
        struct tval_string text; /* TEXT */
        bool truth;              /* BOOL */
        struct node_list list;   /* LIST, and the arguments of a COMMAND */
        struct node_number *number;
        struct {
            const char *quoted; /* as it was written */
            const char *value;  /* NUL-terminated; may hold NULs */
            uint32_t quoted_len;
            uint32_t value_len;
        } string;
        struct {
            struct node *pipe;
            struct node *list;      /* not for ACTION */
            struct node *else_list; /* NULL when there is none */
        } branch;                   /* ACTION, IF, RANGE, WITH */
        struct {
            struct node_name *names; /* a VARIABLE's first is "$x" */
            size_t count;
            struct node *base; /* CHAIN only: what the fields are taken of */
        } chain;               /* FIELD, VARIABLE, CHAIN */
        struct {
            const struct tfunc *func;
        } ident;
        struct {
            struct tval_string name;
            struct node *pipe; /* may be NULL */
        } call;                /* TEMPLATE */
        struct {
            struct node_list commands;
            struct node **decl; /* decl_count VARIABLEs */
        } pipe;
    };
};

static inline struct tval_string node_string(const struct node *n)
{
    return (struct tval_string){.data = n->string.value, .len = n->string.value_len};
}

/* The text that one parse read; in errors NAME:LINE:COL. */
struct tsource {
    struct tval_string name;
    const char *text;
    size_t len;
};

/* One named template of it. */
struct ttree {
    struct tval_string name;
    const struct tsource *source;
    struct node *root;
    bool empty; /* nothing but spaces and comments: never replaces another */
};

/* Appends a node as Go's Node.String prints it; it stands in errors as "at <...>". */
void node_print(struct buf *out, const struct node *n);
/* Go parse.IsEmptyTree. */
bool node_is_empty(const struct node *n);
/* "NAME:LINE:COL" of a node (Go ErrorContext: COL counts bytes behind the last newline, from 0). */
void node_location(struct buf *out, const struct tsource *source, const struct node *n);

#endif
