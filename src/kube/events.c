/* The newest warning about an object. */
#include "events.h"

#include <stdlib.h>
#include <string.h>

#include "client_internal.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"

#define MAX_TEXT 400
/* It only embellishes a reason: it must not hold up the wait. */
#define ASK_MS 5000

/* When it last happened. Events of the old and the new API fill in different ones of these; all are
 * RFC 3339 in UTC, which sorts as text. */
static const char *time_of(const json_t *event)
{
    const char *times[] = {
        json_dig_str(event, "series", "lastObservedTime", NULL),
        json_dig_str(event, "lastTimestamp", NULL),
        json_dig_str(event, "eventTime", NULL),
        json_dig_str(event, "metadata", "creationTimestamp", NULL),
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(times); i++) {
        if (times[i])
            return times[i];
    }
    return "";
}

static bool is_of(const json_t *event, const char *prefix)
{
    const char *name = json_dig_str(event, "involvedObject", "name", NULL);
    return !prefix || (name && text_has_prefix(name, prefix));
}

char *kube_event_text_dup(const json_t *events, const char *prefix)
{
    const json_t *newest = NULL;
    size_t i;
    json_t *event;
    json_array_foreach(events, i, event) {
        if (text_equal(json_dig_str(event, "type", NULL), "Warning") && is_of(event, prefix) &&
            (!newest || strcmp(time_of(event), time_of(newest)) >= 0))
            newest = event;
    }
    if (!newest)
        return NULL;
    const char *reason = json_dig_str(newest, "reason", NULL);
    const char *message = json_dig_str(newest, "message", NULL);
    AUTO_BUF text = BUF_INIT;
    if (reason)
        text_append_clean(&text, reason, strnlen(reason, MAX_TEXT));
    if (message && *message) {
        buf_appends(&text, ": ");
        text_append_clean(&text, message, strnlen(message, MAX_TEXT));
    }
    for (i = 0; i < text.len; i++) {
        if (text.data[i] == '\n' || text.data[i] == '\t')
            text.data[i] = ' ';
    }
    return buf_detach(&text, NULL);
}

static char *ask_dup(struct kube_client *c, const char *namespace_, const char *selector,
                     const char *prefix)
{
    AUTO_ERROR struct error *ignored = NULL;
    json_auto_t *events = NULL;
    /* Events of objects without a namespace stand in "default". */
    struct kube_ref ref = {"v1", "Event", namespace_ && *namespace_ ? namespace_ : "default", NULL};
    if (kube_list_versioned(c, &ref, NULL, selector, clock_now_ms() + ASK_MS, &events, NULL,
                            &ignored) < 0)
        return NULL;
    return kube_event_text_dup(events, prefix);
}

char *kube_newest_warning_dup(struct kube_client *c, const struct kube_ref *ref,
                              const json_t *object)
{
    AUTO_BUF selector = BUF_INIT;
    const char *uid = json_dig_str(object, "metadata", "uid", NULL);
    buf_appendf(&selector, "type=Warning,involvedObject.kind=%s,involvedObject.name=%s", ref->kind,
                ref->name);
    if (uid)
        buf_appendf(&selector, ",involvedObject.uid=%s", uid);
    return ask_dup(c, ref->namespace_, buf_str(&selector), NULL);
}

char *kube_newest_warning_of_dup(struct kube_client *c, const char *namespace_, const char *kind,
                                 const char *prefix)
{
    AUTO_FREE char *selector = mem_printf("type=Warning,involvedObject.kind=%s", kind);
    return ask_dup(c, namespace_, selector, prefix);
}
