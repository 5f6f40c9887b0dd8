/* Sets of root certificates: what a mesh trusts. Certificates are told apart by the SHA-256 of their
 * DER and by nothing else (two roots made by the same script have the same subject and key id), and
 * the order in a file means nothing. A plain value; one thread at a time. */
#ifndef MESHCTL_CA_ROOTS_H
#define MESHCTL_CA_ROOTS_H

#include "meshctl/pki/cert.h"

#define CA_FINGERPRINT_SIZE 65 /* hex of a SHA-256, with the NUL */

struct ca_root {
    char fingerprint[CA_FINGERPRINT_SIZE];
    char *subject; /* "O=Istio, CN=Root CA" */
    time_t not_before, not_after;
};

/* Sorted by fingerprint, each once. Zeroed is the empty set. */
struct ca_roots {
    struct ca_root *items;
    size_t count, cap;
};
void ca_roots_release(struct ca_roots *roots);
void ca_roots_add(struct ca_roots *roots, const struct pki_cert *cert);
/* All certificates of a PEM text (at least one, else ERROR_INPUT); `name` stands in errors. */
int ca_roots_add_pem(struct ca_roots *roots, const char *pem, size_t len, const char *name,
                     struct error **err) MC_WARN_UNUSED;
bool ca_roots_has(const struct ca_roots *roots, const char *fingerprint);

/* How two meshes, or two clusters of one, stand to each other. Workloads of the one can call those
 * of the other in both directions only while each holds the root that the other signs with; with
 * CA_ROOTS_OVERLAP that may be so (a rotation under way), with CA_ROOTS_DISJOINT it cannot. The
 * empty set is disjoint from all but the empty one. */
enum ca_overlap { CA_ROOTS_EQUAL, CA_ROOTS_OVERLAP, CA_ROOTS_DISJOINT };
enum ca_overlap ca_roots_compare(const struct ca_roots *a, const struct ca_roots *b);
/* "6cf9f2a0, 1b2c3d4e": the first eight hex digits of each, or "none". Yours to free. */
char *ca_roots_text_dup(const struct ca_roots *roots);

#endif
