/* The text cases of tests/golden/cli/: what a person types and what comes back.
 *
 *   # remark            @ NAME=VALUE    environment of the next command; NAME= takes it out
 *   $ meshctl WORDS     runs it; PATH/kubectl-istio_mesh as first word is the plug-in
 *   | text              a line of standard output
 *   & text              a line of standard error
 *   = CODE              exit code; ends the case
 *
 * A folder of the case's own holds good.yaml, a kubeconfig. Where a line ends with "..." only its
 * beginning is compared. */
#include <glob.h>

#include "support.h"

struct transcript {
    const char *file;
    size_t line;
    struct strlist environment;
    char *command;
    struct strlist out, err;
};

static void set_environment(const struct transcript *t, bool back)
{
    for (size_t i = 0; i < t->environment.count; i++) {
        const char *text = t->environment.items[i], *equals = strchr(text, '=');
        AUTO_FREE char *name = mem_strndup(text, (size_t)(equals - text));
        if (back && strcmp(name, "TERM") == 0)
            setenv(name, "xterm", 1);
        else if (back && strcmp(name, "LC_ALL") == 0)
            setenv(name, "C.UTF-8", 1);
        else if (back || !equals[1])
            unsetenv(name);
        else
            setenv(name, equals + 1, 1);
    }
    setlocale(LC_CTYPE, "");
}

static bool line_fits(const char *found, const char *wanted)
{
    size_t len = strlen(wanted);
    if (len > 3 && strcmp(wanted + len - 3, "...") == 0)
        return strncmp(found, wanted, len - 3) == 0;
    return strcmp(found, wanted) == 0;
}

static void compare(const struct transcript *t, const char *what, const char *text,
                    const struct strlist *wanted)
{
    AUTO_STRLIST lines = STRLIST_INIT;
    if (*text)
        strlist_split(&lines, text, '\n');
    if (lines.count && !lines.items[lines.count - 1][0])
        free(lines.items[--lines.count]);
    else if (lines.count)
        fail_msg("%s:%zu: %s does not end with a newline", t->file, t->line, what);
    for (size_t i = 0; i < lines.count || i < wanted->count; i++) {
        const char *found = i < lines.count ? lines.items[i] : "(nothing)";
        const char *hoped = i < wanted->count ? wanted->items[i] : "(nothing)";
        if (i >= lines.count || i >= wanted->count || !line_fits(found, hoped))
            fail_msg("%s:%zu: %s, %s line %zu:\nfound  %s\nwanted %s", t->file, t->line, t->command,
                     what, i + 1, found, hoped);
    }
}

static void run_case(struct transcript *t, int code)
{
    set_environment(t, false);
    AUTO_OUTCOME o = run_line(t->command);
    set_environment(t, true);
    compare(t, "standard output", o.out, &t->out);
    compare(t, "standard error", o.err, &t->err);
    if (o.code != code)
        fail_msg("%s:%zu: %s: exit code %d, wanted %d", t->file, t->line, t->command, o.code, code);
}

static void transcript_clear(struct transcript *t)
{
    strlist_release(&t->environment);
    strlist_release(&t->out);
    strlist_release(&t->err);
    free(t->command);
    *t = (struct transcript){.file = t->file};
}

/* Returns how many cases the file holds. */
static size_t run_file(const char *path)
{
    AUTO_BUF text = BUF_INIT;
    AUTO_STRLIST lines = STRLIST_INIT;
    struct error *err = NULL;
    struct transcript t = {.file = fs_basename(path)};
    size_t cases = 0;
    must(fs_read(path, 1 << 20, &text, &err), &err);
    strlist_split(&lines, buf_str(&text), '\n');
    for (size_t i = 0; i < lines.count; i++) {
        const char *line = lines.items[i], *rest = line[0] && line[1] ? line + 2 : "";
        switch (line[0]) {
        case '@':
            strlist_add(&t.environment, rest);
            break;
        case '$':
            t.line = i + 1;
            t.command = mem_strdup(rest);
            break;
        case '|':
            strlist_add(&t.out, rest);
            break;
        case '&':
            strlist_add(&t.err, rest);
            break;
        case '=':
            run_case(&t, (int)strtol(rest, NULL, 10));
            transcript_clear(&t);
            cases++;
            break;
        case '#':
        case '\0':
            break;
        default:
            fail_msg("%s:%zu: not a line of a transcript", t.file, i + 1);
        }
    }
    assert_null(t.command); /* the last case has its exit code */
    return cases;
}

static void transcripts_are_kept(void **state)
{
    (void)state;
    glob_t files;
    size_t cases = 0;
    save_kubeconfig("good.yaml");
    save("bad.yaml", "apiVersion: v1\nkind: [\n");
    assert_int_equal(glob(TEST_DATA_DIR "/golden/cli/*.txt", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        cases += run_file(files.gl_pathv[i]);
    globfree(&files);
    assert_true(cases >= 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(transcripts_are_kept)};
    return cmocka_run_group_tests(tests, enter_home, leave_folder);
}
