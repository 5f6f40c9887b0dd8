/* Where the other clusters find an API server, tried before they are told. */
#ifndef MESHCTL_STEPS_ADDRESS_H
#define MESHCTL_STEPS_ADDRESS_H

#include "internal.h"
#include "meshctl/mesh/objects.h"

/* What Secret istio-reader-service-account-istio-remote-secret-token holds. */
struct reader {
    struct buf token;
    struct buf ca; /* of the API server, PEM */
};
bool reader_is_there(const struct lane *lane);
int reader_read(const struct lane *lane, const json_t *secret, struct reader *ret_reader,
                struct error **err) MC_WARN_UNUSED;
void reader_release(struct reader *r);
#define AUTO_READER MC_CLEANUP(reader_release) struct reader

/* How the others shall reach the lane's API server; `ca_pem`, what the cluster itself says vouches for
 * it, is what they trust unless the person or the kubeconfig knows better. Borrowed. */
struct mesh_server lane_server(const struct lane *lane, const char *ca_pem);
/* Tries it with the reader's token, unless that was done in this run. Not to be reached from here is a
 * warning; what the others' istiod would refuse is MC404, a token that is refused MC405. */
int lane_try_reader(struct lane *lane, const struct reader *reader, struct error **err)
    MC_WARN_UNUSED;

#endif
