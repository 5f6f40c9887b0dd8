/* What follows from what: an error that has its cause in the same cluster, or in the peer that it is
 * about. */
#include "meshctl/probe/follows.h"

#include "meshctl/base/mem.h"
#include "meshctl/base/text.h"

#define MAX_CAUSES 12

static const struct {
    const char *id;
    const char *here[MAX_CAUSES + 1]; /* in its own cluster */
    const char *peer[MAX_CAUSES + 1]; /* in the other one */
} consequences[] = {
    {"MC208", {"MC201", "MC204", "MC205", "MC206"}, {0}},
    {"MC211", {"MC205", "MC216"}, {0}},
    {"MC212", {"MC201", "MC204", "MC205", "MC206", "MC211", "MC216"}, {0}},
    {"MC213", {"MC201", "MC204", "MC206", "MC216"}, {0}},
    {"MC214", {"MC310"}, {0}},
    {"MC421", {"MC406", "MC407"}, {"MC106"}},
    {"MC422", {"MC406"}, {"MC106"}},
    {"MC424", {"MC406", "MC747"}, {"MC106"}},
    {"MC501", {"MC632"}, {0}},
    {"MC508", {"MC632", "MC501", "MC506", "MC507", "MC603", "MC606"}, {0}},
    {"MC521",
     {"MC632", "MC311", "MC501", "MC503", "MC506", "MC507", "MC508", "MC601", "MC603"},
     {0}},
    {"MC522",
     {"MC748"},
     {"MC106", "MC632", "MC501", "MC502", "MC503", "MC504", "MC505", "MC506", "MC507", "MC508",
      "MC521"}},
    {"MC601",
     {"MC406", "MC407", "MC411", "MC413", "MC421", "MC422", "MC423", "MC424", "MC747"},
     {"MC106", "MC304"}},
    {"MC602", {"MC406", "MC407"}, {"MC106", "MC301", "MC303", "MC502", "MC504", "MC505"}},
    {"MC603",
     {"MC201", "MC204", "MC205", "MC206", "MC208", "MC211", "MC216", "MC304", "MC305", "MC311",
      "MC312"},
     {0}},
    {"MC605",
     {"MC402", "MC406", "MC407", "MC411", "MC413", "MC421", "MC422", "MC423", "MC424", "MC601",
      "MC747"},
     {"MC106", "MC304"}},
    {"MC607",
     {"MC201", "MC204", "MC205", "MC206", "MC208", "MC211", "MC216", "MC304", "MC305", "MC311",
      "MC312"},
     {0}},
    {"MC732", {"MC747", "MC748"}, {0}},
    {"MC742", {"MC747"}, {0}},
    {"MC743", {"MC748"}, {0}},
};

static const char *text_of(const json_t *row, const char *key)
{
    return json_dig_str(row, key, NULL);
}

static bool has(const char *const *ids, const char *id)
{
    while (*ids && !text_equal(*ids, id))
        ids++;
    return *ids != NULL;
}

bool follows_may(const char *id)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(consequences); i++)
        if (text_equal(consequences[i].id, id))
            return true;
    return false;
}

/* A cause that is about a peer is one of what is about the same peer. */
static bool is_cause(const json_t *cause, const json_t *row)
{
    const char *peer = text_of(row, "peer"), *id = text_of(cause, "id");
    bool here = text_equal(text_of(cause, "cluster"), text_of(row, "cluster"));
    bool same = !text_of(cause, "peer") || text_equal(text_of(cause, "peer"), peer);
    for (size_t i = 0; i < MC_ARRAY_LEN(consequences); i++)
        if (text_equal(consequences[i].id, text_of(row, "id")))
            return here ? same && has(consequences[i].here, id)
                        : text_equal(text_of(cause, "cluster"), peer) &&
                              has(consequences[i].peer, id);
    return false;
}

static bool is_bad(const json_t *row)
{
    return text_equal(text_of(row, "level"), "error");
}

/* The clusters are others than those that are meant: all else was held against wrong names. */
static bool is_mistake(const json_t *row)
{
    static const char *const ids[] = {"MC101", "MC102", NULL};
    return is_bad(row) && has(ids, text_of(row, "id"));
}

void follows_mark(json_t *findings)
{
    size_t i, k;
    json_t *row, *cause;
    bool is_void = false;
    json_array_foreach(findings, i, row)
        is_void = is_void || is_mistake(row);
    json_array_foreach(findings, i, row)
        if (is_void && is_bad(row) && !is_mistake(row))
            json_object_set_new(row, "follows", json_true());
    json_array_foreach(findings, i, row)
        json_array_foreach(findings, k, cause)
            if (is_bad(row) && is_bad(cause) && is_cause(cause, row))
                json_object_set_new(row, "follows", json_true());
}
