/* The record of a lock in its Lease: who, since when, how long. */
#include "lease_record.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "meshctl/base/text.h"

#define MAX_TEXT 200
#define MAX_HOST 256
#define MAX_PASSWD 16384

/* meta/v1 MicroTime: six digits behind the point, no more and no fewer. */
static char *now_dup(void)
{
    struct timespec now;
    struct tm tm;
    char text[32];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    return mem_printf("%s.%06ldZ", text, now.tv_nsec / 1000);
}

static char *user_dup(void)
{
    char buffer[MAX_PASSWD];
    struct passwd entry, *found = NULL;
    if (getpwuid_r(geteuid(), &entry, buffer, sizeof(buffer), &found) == 0 && found)
        return mem_strdup(found->pw_name);
    return mem_printf("%ld", (long)geteuid());
}

static char *who_dup(void)
{
    AUTO_FREE char *user = user_dup();
    char host[MAX_HOST] = "";
    if (gethostname(host, sizeof(host) - 1) < 0 || !*host)
        return TAKE(user);
    return mem_printf("%s@%s", user, host);
}

char *kube_lease_identity_dup(const char *who)
{
    AUTO_FREE char *name = who ? mem_strdup(who) : who_dup();
    struct timespec now;
    uint32_t random;
    /* Without the generator the clock tells two runs with one process number apart. */
    if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
        clock_gettime(CLOCK_REALTIME, &now);
        random = (uint32_t)now.tv_nsec ^ (uint32_t)now.tv_sec;
    }
    return mem_printf("%s/%ld-%08x", name, (long)getpid(), random);
}

const char *kube_lease_holder_of(const json_t *lease)
{
    const char *holder = json_dig_str(lease, "spec", "holderIdentity", NULL);
    return holder && *holder ? holder : NULL;
}

int64_t kube_lease_duration_of(const json_t *lease, int64_t fallback)
{
    json_int_t seconds = json_dig_int(lease, 0, "spec", "leaseDurationSeconds", NULL);
    if (seconds <= 0)
        return fallback;
    return seconds > KUBE_LEASE_MAX_MS ? INT64_MAX : seconds * 1000;
}

static char *clean_dup(const char *text)
{
    AUTO_BUF out = BUF_INIT;
    if (!text)
        return NULL;
    text_append_clean(&out, text, strnlen(text, MAX_TEXT));
    return buf_detach(&out, NULL);
}

void kube_lease_holder_read(const json_t *lease, struct kube_lease_holder *ret_holder)
{
    *ret_holder = (struct kube_lease_holder){
        .identity = clean_dup(kube_lease_holder_of(lease)),
        .since = clean_dup(json_dig_str(lease, "spec", "acquireTime", NULL)),
        .renewed = clean_dup(json_dig_str(lease, "spec", "renewTime", NULL)),
    };
}

void kube_lease_holder_release(struct kube_lease_holder *h)
{
    free(h->identity);
    free(h->since);
    free(h->renewed);
    *h = (struct kube_lease_holder){0};
}

static json_t *new_lease(const struct kube_lease_options *options)
{
    json_t *lease = json_object();
    json_put(lease, json_string("coordination.k8s.io/v1"), "apiVersion", NULL);
    json_put(lease, json_string("Lease"), "kind", NULL);
    json_put(lease, json_string(options->name), "metadata", "name", NULL);
    json_put(lease, json_string(options->namespace_ ? options->namespace_ : "default"), "metadata",
             "namespace", NULL);
    return lease;
}

json_t *kube_lease_taken(const json_t *found, const struct kube_lease_options *options,
                         const char *identity)
{
    json_t *lease = found ? json_deep_copy(found) : new_lease(options);
    AUTO_FREE char *now = now_dup();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)options->labels, key, value)
        json_put(lease, json_incref(value), "metadata", "labels", key, NULL);
    if (found)
        json_put(lease, json_integer(1 + json_dig_int(found, 0, "spec", "leaseTransitions", NULL)),
                 "spec", "leaseTransitions", NULL);
    json_put(lease, json_string(identity), "spec", "holderIdentity", NULL);
    json_put(lease, json_integer(options->duration_ms / 1000), "spec", "leaseDurationSeconds",
             NULL);
    json_put(lease, json_string(now), "spec", "acquireTime", NULL);
    json_put(lease, json_string(now), "spec", "renewTime", NULL);
    return lease;
}

json_t *kube_lease_renewed(const json_t *lease)
{
    AUTO_FREE char *now = now_dup();
    json_t *renewed = json_deep_copy(lease);
    json_put(renewed, json_string(now), "spec", "renewTime", NULL);
    return renewed;
}
