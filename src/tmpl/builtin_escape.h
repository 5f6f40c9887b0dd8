/* Go's escaping functions html, js and urlquery (text/template funcs.go). */
#ifndef MESHCTL_TMPL_BUILTIN_ESCAPE_H
#define MESHCTL_TMPL_BUILTIN_ESCAPE_H

#include "meshctl/tmpl/func.h"

int tbuiltin_html(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                  struct error **err);
int tbuiltin_js(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int tbuiltin_urlquery(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err);

#endif
