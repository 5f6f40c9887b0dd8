/* A chart repository's index.yaml, as text and as a source of versions and archives' places. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/source/internal.h"
#include "meshctl/base/text.h"

#define OWN "https://user:s3cret@h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct source_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        /* There is always the place beside the index. */
        if (!list->items[i].version[0] || !list->items[i].places.count)
            abort();
        for (size_t p = 0; p < list->items[i].places.count; p++) {
            AUTO_FREE char *shown = url_public_dup(list->items[i].places.items[p]);
            bool own = text_has_prefix(list->items[i].places.items[p], OWN "/");
            if (own && !text_has_prefix(shown, "https://h/"))
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct chart_source_options options;
    AUTO_ERROR struct error *err = NULL;
    AUTO_STRLIST names = STRLIST_INIT;
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = NULL;
    if (chart_source_new(OWN "/charts?t=s3cret", &options, &s, &err))
        abort();
    int rc = source_index_parse("fuzz", (const char *)data, size, &s->index, &err);
    if ((rc != 0) != (err != NULL) || (rc == 0) != json_is_object(s->index))
        abort();
    if (rc)
        return 0;
    if (source_repo_names(s, &names, &err))
        abort();
    for (size_t i = 0; i < names.count && i < 20; i++) {
        AUTO_SOURCE_LIST list = {0};
        if (source_repo_list(s, names.items[i], &list, &err))
            abort();
        source_list_sort(&list);
        check(&list);
    }
    return 0;
}
