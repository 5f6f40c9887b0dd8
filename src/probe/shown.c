/* Judges a chain: its times, its root, its names. */
#include "shown.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/pki/cert.h"

#define MAX_NAMES 3 /* of a certificate that are shown */

struct certs {
    struct pki_cert **items;
    size_t count;
};

static void certs_release(struct certs *c)
{
    pki_certs_free(c->items, c->count);
}

static char *time_dup(time_t at)
{
    struct tm tm;
    char text[32];
    gmtime_r(&at, &tm);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%SZ", &tm);
    return mem_strdup(text);
}

/* What is wrong with the times of one of them, or NULL; yours to free. */
static char *time_problem_dup(const struct certs *chain, time_t now)
{
    for (size_t i = 0; i < chain->count; i++) {
        time_t from = pki_cert_not_before(chain->items[i]),
               to = pki_cert_not_after(chain->items[i]);
        if (from <= now && now <= to)
            continue;
        AUTO_FREE char *whose = i ? pki_cert_subject_dup(chain->items[i]) : mem_strdup("itself");
        AUTO_FREE char *when = time_dup(now > to ? to : from);
        return mem_printf("the certificate%s%s %s %s", i ? " of its CA " : " ", whose,
                          now > to ? "ended" : "is not valid before", when);
    }
    return NULL;
}

/* Those of `from` that are roots of the mesh; borrowed. */
static void add_anchors(const struct certs *from, const struct ca_roots *roots,
                        struct pki_cert **anchors, size_t *count)
{
    for (size_t i = 0; i < from->count; i++) {
        AUTO_FREE char *fingerprint = pki_cert_fingerprint_dup(from->items[i]);
        if (ca_roots_has(roots, fingerprint))
            anchors[(*count)++] = from->items[i];
    }
}

/* Whose signature it ends with: "root 1234abcd" where the root itself is shown. Yours to free. */
static char *end_dup(const struct certs *chain)
{
    const struct pki_cert *last = chain->items[chain->count - 1];
    AUTO_FREE char *subject = pki_cert_subject_dup(last), *issuer = pki_cert_issuer_dup(last);
    AUTO_FREE char *fingerprint = pki_cert_fingerprint_dup(last);
    if (text_equal(subject, issuer))
        return mem_printf("root %.8s", fingerprint);
    return mem_printf("\"%s\" (%.8s), signed by \"%s\"", subject, fingerprint, issuer);
}

static char *name_problem_dup(const struct shown_wanted *wanted, const struct pki_cert *leaf)
{
    AUTO_STRLIST names = STRLIST_INIT, told = STRLIST_INIT;
    pki_cert_names(leaf, &names);
    for (size_t i = 0; i < names.count; i++) {
        if (strlist_has(&wanted->names, names.items[i]))
            return NULL;
        if (i < MAX_NAMES)
            strlist_add(&told, names.items[i]);
    }
    if (!wanted->names.count)
        return NULL;
    AUTO_FREE char *text = strlist_join_dup(&told, ", ");
    return mem_printf("it is for %s%s", names.count ? text : "nobody",
                      names.count > told.count ? ", ..." : "");
}

static enum shown judge(const struct shown_wanted *wanted, const struct certs *chain,
                        const struct certs *known, char **ret_text)
{
    AUTO_FREE struct pki_cert **anchors =
        mem_array(chain->count + known->count, sizeof(struct pki_cert *));
    AUTO_ERROR struct error *refused = NULL;
    size_t count = 0;
    add_anchors(known, wanted->roots, anchors, &count);
    add_anchors(chain, wanted->roots, anchors, &count);
    if ((*ret_text = time_problem_dup(chain, wanted->now)))
        return SHOWN_TIME;
    /* Without an anchor nothing that was shown is of the mesh: the root that is meant is not there. */
    if (!count || pki_cert_verify(chain->items[0], chain->items + 1, chain->count - 1, anchors,
                                  count, 0, &refused) < 0) {
        *ret_text = end_dup(chain);
        return SHOWN_ROOT;
    }
    if ((*ret_text = name_problem_dup(wanted, chain->items[0])))
        return SHOWN_NAME;
    if (pki_cert_verify(chain->items[0], chain->items + 1, chain->count - 1, anchors, count,
                        PKI_USE_SERVER, &refused) < 0) {
        *ret_text = mem_strdup(refused->message);
        return SHOWN_OTHER;
    }
    AUTO_FREE char *fingerprint = pki_cert_fingerprint_dup(anchors[0]);
    *ret_text = mem_printf("root %.8s", fingerprint);
    return SHOWN_GOOD;
}

enum shown shown_judge(const struct shown_wanted *wanted, const char *pem, size_t len,
                       char **ret_text)
{
    MC_CLEANUP(certs_release) struct certs chain = {0}, known = {0};
    AUTO_ERROR struct error *unread = NULL, *ignored = NULL;
    if (pki_certs_read(pem, len, "chain", &chain.items, &chain.count, &unread) < 0) {
        *ret_text = mem_strdup(unread->message);
        return SHOWN_OTHER;
    }
    if (wanted->anchors)
        (void)!pki_certs_read(wanted->anchors, strlen(wanted->anchors), "roots", &known.items,
                              &known.count, &ignored);
    return judge(wanted, &chain, &known, ret_text);
}
