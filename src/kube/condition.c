/* What controllers say of an object. */
#include "condition.h"

#include <string.h>

#include "meshctl/base/text.h"

#define MAX_TEXT 400

const json_t *kube_condition(const json_t *object, const char *type)
{
    size_t i;
    json_t *condition;
    json_array_foreach(json_dig(object, "status", "conditions", NULL), i, condition) {
        if (text_equal(json_dig_str(condition, "type", NULL), type))
            return condition;
    }
    return NULL;
}

bool kube_condition_is(const json_t *condition, const char *status)
{
    return text_equal(json_dig_str(condition, "status", NULL), status);
}

char *kube_condition_text_dup(const json_t *condition)
{
    const char *reason = json_dig_str(condition, "reason", NULL);
    const char *message = json_dig_str(condition, "message", NULL);
    AUTO_BUF out = BUF_INIT;
    if (reason)
        text_append_clean(&out, reason, strnlen(reason, MAX_TEXT));
    if (message && *message) {
        buf_appends(&out, out.len > 0 ? ": " : "");
        text_append_clean(&out, message, strnlen(message, MAX_TEXT));
    }
    return buf_detach(&out, NULL);
}
