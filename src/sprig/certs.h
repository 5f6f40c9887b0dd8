/* sprig's certificates, named in crypto.c's table. What they return, and what genSignedCert
 * takes, is a Go struct sprig.certificate with the fields Cert and Key, both PEM texts. */
#ifndef MESHCTL_SPRIG_CERTS_H
#define MESHCTL_SPRIG_CERTS_H

#include "meshctl/tmpl/func.h"

int func_build_custom_cert(struct tcall *call, const struct tval *args, size_t argc,
                           struct tval *ret, struct error **err);
int func_gen_ca(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int func_gen_ca_with_key(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err);
int func_gen_private_key(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err);
int func_gen_self_signed_cert(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err);
int func_gen_self_signed_cert_with_key(struct tcall *call, const struct tval *args, size_t argc,
                                       struct tval *ret, struct error **err);
int func_gen_signed_cert(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err);
int func_gen_signed_cert_with_key(struct tcall *call, const struct tval *args, size_t argc,
                                  struct tval *ret, struct error **err);

#endif
