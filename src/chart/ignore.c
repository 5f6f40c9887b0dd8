/* .helmignore: patterns read once, matched against each path. */
#include "ignore.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/budget.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/filepath_match.h"
#include "meshctl/golang/strings.h"

struct rule {
    char *pattern;
    bool negated, only_dirs, whole_path;
};

struct ignore {
    struct rule *rules;
    size_t count, cap;
};

static int add_rule(struct ignore *rules, const char *line, size_t len, struct error **err)
{
    gostring_trim(&line, &len);
    if (!len || line[0] == '#')
        return 0;
    AUTO_FREE char *text = mem_strndup(line, len);
    if (strstr(text, "**"))
        return error_set(err, ERROR_INPUT, "double-star (**) syntax is not supported");
    if (!pathmatch_is_valid(text))
        return error_set(err, ERROR_INPUT, "syntax error in pattern");
    struct rule rule = {.negated = text[0] == '!'};
    char *start = text + rule.negated;
    size_t rest = strlen(start);
    rule.only_dirs = rest && start[rest - 1] == '/';
    if (rule.only_dirs)
        start[--rest] = '\0';
    rule.whole_path = strchr(start, '/') != NULL;
    rule.pattern = mem_strdup(start + (start[0] == '/'));
    rules->rules = mem_grow(rules->rules, &rules->cap, rules->count + 1, sizeof(rule));
    rules->rules[rules->count++] = rule;
    return 0;
}

int ignore_parse(const char *text, size_t len, struct ignore **ret_rules, struct error **err)
{
    MC_CLEANUP(ignore_cleanup) struct ignore *rules = mem_zalloc(sizeof(*rules));
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    for (size_t number = 1; len; number++) {
        const char *newline = memchr(text, '\n', len);
        size_t line = newline ? (size_t)(newline - text) : len;
        size_t used = line + (newline != NULL);
        if (used > IGNORE_MAX_LINE)
            error_set(err, ERROR_INPUT, "bufio.Scanner: token too long");
        if (*err || add_rule(rules, text, line, err))
            return error_where(err, ".helmignore:%zu", number);
        text += used;
        len -= used;
    }
    if (add_rule(rules, "templates/.?*", strlen("templates/.?*"), err))
        return -1;
    *ret_rules = TAKE(rules);
    return 0;
}

void ignore_free(struct ignore *rules)
{
    if (!rules)
        return;
    for (size_t i = 0; i < rules->count; i++)
        free(rules->rules[i].pattern);
    free(rules->rules);
    free(rules);
}

bool ignore_matches(const struct ignore *rules, const char *path, bool is_dir)
{
    if (!path[0] || strcmp(path, ".") == 0 || strcmp(path, "./") == 0)
        return false;
    for (size_t i = 0; i < rules->count && !budget_look(); i++) {
        const struct rule *rule = &rules->rules[i];
        bool match = pathmatch(rule->pattern, rule->whole_path ? path : fs_basename(path));
        /* A negated rule ignores what it does not match; rules.go Ignore. */
        if (rule->negated && (!match || (rule->only_dirs && !is_dir)))
            return true;
        if (!rule->negated && match && (!rule->only_dirs || is_dir))
            return true;
    }
    return false;
}
