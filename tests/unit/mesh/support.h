/* What the tests of this room share: a mesh of two, values written as JSON, expected errors. */
#ifndef MESH_SUPPORT_H
#define MESH_SUPPORT_H

#include <stdlib.h>
#include <string.h>

#include "meshctl/mesh/mesh.h"
#include "must.h"

#define AUTO_MESH MC_CLEANUP(mesh_cleanup) struct mesh

static inline struct mesh *two_members(void)
{
    struct mesh *m = mesh_new();
    mesh_add_member(m, "west", "west.kubeconfig", NULL);
    mesh_add_member(m, "east", "east.kubeconfig", "admin");
    return m;
}

/* Single quotes stand for double ones. */
static inline json_t *parse(const char *text)
{
    AUTO_FREE char *copy = mem_strdup(text);
    struct error *err = NULL;
    json_t *value = NULL;
    for (char *p = copy; *p; p++)
        if (*p == '\'')
            *p = '"';
    if (json_read(copy, strlen(copy), "test", &value, &err) < 0)
        fail_msg("%s: %s", err->message, err->where);
    return value;
}

static inline void assert_json(const json_t *found, const char *wanted)
{
    json_auto_t *value = parse(wanted);
    AUTO_FREE char *a = json_write_dup(found, 0);
    AUTO_FREE char *b = json_write_dup(value, 0);
    assert_string_equal(a, b);
}

/* An ERROR_INPUT that says all of these (the list ends with NULL); frees it. */
static inline void refused(int rc, struct error **err, ...)
{
    va_list ap;
    assert_int_equal(rc, -1);
    assert_non_null(*err);
    assert_int_equal((*err)->kind, ERROR_INPUT);
    va_start(ap, err);
    for (const char *part; (part = va_arg(ap, const char *));)
        if (!strstr((*err)->message, part))
            fail_msg("\"%s\" does not say \"%s\"", (*err)->message, part);
    va_end(ap);
    error_clear(err);
}

#endif
