/* Which documents are hooks: events, weights, delete policies. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "manifest.h"
#include "meshctl/golang/strconv.h"
#include "meshctl/golang/strings.h"

#define HOOK_ANNOTATION "helm.sh/hook"

static const char *const events[][2] = {
    {"pre-install", "pre-install"},
    {"post-install", "post-install"},
    {"pre-delete", "pre-delete"},
    {"post-delete", "post-delete"},
    {"pre-upgrade", "pre-upgrade"},
    {"post-upgrade", "post-upgrade"},
    {"pre-rollback", "pre-rollback"},
    {"post-rollback", "post-rollback"},
    {"test", "test"},
    {"test-success", "test"}, /* as Helm 2 said it */
};

/* Comma separated, trimmed, in lower case. */
static void split_words(const char *text, struct strlist *out)
{
    AUTO_STRLIST parts = STRLIST_INIT;
    strlist_split(&parts, text, ',');
    for (size_t i = 0; i < parts.count; i++) {
        const char *word = parts.items[i];
        size_t len = strlen(word);
        gostring_trim(&word, &len);
        char *copy = mem_strndup(word, len);
        for (char *c = copy; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        strlist_add_take(out, copy);
    }
}

/* 0 for what is no number. */
static int64_t read_weight(const char *text)
{
    int64_t weight;
    return text && goint_parse(text, strlen(text), 10, &weight) == GONUM_OK ? weight : 0;
}

static void read_policies(const json_t *head, const char *annotation, struct strlist *out)
{
    const char *text = json_dig_str(head, "metadata", "annotations", annotation, NULL);
    if (text)
        split_words(text, out);
}

static const char *event_name(const char *word)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(events); i++)
        if (strcmp(word, events[i][0]) == 0)
            return events[i][1];
    return NULL;
}

int hook_read(const json_t *head, const char *path, struct split_text text,
              struct chart_hook *ret_hook)
{
    const char *types = json_dig_str(head, "metadata", "annotations", HOOK_ANNOTATION, NULL);
    if (!types)
        return 0;
    struct chart_hook hook = {0};
    AUTO_STRLIST words = STRLIST_INIT;
    split_words(types, &words);
    for (size_t i = 0; i < words.count; i++) {
        const char *event = event_name(words.items[i]);
        if (!event) {
            strlist_release(&hook.events);
            return 2;
        }
        strlist_add(&hook.events, event);
    }
    const char *name = json_dig_str(head, "metadata", "name", NULL);
    const char *kind = json_dig_str(head, "kind", NULL);
    hook.path = mem_strdup(path);
    hook.manifest = mem_strndup(text.s, text.len);
    hook.name = mem_strdup(name ? name : "");
    hook.kind = mem_strdup(kind ? kind : "");
    hook.weight =
        read_weight(json_dig_str(head, "metadata", "annotations", HOOK_ANNOTATION "-weight", NULL));
    read_policies(head, HOOK_ANNOTATION "-delete-policy", &hook.delete_policies);
    read_policies(head, HOOK_ANNOTATION "-output-log-policy", &hook.output_log_policies);
    *ret_hook = hook;
    return 1;
}

void hook_release(struct chart_hook *hook)
{
    free(hook->path);
    free(hook->manifest);
    free(hook->name);
    free(hook->kind);
    strlist_release(&hook->events);
    strlist_release(&hook->delete_policies);
    strlist_release(&hook->output_log_policies);
}
