/* Who of a fleet a run goes on with. */
#include "fleet.h"

#include "meshctl/base/strlist.h"

bool steps_is_fleet(const struct steps *s)
{
    return s->options.verb == STEPS_UP && s->lanes_count > 2;
}

bool lane_is_in(const struct lane *lane)
{
    return lane->mode != LANE_ABSENT && !plan_lane_has_failed(lane->steps->plan, (int)lane->index);
}

bool lane_changes(const struct lane *lane)
{
    return lane->mode == LANE_WRITE || lane->mode == LANE_LINK;
}

bool lane_learns(const struct lane *lane, const struct lane *peer)
{
    if (peer == lane)
        return false;
    return lane->mode == LANE_WRITE || (lane->mode == LANE_LINK && peer->mode == LANE_WRITE);
}

/* Of one kind of lanes: the names of those that go on, and how many there are of it. */
static size_t count_in(const struct steps *s, enum lane_mode mode, struct strlist *in)
{
    size_t all = 0;
    for (size_t i = 0; i < s->lanes_count; i++) {
        if (s->lanes[i].mode != mode)
            continue;
        all++;
        if (lane_is_in(&s->lanes[i]))
            strlist_add(in, lane_name(&s->lanes[i]));
    }
    return all;
}

int steps_check_enough(const struct steps *s, struct error **err)
{
    AUTO_STRLIST in = STRLIST_INIT, linked = STRLIST_INIT;
    if (!steps_is_fleet(s))
        return 0;
    size_t all = count_in(s, LANE_WRITE, &in);
    size_t others = count_in(s, LANE_LINK, &linked);
    size_t wanted = all > 1 ? 2 : all;
    if (in.count >= wanted && linked.count >= (others ? 1 : 0))
        return 0;
    if (others)
        error_set(err, ERROR_CHECK, "%s",
                  in.count ? "no cluster of the mesh can be joined"
                           : "the cluster that joins is out");
    else
        error_set(err, ERROR_CHECK, "%s of %zu clusters can go on, and a mesh takes two",
                  in.count ? in.items[0] : "none", all);
    return error_hint(err, "mend what is told of the others, then run the same command again");
}

static bool has_to_be_there(const struct lane *lane)
{
    return lane->mode == LANE_LINK ||
           (lane->mode == LANE_WRITE && lane->steps->options.verb == STEPS_UPGRADE);
}

int steps_check_there(const struct steps *s, struct error **err)
{
    const char *namespace_ = s->mesh->istio_namespace;
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane *lane = &s->lanes[i];
        if (!has_to_be_there(lane) || !lane->facts || facts_istiod_of(lane->facts, namespace_))
            continue;
        error_set(err, ERROR_CHECK, "%s has no istiod in namespace %s: there is no mesh to %s",
                  lane_name(lane), namespace_,
                  s->options.verb == STEPS_UPGRADE ? "upgrade" : "join");
        error_id(err, "MC604");
        return error_hint(err,
                          "meshctl up makes a mesh of all these clusters, with the same names");
    }
    return 0;
}
