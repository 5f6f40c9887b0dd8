/* The words of options: NAME=VALUE, and counts. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

int cli_split_pair(const char *what, const char *text, char **ret_name, char **ret_value,
                   struct error **err)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text) {
        error_set(err, ERROR_USAGE, "%s \"%s\" has no NAME=", what, text);
        return error_hint(err, "write it as %s NAME=...", what);
    }
    *ret_name = mem_strndup(text, (size_t)(equals - text));
    *ret_value = mem_strdup(equals + 1);
    return 0;
}

int cli_bad_file(const char *what, struct error **err)
{
    if ((*err)->kind == ERROR_NOT_FOUND || (*err)->kind == ERROR_DENIED)
        (*err)->kind = ERROR_INPUT;
    return error_wrap(err, "%s", what);
}

int cli_parse_count(const char *what, const char *text, unsigned max, unsigned *ret_value,
                    struct error **err)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (*end || !isdigit((unsigned char)text[0]) || errno || value == 0 || value > max)
        return error_set(err, ERROR_USAGE, "%s takes a number from 1 to %u, not \"%s\"", what, max,
                         text);
    *ret_value = (unsigned)value;
    return 0;
}
