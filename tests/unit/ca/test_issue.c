/* Issuing for several clusters out of one folder: what is decided before anything is written, one
 * root whoever comes first, and roots that would not carry a mesh. */
#include "meshctl/ca/issue.h"

#include <pthread.h>
#include <sys/wait.h>

#include "lock.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/proc.h"
#include "scratch.h"

#define AUTO_ISSUE MC_CLEANUP(ca_issue_cleanup) struct ca_issue
#define AUTO_FILES MC_CLEANUP(authority_files_cleanup) struct authority_files

static const char *const both[] = {"west", "east"};

static int begin(const char *dir, size_t count, const struct ca_roots *in_use,
                 struct ca_issue **ret_issue, struct error **err)
{
    struct ca_issue_options options = {.dir = dir,
                                       .istio_namespace = "istio-system",
                                       .clusters = both,
                                       .clusters_count = count,
                                       .in_use = in_use,
                                       .in_use_by = "north"};
    return ca_issue_begin(&options, ret_issue, err);
}

/* All files of a folder with their contents: what was there has to be there, byte for byte. */
static char *tree_dup(const char *dir)
{
    const char *argv[] = {"sh",
                          "-c",
                          "cd \"$1\" && find . ! -name .lock -type f | sort | "
                          "xargs -r sha256sum",
                          "sh",
                          dir,
                          NULL};
    struct proc_spec spec = {.argv = argv, .timeout_ms = 60000, .max_output = 1 << 20};
    struct buf out = BUF_INIT;
    struct error *err = NULL;
    must(proc_run(&spec, &out, &err), &err);
    return buf_detach(&out, NULL);
}

static void openssl(const char *line)
{
    AUTO_FREE char *text = mem_printf("openssl %s 2>openssl.log", line);
    const char *argv[] = {"sh", "-c", text, NULL};
    struct proc_spec spec = {.argv = argv, .timeout_ms = 60000, .max_output = 1 << 20};
    AUTO_BUF out = BUF_INIT;
    struct error *err = NULL;
    must(proc_run(&spec, &out, &err), &err);
}

/* A person's root in DIR, as openssl makes it; `more` are its arguments. */
static void make_root(const char *dir, const char *more)
{
    struct error *err = NULL;
    must(fs_mkdirs(dir, 0700, &err), &err);
    AUTO_FREE char *line = mem_printf("req -x509 -subj '/L=San Francisco/CN=Ours' -nodes -keyout "
                                      "%s/root-key.pem -out %s/root-cert.pem %s",
                                      dir, dir, more);
    openssl(line);
}
#define EC "-newkey ec -pkeyopt ec_paramgen_curve:P-256 "
#define CA_EXTENSIONS "-addext basicConstraints=critical,CA:TRUE "

/* The files of one cluster, made by the run itself; keys of 4096 bits. */
static void finish(struct ca_issue *issue, const char *cluster)
{
    struct error *err = NULL;
    AUTO_FILES *files = NULL;
    must(ca_issue_finish(issue, cluster, &files, &err), &err);
    assert_false(files->is_new);
}

static void refuses(const char *dir, size_t count, enum error_kind kind, const char *id,
                    const char *says)
{
    struct error *err = NULL;
    AUTO_ISSUE *issue = NULL;
    AUTO_FREE char *before = tree_dup(dir);
    int rc = begin(dir, count, NULL, &issue, &err);
    AUTO_FREE char *after = tree_dup(dir);
    assert_string_equal(before, after);
    assert_null(issue);
    assert_int_equal(rc, -1);
    if (id)
        assert_string_equal(err->id, id);
    assert_non_null(err->hint);
    assert_null(strstr(err->hint, "delete"));
    assert_null(strstr(err->hint, "remove"));
    refused(rc, &err, kind, says, NULL);
}

/* ---- what is decided ------------------------------------------------------------------------- */

static void one_root_for_all(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_ISSUE *issue = NULL;
    must(begin("ca", 2, NULL, &issue, &err), &err);
    assert_null(authority_root(ca_issue_authority(issue)));
    assert_false(fs_exists("ca/root-cert.pem"));
    finish(issue, "east");
    finish(issue, "west");
    assert_int_equal(authority_roots(ca_issue_authority(issue))->count, 1);
    AUTO_FREE char *before = tree_dup("ca");

    /* All is there now: nothing is made, and the folder may be read-only. */
    AUTO_ISSUE *again = NULL;
    assert_int_equal(unlink("ca/.lock"), 0);
    must(begin("ca", 2, NULL, &again, &err), &err);
    assert_false(fs_exists("ca/.lock"));
    finish(again, "west");
    AUTO_FREE char *after = tree_dup("ca");
    assert_string_equal(before, after);
    AUTO_FILES *files = NULL;
    refused(ca_issue_finish(again, "west", &files, &err), &err, ERROR_INTERNAL, "west", NULL);
}

/* Goes on from the folder of the test before. */
static void intermediates_without_a_root(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_ISSUE *issue = NULL;
    assert_int_equal(unlink("ca/root-cert.pem"), 0);
    refuses("ca", 2, ERROR_INPUT, NULL, "root-key.pem has no root-cert.pem beside it");
    assert_int_equal(rename("ca/root-key.pem", "kept-key.pem"), 0);
    /* Enough for those that have files. */
    must(begin("ca", 2, NULL, &issue, &err), &err);
    must(ca_issue_root(issue, &err), &err);
    finish(issue, "east");
    assert_string_equal(authority_root_file(ca_issue_authority(issue)), "ca/east/root-cert.pem");
    assert_false(fs_exists("ca/root-cert.pem"));
    /* And for nobody else, whether west is of the mesh or not. */
    assert_int_equal(rename("ca/east", "east-kept"), 0);
    refuses("ca", 2, ERROR_INPUT, "MC203",
            "ca holds intermediates (west) and no root: nothing can be signed for east");
    assert_int_equal(rename("ca/west", "ca/other"), 0);
    refuses("ca", 1, ERROR_INPUT, "MC203", "ca holds intermediates (other) and no root");
    remove_tree("ca");
}

static void root_in_use_is_asked_for(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_ISSUE *issue = NULL;
    MC_CLEANUP(ca_roots_release) struct ca_roots in_use = {0};
    make_root("ca", EC CA_EXTENSIONS);
    make_root("other", EC CA_EXTENSIONS);
    AUTO_FREE char *pem = content_dup("other/root-cert.pem");
    must(ca_roots_add_pem(&in_use, pem, strlen(pem), "other", &err), &err);
    int rc = begin("ca", 2, &in_use, &issue, &err);
    assert_string_equal(err->id, "MC202");
    refused(rc, &err, ERROR_CHECK, "north has root", "ca holds another one", NULL);
    rc = begin("nowhere", 2, &in_use, &issue, &err);
    assert_string_equal(err->id, "MC203");
    refused(rc, &err, ERROR_CHECK, "north already has root", "not in nowhere", NULL);
    assert_false(fs_exists("nowhere"));
    must(begin("other", 2, &in_use, &issue, &err), &err);
    remove_tree("ca");
    remove_tree("other");
}

/* ---- roots that would not carry a mesh ------------------------------------------------------- */

static void unfit_roots_are_refused_before_anything_is_written(void **state)
{
    (void)state;
    static const struct {
        const char *more, *says;
    } cases[] = {
        {EC CA_EXTENSIONS "-addext 'nameConstraints=critical,permitted;URI:example.org'",
         "are none that the name constraints of an issuer permit"},
        {EC CA_EXTENSIONS "-addext 'nameConstraints=critical,excluded;URI:cluster.local'",
         "name constraints of an issuer exclude"},
        {EC CA_EXTENSIONS "-addext 'nameConstraints=critical,permitted;DNS:example.org'",
         "are none that the name constraints of an issuer permit"},
        {EC "-addext basicConstraints=critical,CA:TRUE,pathlen:0", "path length 0"},
        {EC CA_EXTENSIONS "-addext keyUsage=critical,digitalSignature", "no CA certificate"},
        {EC CA_EXTENSIONS "-addext extendedKeyUsage=clientAuth", "does not allow servers"},
        {"-newkey rsa-pss -pkeyopt rsa_keygen_bits:2048 " CA_EXTENSIONS, "Go does not know"},
        {"-newkey ed448 " CA_EXTENSIONS, "Go does not know"},
        {EC CA_EXTENSIONS "-set_serial -5", "negative serial number"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        make_root("ca", cases[i].more);
        refuses("ca", 2, ERROR_INPUT, NULL, cases[i].says);
        assert_false(fs_exists("ca/.lock"));
        remove_tree("ca");
    }
}

static void root_of_tomorrow_is_refused(void **state)
{
    (void)state;
    make_root("ca", EC CA_EXTENSIONS);
    openssl("req -new -key ca/root-key.pem -subj /CN=Tomorrow -out ca.csr");
    save("ca.cnf",
         "[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\npolicy=p\n"
         "[p]\ncommonName=supplied\n[e]\nbasicConstraints=critical,CA:TRUE\n");
    save("index.txt", "");
    save("serial", "01\n");
    openssl("ca -batch -config ca.cnf -selfsign -keyfile ca/root-key.pem -in ca.csr -notext "
            "-md sha256 -extensions e -startdate 20900101000000Z "
            "-enddate 20950101000000Z -out ca/root-cert.pem");
    refuses("ca", 2, ERROR_INPUT, NULL, "\"CN=Tomorrow\" is not valid before 2090-01-01T00:00:00Z");
    remove_tree("ca");
}

/* A root that ends sooner than what it signs was meant to: it ends with it, and that is told. */
static void root_that_ends_soon_is_told(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_ISSUE *issue = NULL;
    AUTO_STRLIST warnings = STRLIST_INIT;
    make_root("ca", EC CA_EXTENSIONS "-days 40");
    openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out west.pem");
    AUTO_FREE char *key = content_dup("west.pem");
    save("ca/west/ca-key.pem", key);
    must(begin("ca", 1, NULL, &issue, &err), &err);
    AUTO_FILES *files = NULL;
    must(ca_issue_finish(issue, "west", &files, &err), &err);
    MC_CLEANUP(ca_roots_release) struct ca_roots ends = {0};
    must(ca_roots_add_pem(&ends, files->cert_chain, strlen(files->cert_chain), "chain", &err),
         &err);
    assert_int_equal(ends.count, 2);
    assert_int_equal(ends.items[0].not_after, ends.items[1].not_after);
    ca_issue_take_warnings(issue, &warnings);
    assert_int_equal(warnings.count, 1);
    assert_non_null(strstr(warnings.items[0], "the root in ca/root-cert.pem ends "));
    AUTO_FREE char *after = content_dup("ca/west/ca-key.pem");
    assert_string_equal(after, key);
    remove_tree("ca");
}

/* ---- several at once ------------------------------------------------------------------------- */

static void holder_is_named(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct ca_lock *lock = NULL, *second = NULL;
    AUTO_ISSUE *issue = NULL;
    must(ca_lock_take("ca", &lock, &err), &err);
    AUTO_FREE char *pid = mem_printf("pid %ld since 2", (long)getpid());
    refused(ca_lock_take("ca", &second, &err), &err, ERROR_CHECK, "CA folder ca is in use by", "@",
            pid, NULL);
    refused(begin("ca", 2, NULL, &issue, &err), &err, ERROR_CHECK, "in use by", NULL);
    ca_lock_release(lock);
    must(begin("ca", 2, NULL, &issue, &err), &err);
    remove_tree("ca");
}

/* A holder that is killed leaves its text and not its lock. */
static void lock_ends_with_its_process(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct ca_lock *lock = NULL;
    int status;
    pid_t child = fork();
    if (child == 0) {
        if (ca_lock_take("ca", &lock, &err) < 0)
            _exit(1);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    AUTO_FREE char *left = content_dup("ca/.lock");
    assert_non_null(strstr(left, "pid "));
    must(ca_lock_take("ca", &lock, &err), &err);
    ca_lock_release(lock);
    remove_tree("ca");
}

/* What two runs at once do, each with the same folder: 0 it got files, 1 it was told who has it. */
static int run_once(void)
{
    struct error *err = NULL;
    struct ca_issue *issue = NULL;
    struct authority_files *files = NULL;
    if (begin("ca", 2, NULL, &issue, &err) < 0)
        return err->kind == ERROR_CHECK && strstr(err->message, "in use by") ? 1 : 2;
    for (size_t i = 0; i < 2; i++)
        if (ca_issue_finish(issue, both[i], &files, &err) < 0)
            return 3;
    ca_issue_free(issue);
    return 0;
}

static void two_runs_make_one_root(void **state)
{
    (void)state;
    pid_t children[4];
    int counts[4] = {0};
    for (size_t i = 0; i < MC_ARRAY_LEN(children); i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(run_once());
    }
    for (size_t i = 0; i < MC_ARRAY_LEN(children); i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 4);
        counts[WEXITSTATUS(status)]++;
    }
    assert_true(counts[0] >= 1);
    assert_int_equal(counts[2] + counts[3], 0);
    /* Both clusters' files are of the folder's one root. */
    struct error *err = NULL;
    AUTO_ISSUE *issue = NULL;
    must(begin("ca", 2, NULL, &issue, &err), &err);
    assert_int_equal(authority_roots(ca_issue_authority(issue))->count, 1);
    finish(issue, "west");
    finish(issue, "east");
    remove_tree("ca");
}

static void *finish_east(void *ctx)
{
    struct authority_files *files = NULL;
    struct error *err = NULL;
    return ca_issue_finish(ctx, "east", &files, &err) < 0 ? NULL : files;
}

/* Lanes are threads: whoever comes first makes the root of both. */
static void threads_share_one_root(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_ISSUE *issue = NULL;
    AUTO_FILES *west = NULL;
    pthread_t thread;
    void *east = NULL;
    must(begin("ca", 2, NULL, &issue, &err), &err);
    assert_int_equal(pthread_create(&thread, NULL, finish_east, issue), 0);
    must(ca_issue_finish(issue, "west", &west, &err), &err);
    assert_int_equal(pthread_join(thread, &east), 0);
    assert_non_null(east);
    assert_string_equal(west->root_cert, ((struct authority_files *)east)->root_cert);
    authority_files_free(east);
    remove_tree("ca");
}

/* ---- what fails early ------------------------------------------------------------------------ */

static void keys_are_given_up(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct ca_issue *issue = NULL;
    must(begin("ca", 2, NULL, &issue, &err), &err);
    int64_t began_ms = clock_now_ms();
    ca_issue_free(issue);
    /* Three keys of 4096 bits take seconds on a loaded machine. */
    assert_true(clock_now_ms() - began_ms < 500);
    assert_false(fs_exists("ca/root-cert.pem"));
    assert_false(fs_exists("ca/root-key.pem.new"));
    remove_tree("ca");
}

/* Whoever waits for a key stops waiting; a root that nobody waited for is nobody's. */
static void interrupted_while_keys_are_made(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_ISSUE *issue = NULL;
    AUTO_FILES *files = NULL;
    struct cancel cancel;
    struct ca_issue_options options = {.dir = "ca",
                                       .istio_namespace = "istio-system",
                                       .clusters = both,
                                       .clusters_count = 2,
                                       .cancel = &cancel};
    assert_int_equal(cancel_init(&cancel), 0);
    must(ca_issue_begin(&options, &issue, &err), &err);
    cancel_set(&cancel);
    for (size_t i = 0; i < 2; i++)
        refused(ca_issue_finish(issue, both[i], &files, &err), &err, ERROR_CANCELLED, NULL);
    refused(ca_issue_root(issue, &err), &err, ERROR_CANCELLED, NULL);
    assert_false(fs_exists("ca/root-key.pem"));
    ca_issue_free(TAKE(issue)); /* it borrows the cancel */
    cancel_release(&cancel);
    remove_tree("ca");
}

/* The folder cannot be written any more when the root is there: everybody is told the same. */
static void failing_root_is_everybodys(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_ISSUE *issue = NULL;
    AUTO_FILES *files = NULL;
    must(begin("ca", 2, NULL, &issue, &err), &err);
    remove_tree("ca");
    save("ca", "in its place");
    for (size_t i = 0; i < 2; i++) {
        refused(ca_issue_finish(issue, both[i], &files, &err), &err, ERROR_INPUT, "ca", NULL);
        assert_null(files);
    }
    assert_int_equal(unlink("ca"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_root_for_all),
        cmocka_unit_test(intermediates_without_a_root),
        cmocka_unit_test(root_in_use_is_asked_for),
        cmocka_unit_test(unfit_roots_are_refused_before_anything_is_written),
        cmocka_unit_test(root_of_tomorrow_is_refused),
        cmocka_unit_test(root_that_ends_soon_is_told),
        cmocka_unit_test(holder_is_named),
        cmocka_unit_test(lock_ends_with_its_process),
        cmocka_unit_test(two_runs_make_one_root),
        cmocka_unit_test(threads_share_one_root),
        cmocka_unit_test(keys_are_given_up),
        cmocka_unit_test(interrupted_while_keys_are_made),
        cmocka_unit_test(failing_root_is_everybodys),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
