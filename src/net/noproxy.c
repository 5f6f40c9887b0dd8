/* NO_PROXY: one host against the list. */
#include "noproxy.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "meshctl/base/strlist.h"
#include "meshctl/base/text.h"

/* An address in one form for both families: IPv4 as ::ffff:a.b.c.d. */
struct address {
    unsigned char bytes[16];
    bool is_v4;
};

static bool parse_address(const char *text, struct address *ret_address)
{
    static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    if (inet_pton(AF_INET, text, ret_address->bytes + sizeof(mapped)) == 1) {
        memcpy(ret_address->bytes, mapped, sizeof(mapped));
        ret_address->is_v4 = true;
        return true;
    }
    ret_address->is_v4 = false;
    return inet_pton(AF_INET6, text, ret_address->bytes) == 1;
}

static bool is_loopback(const char *host, const struct address *address)
{
    static const unsigned char v6[16] = {[15] = 1};
    if (!address)
        return strcasecmp(host, "localhost") == 0;
    if (address->is_v4)
        return address->bytes[12] == 127;
    return memcmp(address->bytes, v6, sizeof(v6)) == 0;
}

static bool same_prefix(const unsigned char *a, const unsigned char *b, size_t bits)
{
    if (memcmp(a, b, bits / 8) != 0)
        return false;
    size_t rest = bits % 8;
    return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

/* `entry` is "ADDRESS/BITS". */
static bool range_covers(const char *entry, const struct address *address)
{
    const char *slash = strchr(entry, '/');
    AUTO_FREE char *base_text = mem_strndup(entry, (size_t)(slash - entry));
    struct address base;
    char *end;
    unsigned long bits = strtoul(slash + 1, &end, 10);
    if (!address || end == slash + 1 || *end || !parse_address(base_text, &base))
        return false;
    if (base.is_v4)
        bits += 96;
    return bits <= 128 && base.is_v4 == address->is_v4 &&
           same_prefix(base.bytes, address->bytes, bits);
}

/* Cuts ":PORT" and brackets off the entry; false when its port is another one. */
static bool cut_port(char *entry, const char *port)
{
    if (entry[0] == '[') {
        char *close = strchr(entry, ']');
        if (!close || (close[1] == ':' && strcmp(close + 2, port) != 0))
            return false;
        *close = '\0';
        memmove(entry, entry + 1, strlen(entry));
        return true;
    }
    char *colon = strchr(entry, ':');
    if (!colon || strchr(colon + 1, ':'))
        return true;
    *colon = '\0';
    return strcmp(colon + 1, port) == 0;
}

static bool domain_covers(const char *entry, const char *host)
{
    if (text_has_prefix(entry, "*."))
        entry++;
    size_t entry_len = strlen(entry), host_len = strlen(host);
    if (entry_len == 0)
        return false;
    if (entry[0] != '.' && strcasecmp(entry, host) == 0)
        return true;
    if (host_len <= entry_len || strcasecmp(host + host_len - entry_len, entry) != 0)
        return false;
    return entry[0] == '.' || host[host_len - entry_len - 1] == '.';
}

static bool entry_covers(char *entry, const char *host, const struct address *address,
                         const char *port)
{
    if (strcmp(entry, "*") == 0)
        return true;
    if (strchr(entry, '/'))
        return range_covers(entry, address);
    if (!cut_port(entry, port))
        return false;
    struct address one;
    if (parse_address(entry, &one))
        return address && memcmp(one.bytes, address->bytes, sizeof(one.bytes)) == 0;
    return !address && domain_covers(entry, host);
}

bool noproxy_covers(const char *list, const char *host, const char *port)
{
    struct address parsed;
    const struct address *address = parse_address(host, &parsed) ? &parsed : NULL;
    if (is_loopback(host, address))
        return true;
    AUTO_STRLIST entries = STRLIST_INIT;
    strlist_split(&entries, list ? list : "", ',');
    for (size_t i = 0; i < entries.count; i++) {
        char *entry = entries.items[i] + strspn(entries.items[i], " \t");
        entry[strcspn(entry, " \t")] = '\0';
        if (*entry && entry_covers(entry, host, address, port))
            return true;
    }
    return false;
}
