/* Signing CAs as clusters hold them. What istiod makes of each is its own code's verdict, in
 * golden/ca/cases.json (made by tests/tools/istioca). */
#include "meshctl/ca/found.h"

#include "meshctl/base/base64.h"
#include "scratch.h"

#define AUTO_FOUND MC_CLEANUP(ca_found_release) struct ca_found

static json_t *cases;

static int read_cases(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_BUF text = BUF_INIT;
    must(fs_read(TEST_DATA_DIR "/golden/ca/cases.json", 4 << 20, &text, &err), &err);
    must(json_read(buf_str(&text), text.len, "cases.json", &cases, &err), &err);
    return 0;
}

static int drop_cases(void **state)
{
    (void)state;
    json_decref(cases);
    return 0;
}

/* As the API server gives one. */
static json_t *secret_new(const json_t *files)
{
    json_t *data = json_object();
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)files, name, value) {
        AUTO_BUF digits = BUF_INIT;
        base64_append(&digits, json_string_value(value), json_string_length(value));
        json_object_set_new(data, name, json_string(buf_str(&digits)));
    }
    return json_pack("{s:s, s:s, s:o}", "apiVersion", "v1", "kind", "Secret", "data", data);
}

static const json_t *case_named(const char *name)
{
    size_t i;
    json_t *c;
    json_array_foreach(cases, i, c) {
        if (strcmp(json_dig_str(c, "name", NULL), name) == 0)
            return c;
    }
    fail_msg("there is no case \"%s\"", name);
    return NULL;
}

static json_t *secret_named(const char *name)
{
    return secret_new(json_dig(case_named(name), "files", NULL));
}

static struct ca_found_input input_of(const json_t *cacerts)
{
    return (struct ca_found_input){
        .cluster = "west", .istio_namespace = "istio-system", .cacerts = cacerts};
}

/* ---- istiod's verdicts ----------------------------------------------------------------------- */

static enum ca_effect wanted_effect(const json_t *c)
{
    if (json_dig(c, "want", "start", NULL))
        return CA_EFFECT_REFUSED;
    if (json_dig(c, "want", "ownRoot", NULL))
        return CA_EFFECT_OWN_ROOT;
    if (json_dig(c, "want", "leaf", NULL) || json_dig(c, "want", "openssl", NULL))
        return CA_EFFECT_UNTRUSTED;
    return CA_EFFECT_NOTE;
}

static void says_what_istiod_does(void **state)
{
    (void)state;
    size_t i, wrong = 0, count[CA_EFFECT_REFUSED + 1] = {0};
    json_t *c;
    json_array_foreach(cases, i, c) {
        json_auto_t *secret = secret_new(json_dig(c, "files", NULL));
        struct ca_found_input input =
            input_of(json_is_true(json_dig(c, "own", NULL)) ? NULL : secret);
        AUTO_FOUND found = {0};
        if (!input.cacerts)
            input.own = secret;
        ca_found_read(&input, &found);
        const struct ca_problem *worst = ca_problems_worst(&found.problems);
        enum ca_effect effect = worst ? worst->effect : CA_EFFECT_NOTE;
        count[effect]++;
        if (effect == wanted_effect(c))
            continue;
        AUTO_FREE char *want = json_write_dup(json_dig(c, "want", NULL), 0);
        print_error("%s: %s, but istiod: %s\n", json_dig_str(c, "name", NULL),
                    worst ? worst->what : "no problem", want);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    for (size_t effect = 0; effect < MC_ARRAY_LEN(count); effect++)
        assert_true(count[effect] > 2);
}

/* Every fault is met, so that each row of the table is one that somebody can see. */
static void every_fault_is_met(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum ca_fault fault;
        const char *what;
    } rows[] = {
        {"no file at all", CA_FAULT_EMPTY, "none of the files"},
        {"without ca-key.pem", CA_FAULT_INCOMPLETE, "ca-key.pem is missing"},
        {"root-cert.pem alone", CA_FAULT_INCOMPLETE,
         "ca-cert.pem, ca-key.pem, cert-chain.pem is missing"},
        {"tls form beside Istio's", CA_FAULT_TWO_FORMS, "tls.crt and files of Istio's form"},
        {"ca-cert.pem empty", CA_FAULT_SIGNER, "ca-cert.pem: no certificate in PEM form"},
        {"other root of the same name", CA_FAULT_UNCHAINED,
         "ca-cert.pem does not lead to root-cert.pem: certificate \"O=Istio, CN="},
        {"key behind EC PARAMETERS", CA_FAULT_KEY, "EC PARAMETERS"},
        {"key of another", CA_FAULT_KEY_OTHER, "ca-key.pem is not the key of ca-cert.pem"},
        {"CRL of the root alone", CA_FAULT_CRL, "no CRL is signed by certificate \"CN=crl signer"},
        {"signer that is no CA", CA_FAULT_NOT_CA, "no CA certificate"},
        {"chain begins with one that is expired", CA_FAULT_CHAIN_TIME, "2021-01-01T00:00:00Z"},
        {"root permits no trust domain", CA_FAULT_LEAF, "name constraints of an issuer permit"},
        {"junk beside the root", CA_FAULT_ROOT_LOST, "1 of 2 entries"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        json_auto_t *secret = secret_named(rows[i].name);
        struct ca_found_input input = input_of(secret);
        AUTO_FOUND found = {0};
        ca_found_read(&input, &found);
        size_t k = 0;
        while (k < found.problems.count && found.problems.items[k].fault != rows[i].fault)
            k++;
        if (k == found.problems.count)
            fail_msg("%s: fault %d is not found", rows[i].name, rows[i].fault);
        const struct ca_problem *problem = &found.problems.items[k];
        if (!strstr(problem->what, rows[i].what))
            fail_msg("%s: \"%s\" does not say \"%s\"", rows[i].name, problem->what, rows[i].what);
        assert_null(strstr(problem->fix, "delete"));
        assert_null(strstr(problem->what, "PRIVATE"));
    }
}

/* A root that is for one trust domain is right for a mesh of that one. */
static void trust_domain_is_the_meshs(void **state)
{
    (void)state;
    json_auto_t *secret = secret_named("root permits no trust domain"); /* but example.org */
    struct ca_found_input input = input_of(secret);
    AUTO_FOUND found = {0}, other = {0};
    ca_found_read(&input, &other);
    assert_false(ca_found_is_usable(&other));
    input.trust_domain = "example.org";
    ca_found_read(&input, &found);
    assert_true(ca_found_is_usable(&found));
}

/* Certificates that are no case of the file, since they depend on the day. */
static void end_and_mark_are_noted(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct pki_profile profile = {.days = 20, .is_ca = true, .path_length = -1};
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *cert = NULL;
    AUTO_BUF cert_pem = BUF_INIT;
    AUTO_SECRET_BUF key_pem = BUF_INIT;
    strlist_add(&profile.subject, "CN=soon");
    must(pki_key_new(2048, &key, &err), &err);
    must(pki_cert_issue(&profile, key, NULL, NULL, &cert, &err), &err);
    must(pki_cert_write(&cert_pem, cert, &err), &err);
    must(pki_key_write(&key_pem, key, &err), &err);
    pki_profile_release(&profile);
    json_auto_t *files = json_pack("{s:s, s:s, s:s, s:s, s:s}", "ca-cert.pem", buf_str(&cert_pem),
                                   "ca-key.pem", buf_str(&key_pem), "cert-chain.pem", "",
                                   "root-cert.pem", buf_str(&cert_pem), "istio-generated", "");
    json_auto_t *secret = secret_new(files);
    struct ca_found_input input = input_of(secret);
    AUTO_FOUND found = {0};
    ca_found_read(&input, &found);
    assert_int_equal(found.problems.count, 2);
    assert_int_equal(found.problems.items[0].fault, CA_FAULT_GENERATED);
    assert_int_equal(found.problems.items[1].fault, CA_FAULT_ENDS_SOON);
    assert_true(ca_found_is_usable(&found));
}

static void a_short_key_is_noted(void **state)
{
    (void)state;
    assert_int_equal(system("openssl req -x509 -newkey rsa:1024 -nodes -subj /CN=short -days 900 "
                            "-keyout key.pem -out cert.pem 2>/dev/null"),
                     0);
    AUTO_FREE char *cert = content_dup("cert.pem");
    AUTO_FREE char *key = content_dup("key.pem");
    json_auto_t *files = json_pack("{s:s, s:s, s:s, s:s}", "ca-cert.pem", cert, "ca-key.pem", key,
                                   "cert-chain.pem", "", "root-cert.pem", cert);
    json_auto_t *secret = secret_new(files);
    struct ca_found_input input = input_of(secret);
    AUTO_FOUND found = {0};
    ca_found_read(&input, &found);
    assert_true(ca_found_is_usable(&found));
    assert_int_equal(found.problems.count, 2); /* signer and root */
    assert_int_equal(found.problems.items[0].fault, CA_FAULT_WEAK);
    assert_string_equal(found.problems.items[0].what,
                        "ca-cert.pem: \"CN=short\": its key is too short (RSA, 1024 bits)");
}

/* ---- what is in it --------------------------------------------------------------------------- */

static void all_of_it_is_read(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *secret = secret_named("as Istio's script makes it");
    struct ca_found_input input = input_of(secret);
    AUTO_FOUND found = {0};
    ca_found_read(&input, &found);
    assert_int_equal(found.form, CA_FORM_ISTIO);
    assert_string_equal(found.signer_subject, "O=Istio, CN=Intermediate CA, L=west");
    assert_string_equal(found.signer_issuer, "O=Istio, CN=Root CA");
    assert_int_equal(found.roots.count, 1);
    assert_string_equal(found.roots.items[0].subject, "O=Istio, CN=Root CA");
    assert_int_equal(found.chain_count, 2);
    assert_true(found.key_fits);
    assert_int_equal(found.signer_not_before, 1577836800); /* 2020-01-01 */
    assert_int_equal(found.signer_not_after, 4733510400);  /* 2120-01-01 */
    assert_true(ca_found_is_usable(&found));
    must(ca_found_check(&found, &input, &err), &err);

    json_auto_t *bad = secret_named("key of another");
    struct ca_found_input other_input = input_of(bad);
    AUTO_FOUND other = {0};
    ca_found_read(&other_input, &other);
    assert_false(other.key_fits);
    assert_int_equal(ca_roots_compare(&other.roots, &found.roots), CA_ROOTS_EQUAL);
    int rc = ca_found_check(&other, &other_input, &err);
    assert_string_equal(err->where, "west/Secret/istio-system/cacerts");
    assert_non_null(strstr(err->hint, "keep a copy of the Secret first"));
    refused(rc, &err, ERROR_CHECK, "west: Secret istio-system/cacerts",
            "ca-key.pem is not the key of ca-cert.pem", "istiod does not start", NULL);
}

static void forms_are_told_apart(void **state)
{
    (void)state;
    json_auto_t *tls = secret_named("tls form");
    json_auto_t *two = secret_named("tls form beside Istio's");
    json_auto_t *own = secret_named("own root");
    json_auto_t *none = secret_named("other files alone");
    json_auto_t *marked = secret_named("root signs itself, empty chain");
    json_object_set_new(json_object_get(marked, "data"), "istio-generated", json_string(""));
    json_auto_t *outside =
        json_pack("{s:{s:{s:{s:[{s:[{s:s, s:s}]}]}}}}", "spec", "template", "spec", "containers",
                  "env", "name", "ENABLE_CA_SERVER", "value", "false");
    json_auto_t *generated =
        json_pack("{s:{s:{s:{s:[{s:[{s:s, s:s}]}]}}}}", "spec", "template", "spec", "containers",
                  "env", "name", "USE_CACERTS_FOR_SELF_SIGNED_CA", "value", "true");
    const struct {
        const json_t *cacerts, *own, *deployment;
        bool is_outside;
        enum ca_form form;
        size_t roots;
    } rows[] = {
        {NULL, NULL, NULL, false, CA_FORM_NONE, 0},
        {NULL, own, NULL, false, CA_FORM_OWN, 1},
        {none, own, NULL, false, CA_FORM_OWN, 1},
        {none, NULL, NULL, false, CA_FORM_NONE, 0},
        {tls, own, NULL, false, CA_FORM_TLS, 1},
        {two, NULL, NULL, false, CA_FORM_TLS, 1},
        {marked, NULL, NULL, false, CA_FORM_ISTIO, 1},
        {marked, NULL, generated, false, CA_FORM_OWN, 1},
        {marked, NULL, outside, false, CA_FORM_OUTSIDE, 0},
        {tls, NULL, NULL, true, CA_FORM_OUTSIDE, 0},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct ca_found_input input = input_of(rows[i].cacerts);
        AUTO_FOUND found = {0};
        input.own = rows[i].own;
        input.deployment = rows[i].deployment;
        input.is_outside = rows[i].is_outside;
        ca_found_read(&input, &found);
        if (found.form != rows[i].form || found.roots.count != rows[i].roots)
            fail_msg("row %zu: %s, %zu roots", i, ca_form_text(found.form), found.roots.count);
    }
}

/* Of an outside CA all that is known is what proxies were given. */
static void handed_out_roots_are_read(void **state)
{
    (void)state;
    const char *two = json_dig_str(case_named("two roots"), "files", "root-cert.pem", NULL);
    json_auto_t *map = json_pack("{s:{s:s}}", "data", "root-cert.pem", two);
    json_auto_t *crl = json_pack("{s:{s:s}}", "data", "ca-crl.pem", "x");
    struct ca_found_input input = input_of(NULL);
    AUTO_FOUND found = {0};
    input.root_cert = map;
    input.crl = crl;
    input.is_outside = true;
    ca_found_read(&input, &found);
    assert_int_equal(found.roots.count, 2);
    assert_int_equal(ca_roots_compare(&found.roots, &found.handed_out), CA_ROOTS_EQUAL);
    assert_true(found.has_crl);
    assert_true(ca_found_is_usable(&found));
}

/* ---- sets ------------------------------------------------------------------------------------ */

static void add_roots(const char *name, const char *file, struct ca_roots *out)
{
    struct error *err = NULL;
    const char *pem = json_dig_str(case_named(name), "files", file, NULL);
    must(ca_roots_add_pem(out, pem, strlen(pem), file, &err), &err);
}

static void roots_are_sets(void **state)
{
    (void)state;
    MC_CLEANUP(ca_roots_release) struct ca_roots a = {0}, b = {0}, ab = {0}, ba = {0}, none = {0};
    struct error *err = NULL;
    add_roots("as Istio's script makes it", "root-cert.pem", &a);
    add_roots("other root of the same name", "root-cert.pem", &b);
    add_roots("as Istio's script makes it", "root-cert.pem", &ab);
    add_roots("other root of the same name", "root-cert.pem", &ab);
    add_roots("two roots", "root-cert.pem", &ba);
    add_roots("two roots", "root-cert.pem", &ba);
    assert_int_equal(ba.count, 2);
    assert_string_equal(a.items[0].subject, b.items[0].subject);
    assert_int_equal(ca_roots_compare(&ab, &ba), CA_ROOTS_EQUAL);
    assert_int_equal(ca_roots_compare(&a, &ab), CA_ROOTS_OVERLAP);
    assert_int_equal(ca_roots_compare(&ab, &b), CA_ROOTS_OVERLAP);
    assert_int_equal(ca_roots_compare(&a, &b), CA_ROOTS_DISJOINT);
    assert_int_equal(ca_roots_compare(&a, &none), CA_ROOTS_DISJOINT);
    assert_int_equal(ca_roots_compare(&none, &none), CA_ROOTS_EQUAL);
    AUTO_FREE char *text = ca_roots_text_dup(&ab), *empty = ca_roots_text_dup(&none);
    assert_int_equal(strlen(text), 8 + 2 + 8);
    assert_string_equal(empty, "none");
    refused(ca_roots_add_pem(&none, "junk", 4, "west/root", &err), &err, ERROR_INPUT, "west/root",
            NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_short_key_is_noted, enter_folder, leave_folder),
        cmocka_unit_test(says_what_istiod_does),
        cmocka_unit_test(every_fault_is_met),
        cmocka_unit_test(end_and_mark_are_noted),
        cmocka_unit_test(trust_domain_is_the_meshs),
        cmocka_unit_test(all_of_it_is_read),
        cmocka_unit_test(forms_are_told_apart),
        cmocka_unit_test(handed_out_roots_are_read),
        cmocka_unit_test(roots_are_sets),
    };
    return cmocka_run_group_tests(tests, read_cases, drop_cases);
}
