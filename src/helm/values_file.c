/* The bytes behind a name of -f and --set-file. */
#include <string.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/strings.h"
#include "values_text.h"

static int fail_url(const char *url, struct error **err)
{
    return error_set(err, ERROR_INPUT, "values are not read from a URL here: %s", url);
}

int values_read_file(const char *path, const struct values_urls *urls, struct buf *out,
                     struct error **err)
{
    const char *trimmed = path;
    size_t len = strlen(path);
    if (text_has_prefix(path, "http://") || text_has_prefix(path, "https://"))
        return urls ? urls->read(urls->ctx, path, VALUES_MAX_FILE, out, err) : fail_url(path, err);
    if (text_has_prefix(path, "oci://")) {
        error_set(err, ERROR_INPUT, "values are not read from a registry: %s", path);
        return error_hint(err, "fetch them first, or pipe them in: ... | ... -f -");
    }
    gostring_trim(&trimmed, &len);
    return fs_read(len == 1 && trimmed[0] == '-' ? "-" : path, VALUES_MAX_FILE, out, err);
}
