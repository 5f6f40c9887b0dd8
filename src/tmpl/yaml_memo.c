#include "yaml_memo.h"

#include <stdlib.h>
#include <string.h>

static bool holds(const struct yaml_memo *memo, const char *text, size_t len)
{
    return memo->text && memo->len == len && memcmp(memo->text, text, len) == 0;
}

int yaml_memo_read(struct yaml_memo *memo, const char *text, size_t len, json_t **ret_value,
                   struct error **err)
{
    if (holds(memo, text, len)) {
        *ret_value = json_incref(memo->value);
        return 0;
    }
    if (yaml_read(text, len, "fromYaml", YAML_NUMBERS_FLOAT | YAML_FULL_ERRORS, ret_value, err) < 0)
        return -1;
    if (len >= YAML_MEMO_LEAST && len <= YAML_MEMO_MOST) {
        yaml_memo_release(memo);
        *memo = (struct yaml_memo){mem_strndup(text, len), len, json_incref(*ret_value)};
    }
    return 0;
}

void yaml_memo_release(struct yaml_memo *memo)
{
    free(memo->text);
    json_decref(memo->value);
    *memo = (struct yaml_memo){0};
}
