/* Functions on bytes, named in encoding.c's table. */
#ifndef MESHCTL_SPRIG_CODEC_H
#define MESHCTL_SPRIG_CODEC_H

#include "meshctl/tmpl/func.h"

/* The byte that encoding/base64's CorruptInputError names. */
size_t codec_base64_fault(struct tval_string s);

int func_adler32(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                 struct error **err);
int func_b32dec(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int func_b32enc(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int func_b64dec(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int func_b64enc(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int func_sha1(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
              struct error **err);
int func_sha256(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int func_sha512(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);

#endif
