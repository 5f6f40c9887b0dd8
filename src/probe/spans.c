/* Services of several clusters: by namespace and name, as Istio takes them for one. */
#include "spans.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

#define MAX_NAMED 4

/* ---- hosts ----------------------------------------------------------------------------------- */

bool host_covers(const char *pattern, const char *host)
{
    return pattern[0] == '*' ? text_has_suffix(host, pattern + 1) : strcmp(pattern, host) == 0;
}

char *host_full_dup(const char *host, const char *namespace_, const char *domain)
{
    if (strchr(host, '.') || host[0] == '*')
        return mem_strdup(host);
    return mem_printf("%s.%s.svc.%s", host, namespace_, domain);
}

/* ---- Services -------------------------------------------------------------------------------- */

static bool is_local_by_setting(const struct facts_traffic *t, const char *host)
{
    size_t i, j;
    json_t *setting, *row;
    bool is_local = false;
    json_array_foreach(json_object_get(t->config, "serviceSettings"), i, setting)
        json_array_foreach(json_object_get(setting, "hosts"), j, row)
            if (json_is_string(row) && host_covers(json_string_value(row), host))
                is_local = json_is_true(json_dig(setting, "settings", "clusterLocal", NULL));
    return is_local;
}

static bool is_local(const struct facts_traffic *t, const struct facts_service *s)
{
    if (strcmp(s->namespace_, "kube-system") == 0 ||
        (strcmp(s->namespace_, "default") == 0 && strcmp(s->name, "kubernetes") == 0))
        return true;
    return is_local_by_setting(t, s->host);
}

static const struct facts_service *of_peer(const struct probe *p, const struct facts_service *s,
                                           size_t at)
{
    const struct facts *peer = at == p->at ? NULL : p->facts[at];
    return peer && peer->traffic ? facts_service_find(peer->traffic, s->namespace_, s->name) : NULL;
}

bool spans_out(const struct probe *p, const struct facts_service *s, size_t *ret_peer)
{
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        const struct facts_service *there = of_peer(p, s, i);
        if (!there || !there->in_mesh || is_local(probe_facts(p)->traffic, s))
            continue;
        *ret_peer = i;
        return true;
    }
    return false;
}

bool spans_in(const struct probe *p, const struct facts_service *s, size_t *ret_peer)
{
    for (size_t i = 0; i < p->mesh->members_count && s->in_mesh; i++) {
        if (!of_peer(p, s, i) || is_local(p->facts[i]->traffic, s))
            continue;
        *ret_peer = i;
        return true;
    }
    return false;
}

bool spans(const struct probe *p, const struct facts_service *s)
{
    size_t peer;
    return spans_out(p, s, &peer) || spans_in(p, s, &peer);
}

/* ---- names in a line ------------------------------------------------------------------------- */

void named_add(struct named *n, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    if (n->count++ < MAX_NAMED)
        strlist_add_take(&n->first, mem_vprintf(fmt, ap));
    va_end(ap);
}

char *named_text_dup(const struct named *n)
{
    AUTO_FREE char *text = strlist_join_dup(&n->first, ", ");
    return n->count > n->first.count
               ? mem_printf("%s and %zu more", text, n->count - n->first.count)
               : TAKE(text);
}

void named_release(struct named *n)
{
    strlist_release(&n->first);
}
