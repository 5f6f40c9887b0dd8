/* The debug log: one line a message, on standard error. */
#include "meshctl/base/log.h"

#include <unistd.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/text.h"

static int current_level;

void log_set_level(int level)
{
    current_level = level;
}

bool log_enabled(int level)
{
    return level <= current_level;
}

void log_at(int level, const char *fmt, ...)
{
    if (!log_enabled(level))
        return;
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    AUTO_BUF line = BUF_INIT;
    text_append_clean(&line, text, __builtin_strlen(text));
    buf_appendc(&line, '\n');
    ssize_t ignored = write(STDERR_FILENO, line.data, line.len);
    (void)ignored;
}
