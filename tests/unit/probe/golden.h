/* Answers of real proxies, as they were recorded (golden/probe). */
#ifndef PROBE_GOLDEN_H
#define PROBE_GOLDEN_H

#include "meshctl/base/fs.h"
#include "support.h"

static inline json_t *golden(const char *name)
{
    AUTO_FREE char *path = mem_printf(TEST_DATA_DIR "/golden/probe/%s", name);
    AUTO_BUF text = BUF_INIT;
    struct error *err = NULL;
    must(fs_read(path, 1 << 20, &text, &err), &err);
    return parse(buf_str(&text));
}

#endif
