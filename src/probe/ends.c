/* Whether the CA's certificates end soon. */
#include "ends.h"

#include "meshctl/probe/finding.h"
#include "trust.h"

#define DAY_S ((time_t)24 * 60 * 60)
#define SOON_DAYS 30

static bool ends_soon(time_t from, time_t to, time_t now)
{
    return to > now && to - now < SOON_DAYS * DAY_S && to - now < (to - from) / 3;
}

static const struct ca_root *last_root(const struct ca_roots *roots)
{
    const struct ca_root *last = NULL;
    for (size_t i = 0; i < roots->count; i++)
        if (!last || roots->items[i].not_after > last->not_after)
            last = &roots->items[i];
    return last;
}

static void warn(struct probe *p, const char *what, const char *fingerprint, time_t left)
{
    AUTO_FREE char *wanted = mem_printf("%d days or more", SOON_DAYS);
    finding_bad(p, "MC210", wanted, "%s %.8s ends in %lld days", what, fingerprint,
                (long long)(left / DAY_S));
}

void ends_check(struct probe *p, time_t now)
{
    const struct ca_found *ca = &probe_facts(p)->ca;
    const struct ca_root *root = last_root(&ca->roots);
    if (ca->form != CA_FORM_ISTIO || !root || !ca->signer_fingerprint)
        return;
    if (ends_soon(root->not_before, root->not_after, now)) {
        warn(p, "root", root->fingerprint, root->not_after - now);
        /* What it has signed ends with it: a new root comes first. */
        trust_fix_root(p);
    } else if (ends_soon(ca->signer_not_before, ca->signer_not_after, now)) {
        warn(p, "intermediate", ca->signer_fingerprint, ca->signer_not_after - now);
    } else if (ca->signer_not_after > now) {
        finding_ok(p, "MC210", "intermediate %lld, root %lld",
                   (long long)((ca->signer_not_after - now) / DAY_S),
                   (long long)((root->not_after - now) / DAY_S));
    }
}
