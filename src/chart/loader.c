/* What the stages of loading share: lists of files, and how much one chart may take. */
#include "loader.h"

#include <stdlib.h>
#include <string.h>

void file_list_add_take(struct file_list *list, char *name, char *data, size_t len)
{
    if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
        memmove(data, data + 3, len - 3 + 1);
        len -= 3;
    }
    list->items = mem_grow(list->items, &list->cap, list->count + 1, sizeof(*list->items));
    list->items[list->count++] = (struct chart_file){name, data, len};
}

void file_list_release(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].name);
        free(list->items[i].data);
    }
    free(list->items);
    *list = (struct file_list){0};
}

int load_budget_fail(struct error **err)
{
    return error_set(err, ERROR_INPUT,
                     "decompressed chart is larger than the maximum file size %zu",
                     CHART_MAX_TOTAL);
}

int load_budget_take(struct load_budget *budget, size_t bytes, struct error **err)
{
    if (bytes >= budget->bytes)
        return load_budget_fail(err);
    if (!budget->files)
        return error_set(err, ERROR_INPUT, "chart has more than %d files", CHART_MAX_FILES);
    budget->bytes -= bytes;
    budget->files--;
    return 0;
}
