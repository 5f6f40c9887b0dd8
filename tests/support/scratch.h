/* For tests that work in a folder of their own: the folder, files in it, and what a call of the
 * house's form is held to. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"
#include "meshctl/base/fs.h"
#include "must.h"

static char folder[64];

/* The error is of that kind and says all of these (the list ends with NULL); frees it. */
static inline void refused(int rc, struct error **err, enum error_kind kind, ...)
{
    va_list ap;
    assert_int_equal(rc, -1);
    assert_non_null(*err);
    if ((*err)->kind != kind)
        fail_msg("%s: %s", error_kind_name((*err)->kind), (*err)->message);
    va_start(ap, kind);
    for (const char *part; (part = va_arg(ap, const char *));)
        if (!strstr((*err)->message, part))
            fail_msg("\"%s\" does not say \"%s\"", (*err)->message, part);
    va_end(ap);
    error_clear(err);
}

static inline int enter_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/meshctl-test-XXXXXX");
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline void remove_tree(const char *path)
{
    (void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline int leave_folder(void **state)
{
    (void)state;
    if (chdir("/") == 0)
        remove_tree(folder);
    return 0;
}

/* Makes the folders on the way too. */
static inline void save(const char *name, const char *text)
{
    struct error *err = NULL;
    AUTO_FREE char *dir = fs_dirname_dup(name);
    must(fs_mkdirs(dir, 0700, &err), &err);
    must(fs_write(name, text, strlen(text), 0600, &err), &err);
}

static inline char *content_dup(const char *name)
{
    struct buf text = BUF_INIT;
    struct error *err = NULL;
    must(fs_read(name, 1 << 20, &text, &err), &err);
    return buf_detach(&text, NULL);
}

#endif
