/* Fields, methods and keys (Go exec.go evalField). */
#include <ctype.h>
#include <string.h>

#include "exec.h"
#include "meshctl/value/tmap.h"

static bool has_args(const struct node_list *args, const struct tval *final)
{
    return (args && args->count > 1) || final;
}

static const char *receiver_type(struct tval receiver)
{
    return receiver.boxed ? "interface {}" : tval_go_type(receiver);
}

static int fail_field(struct exec *x, const struct node_name *name, struct tval receiver)
{
    return exec_fail(x, "can't evaluate field %.*s in type %s", (int)name->len, name->data,
                     receiver_type(receiver));
}

/* What Go's reflect.Zero of the map's element type is. */
static struct tval missing_key(const struct tmap *m)
{
    if (tmap_elem_is_interface(m))
        return tval_nil();
    const char *elem = strchr(tmap_type(m), ']');
    if (elem && strcmp(elem + 1, "string") == 0)
        return (struct tval){.kind = TVAL_STRING, .s = {.data = "", .len = 0}};
    return tval_nil();
}

static int map_member(struct exec *x, const struct node_name *name, const struct tmap *m,
                      bool args_given, struct tval *ret)
{
    if (args_given) {
        return exec_fail(x, "%.*s is not a method but has arguments", (int)name->len, name->data);
    }
    const struct tval *found = tmap_get_hashed(m, name->data, name->len, name->hash);
    *ret = found ? *found : missing_key(m);
    ret->boxed = tmap_elem_is_interface(m);
    return 0;
}

static const char *find_method(const struct tobject_method *m, const struct node_name *name)
{
    for (; m && m->name; m++) {
        if (strlen(m->name) == name->len && memcmp(m->name, name->data, name->len) == 0)
            return m->params;
    }
    return NULL;
}

static const char *map_method(const struct exec *x, const struct node_name *name)
{
    const struct tmap_methods *own = x->set->options.map_methods;
    return own ? find_method(own->methods, name) : NULL;
}

static bool is_unexported(const struct tobject *object, const char *name)
{
    const char *const *field = object->type->fields;
    if (!field || isupper((unsigned char)name[0]))
        return false;
    while (*field && strcmp(*field, name) != 0)
        field++;
    return *field;
}

/* A name that the object knows as a field, or an unlisted method of a type without a list. */
static int field_of(struct exec *x, struct tval dot, const struct node_name *name,
                    const struct node *node, const struct node_list *args, const struct tval *final,
                    struct tval receiver, struct tval *ret)
{
    const struct tobject *object = receiver.object;
    AUTO_FREE char *member = mem_strndup(name->data, name->len);
    if (has_args(args, final) && !object->type->methods) {
        const struct callee callee = {.name = member, .params = "a*", .object = object};
        return exec_call(x, dot, &callee, node, args, final, ret);
    }
    if (is_unexported(object, member))
        return exec_fail(x, "%s is an unexported field of struct type %s", member,
                         object->type->go_type);
    int found = object->type->member(x->set->a, object, member, NULL, 0, ret, x->err);
    if (found < 0)
        return exec_fail_call(x, member);
    if (!found)
        return fail_field(x, name, receiver);
    ret->boxed = false;
    if (has_args(args, final))
        return exec_fail(x, "%s has arguments but cannot be invoked as function", member);
    return 0;
}

static int object_member(struct exec *x, struct tval dot, const struct node_name *name,
                         const struct node *node, const struct node_list *args,
                         const struct tval *final, struct tval receiver, struct tval *ret)
{
    const char *params = find_method(receiver.object->type->methods, name);
    if (!params)
        return field_of(x, dot, name, node, args, final, receiver, ret);
    AUTO_FREE char *member = mem_strndup(name->data, name->len);
    const struct callee callee = {.name = member, .params = params, .object = receiver.object};
    return exec_call(x, dot, &callee, node, args, final, ret);
}

int exec_field(struct exec *x, struct tval dot, const struct node_name *name,
               const struct node *node, const struct node_list *args, const struct tval *final,
               struct tval receiver, struct tval *ret)
{
    const char *params;
    switch (receiver.kind) {
    case TVAL_NONE:
        *ret = tval_none();
        return 0;
    case TVAL_NIL:
        return exec_fail(x, "nil pointer evaluating interface {}.%.*s", (int)name->len, name->data);
    case TVAL_OBJECT:
        return object_member(x, dot, name, node, args, final, receiver, ret);
    case TVAL_MAP:
        params = tmap_has_methods(receiver.map) ? map_method(x, name) : NULL;
        if (params) {
            AUTO_FREE char *method = mem_strndup(name->data, name->len);
            const struct callee callee = {.name = method, .params = params, .values = receiver.map};
            return exec_call(x, dot, &callee, node, args, final, ret);
        }
        return map_member(x, name, receiver.map, has_args(args, final), ret);
    default:
        return fail_field(x, name, receiver);
    }
}
