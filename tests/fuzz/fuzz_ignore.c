/* .helmignore: the input is the file and, behind a NUL, a path. A path is ignored when one of the lines
 * alone would ignore it, and the file is refused when one of the lines alone would be. */
#include "../../src/chart/ignore.h"
#include "input.h"

#define BOM "\xef\xbb\xbf"

/* -1: refused. */
static int judge(const char *text, size_t len, const char *path, bool is_dir)
{
    MC_CLEANUP(ignore_cleanup) struct ignore *rules = NULL;
    AUTO_ERROR struct error *err = NULL;
    int rc = ignore_parse(text, len, &rules, &err);
    check_outcome(rc, err);
    if ((rc < 0) != (rules == NULL) || (err && !err->where))
        abort();
    return rc < 0 ? -1 : ignore_matches(rules, path, is_dir);
}

/* A byte order mark counts at the beginning of the file alone. */
static int judge_lines(struct part text, const char *path, bool is_dir)
{
    AUTO_FREE char *copy = part_dup(text);
    int any = judge("", 0, path, is_dir);
    char *line = copy;
    while (line) {
        char *next = strchr(line, '\n');
        AUTO_FREE char *alone = next ? mem_strndup(line, (size_t)(next - line)) : mem_strdup(line);
        bool is_marked = line != copy && strncmp(alone, BOM, strlen(BOM)) == 0;
        AUTO_FREE char *marked = is_marked ? mem_printf(BOM "%s", alone) : NULL;
        const char *used = is_marked ? marked : alone;
        int one = judge(used, strlen(used), path, is_dir);
        if (one < 0)
            return -1;
        any = any || one;
        line = next ? next + 1 : NULL;
    }
    return any;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct part rest = {(const char *)data, size};
    struct part text = part_take(&rest);
    AUTO_FREE char *path = part_dup(rest);
    for (int is_dir = 0; is_dir < 2; is_dir++)
        if (judge(text.data, text.len, path, is_dir) != judge_lines(text, path, is_dir))
            abort();
    return 0;
}
