/* A server's discovery: the input is its answers (lists of both forms), apart by NULs. What is named is
 * found, and only names that can stand in a path are taken. */
#include "../../src/kube/kinds.h"
#include "input.h"
#include "meshctl/base/text.h"

#define MAX_ANSWERS 16

static void add_answer(struct kube_kinds *k, struct part text)
{
    AUTO_ERROR struct error *err = NULL;
    json_auto_t *answer = NULL;
    if (json_read(text.data, text.len, "fuzz", &answer, &err) < 0)
        return;
    if (text_equal(json_dig_str(answer, "kind", NULL), "APIGroupDiscoveryList"))
        kube_kinds_add_aggregated(k, answer);
    else
        kube_kinds_add_resources(k, answer);
}

static void check_rows(const struct kube_kinds *k)
{
    for (size_t i = 0; i < k->count; i++) {
        const struct kube_kind *row = &k->rows[i];
        const struct kube_kind *found = kube_kinds_find(k, row->api_version, row->kind);
        bool is_sub = strchr(row->resource, '/');
        if (!row->kind[0] || strpbrk(row->resource, "?#% \r\n") ||
            strpbrk(row->api_version, "?#% \r\n") || (!found && !is_sub))
            abort();
        if (found && (strcmp(found->kind, row->kind) != 0 || strchr(found->resource, '/')))
            abort();
    }
}

static void check_names(const struct kube_kinds *k)
{
    AUTO_STRLIST names = STRLIST_INIT;
    kube_kinds_names(k, &names);
    for (size_t i = 0; i < names.count; i++)
        if (!kube_kinds_has(k, names.items[i]) ||
            (i > 0 && strcmp(names.items[i - 1], names.items[i]) >= 0))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MC_CLEANUP(kube_kinds_cleanup) struct kube_kinds *k = kube_kinds_new();
    struct part rest = {(const char *)data, size};
    for (size_t i = 0; rest.len && i < MAX_ANSWERS; i++)
        add_answer(k, part_take(&rest));
    kube_kinds_sort(k);
    check_rows(k);
    check_names(k);
    return 0;
}
