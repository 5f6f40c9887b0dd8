/* What the tests of this room share: a folder of their own, and the whole command line run in this
 * process with its streams caught. */
#ifndef CLI_SUPPORT_H
#define CLI_SUPPORT_H

#include <fcntl.h>
#include <locale.h>

#include "meshctl/base/strlist.h"
#include "meshctl/cli/main.h"
#include "meshctl/data/json.h"
#include "scratch.h"

/* Enters a new folder; the environment is that of a script with UTF-8. */
static inline int enter_home(void **state)
{
    setenv("TERM", "xterm", 1);
    setenv("HOME", "/nonexistent", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("KUBECONFIG");
    unsetenv("NO_COLOR");
    return setlocale(LC_CTYPE, "C.UTF-8") ? enter_folder(state) : -1;
}

/* A kubeconfig that reads well; nobody listens at its server. */
static inline void save_kubeconfig(const char *name)
{
    save(name, "apiVersion: v1\nkind: Config\ncurrent-context: main\n"
               "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
               "users: [{name: u, user: {token: secret-token}}]\n"
               "contexts: [{name: main, context: {cluster: c, user: u}}]\n");
}

struct outcome {
    char *out, *err;
    int code;
};

static inline void outcome_release(struct outcome *o)
{
    free(o->out);
    free(o->err);
}
#define AUTO_OUTCOME MC_CLEANUP(outcome_release) struct outcome

static inline char *file_dup(FILE *f)
{
    struct buf text = BUF_INIT;
    char part[4096];
    rewind(f);
    for (size_t n; (n = fread(part, 1, sizeof(part), f)) > 0;)
        buf_append(&text, part, n);
    fclose(f);
    return buf_detach(&text, NULL);
}

/* Runs cli_main with standard output and error in files. `out_fd` -1: a file of its own. */
static inline struct outcome run_words_to(int out_fd, const struct strlist *words)
{
    FILE *out = tmpfile(), *err = tmpfile();
    int saved_out = dup(STDOUT_FILENO), saved_err = dup(STDERR_FILENO);
    char **argv = mem_array(words->count + 1, sizeof(*argv));
    struct cancel cancel;
    assert_non_null(out);
    assert_non_null(err);
    assert_int_equal(cancel_init(&cancel), 0);
    memcpy(argv, words->items, words->count * sizeof(*argv));
    fflush(NULL);
    dup2(out_fd < 0 ? fileno(out) : out_fd, STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    int code = cli_main((int)words->count, argv, &cancel);
    dup2(saved_out, STDOUT_FILENO);
    dup2(saved_err, STDERR_FILENO);
    close(saved_out);
    close(saved_err);
    cancel_release(&cancel);
    free(argv);
    return (struct outcome){file_dup(out), file_dup(err), code};
}

/* Words at blanks; "..." keeps blanks in a word, and "" is an empty one. */
static inline void split_words(struct strlist *words, const char *line)
{
    AUTO_BUF word = BUF_INIT;
    bool quoted = false, any = false;
    for (const char *p = line;; p++) {
        if (*p == '"') {
            quoted = !quoted;
            any = true;
        } else if (*p == '\0' || (*p == ' ' && !quoted)) {
            if (any)
                strlist_add(words, buf_str(&word));
            buf_clear(&word);
            any = false;
            if (!*p)
                return;
        } else {
            buf_appendc(&word, *p);
            any = true;
        }
    }
}

static inline struct outcome run_line(const char *line)
{
    AUTO_STRLIST words = STRLIST_INIT;
    split_words(&words, line);
    return run_words_to(-1, &words);
}

#endif
