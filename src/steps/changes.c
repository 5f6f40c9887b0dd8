/* The list of changes as data: what `plan` prints, and the objects that it would apply. */
#include "internal.h"

#include <string.h>

#include "meshctl/base/text.h"

static void set_text(json_t *o, const char *key, const char *text)
{
    if (text)
        json_object_set_new(o, key, json_string(text));
}

static json_t *change_json(const struct unit *unit, const struct change *change)
{
    json_t *o =
        json_pack("{s:s, s:s, s:s}", "unit", unit->info->name, "step", step_name(unit->info->step),
                  "action", change_action_name(change->action));
    set_text(o, "apiVersion", change->api_version);
    set_text(o, "kind", change->kind);
    set_text(o, "namespace", change->namespace_);
    set_text(o, "name", change->name);
    set_text(o, "why", change->why);
    if (change->fields)
        json_object_set(o, "fields", change->fields);
    return o;
}

static json_t *lane_changes(const struct lane *lane, unsigned counts[CHANGE_ACTIONS])
{
    json_t *changes = json_array();
    bool backwards = lane->steps->options.verb == STEPS_DOWN;
    for (int n = 0; n < UNITS_COUNT; n++) {
        const struct unit *unit = &lane->units[backwards ? UNITS_COUNT - 1 - n : n];
        for (size_t i = 0; i < unit->count; i++) {
            counts[unit->changes[i].action]++;
            if (unit->changes[i].action != CHANGE_KEEP)
                json_array_append_new(changes, change_json(unit, &unit->changes[i]));
        }
    }
    return changes;
}

json_t *steps_changes(const struct steps *s)
{
    unsigned counts[CHANGE_ACTIONS] = {0};
    json_t *clusters = json_array(), *totals = json_object();
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane *lane = &s->lanes[i];
        json_array_append_new(clusters,
                              json_pack("{s:s, s:o, s:O*}", "name", lane_name(lane), "changes",
                                        lane_changes(lane, counts), "stays", lane->stays));
    }
    for (int a = 0; a < CHANGE_ACTIONS; a++)
        json_object_set_new(totals, change_action_name((enum change_action)a),
                            json_integer((json_int_t)counts[a]));
    return json_pack("{s:o, s:o}", "counts", totals, "clusters", clusters);
}

bool steps_differ(const struct steps *s)
{
    for (size_t i = 0; i < s->lanes_count; i++)
        for (int id = 0; id < UNITS_COUNT; id++)
            for (size_t c = 0; c < s->lanes[i].units[id].count; c++)
                if (s->lanes[i].units[id].changes[c].action != CHANGE_KEEP)
                    return true;
    return false;
}

static bool is_secret(const json_t *object)
{
    return text_equal(json_dig_str(object, "kind", NULL), "Secret");
}

json_t *steps_objects(const struct steps *s, size_t member)
{
    json_t *objects = json_array();
    for (int id = 0; id < UNITS_COUNT; id++) {
        size_t i;
        json_t *object;
        json_array_foreach(s->lanes[member].units[id].objects, i, object)
            if (!is_secret(object))
                json_array_append(objects, object);
    }
    return objects;
}
