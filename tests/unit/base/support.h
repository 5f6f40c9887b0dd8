#ifndef TEST_BASE_SUPPORT_H
#define TEST_BASE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"

#define AUTO_ERR AUTO_ERROR struct error

#endif
