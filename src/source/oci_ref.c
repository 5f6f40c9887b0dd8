/* oci://HOST/PATH:TAG@DIGEST, taken apart and checked; versions as tags. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/server_url.h"
#include "oci.h"

#define MAX_REPOSITORY 255 /* distribution-spec, "Pulling manifests" */
#define MAX_TAG 128

static bool is_lower_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* What may stand between two letters of a path component: "." "_" "__" or any number of "-". */
static size_t separator_len(const char *s)
{
    if (s[0] == '-')
        return strspn(s, "-");
    if (s[0] == '_' && s[1] == '_')
        return 2;
    return s[0] == '.' || s[0] == '_' ? 1 : 0;
}

/* [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/ the same)* */
static bool repository_is_valid(const char *name)
{
    const char *s = name;
    if (strlen(name) > MAX_REPOSITORY)
        return false;
    for (;;) {
        if (!is_lower_alnum(*s))
            return false;
        while (is_lower_alnum(*s))
            s++;
        if (!*s)
            return true;
        size_t n = *s == '/' ? 1 : separator_len(s);
        if (!n)
            return false;
        s += n;
    }
}

/* [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127} */
bool oci_tag_is_valid(const char *tag)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    size_t len = strlen(tag);
    return len && len <= MAX_TAG && tag[0] != '.' && tag[0] != '-' && strspn(tag, allowed) == len;
}

bool oci_digest_is_valid(const char *digest)
{
    return text_has_prefix(digest, "sha256:") && strlen(digest) == 7 + 64 &&
           strspn(digest + 7, "0123456789abcdef") == 64;
}

static bool host_is_valid(const char *host)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:[]";
    return host[0] && strspn(host, allowed) == strlen(host);
}

static char *replace_dup(const char *text, char from, char to)
{
    char *out = mem_strdup(text);
    for (char *c = out; *c; c++)
        if (*c == from)
            *c = to;
    return out;
}

char *oci_tag_dup(const char *version)
{
    return replace_dup(version, '+', '_');
}

char *oci_version_dup(const char *tag)
{
    return replace_dup(tag, '_', '+');
}

static int refuse(const char *what, const char *text, struct error **err)
{
    AUTO_BUF shown = BUF_INIT_MAX(OCI_MAX_REFERENCE);
    text_append_clean(&shown, text, strlen(text));
    return error_set(err, ERROR_INPUT, "invalid reference: invalid %s \"%s\"", what,
                     buf_str(&shown));
}

/* Cuts what stands behind the last `mark` out of *text. */
static char *cut_dup(char *mark)
{
    if (!mark)
        return NULL;
    *mark = '\0';
    return mem_strdup(mark + 1);
}

static int check(const struct oci_ref *ref, struct error **err)
{
    if (!host_is_valid(ref->host))
        return refuse("registry", ref->host, err);
    if (ref->repository[0] && !repository_is_valid(ref->repository))
        return refuse("repository", ref->repository, err);
    if (ref->tag && !oci_tag_is_valid(ref->tag))
        return refuse("tag", ref->tag, err);
    if (ref->digest && !oci_digest_is_valid(ref->digest))
        return refuse("digest", ref->digest, err);
    return 0;
}

int oci_ref_parse(const char *text, struct oci_ref *ret_ref, struct error **err)
{
    AUTO_OCI_REF ref = {0};
    if (text_has_prefix(text, "oci://"))
        text += strlen("oci://");
    if (strlen(text) > OCI_MAX_REFERENCE)
        return error_set(err, ERROR_INPUT, "invalid reference: longer than %d bytes",
                         OCI_MAX_REFERENCE);
    size_t host = strcspn(text, "/");
    if (memchr(text, '@', host)) {
        error_set(err, ERROR_INPUT, "an oci:// reference takes no user and password");
        return error_hint(err, "only public charts are pulled; for a private registry, pull with "
                               "helm and give the folder");
    }
    ref.host = mem_strndup(text, host);
    AUTO_FREE char *rest = mem_strdup(text[host] ? text + host + 1 : "");
    ref.digest = cut_dup(strrchr(rest, '@'));
    char *slash = strrchr(rest, '/');
    AUTO_FREE char *tag = cut_dup(strrchr(slash ? slash : rest, ':'));
    ref.tag = tag ? oci_tag_dup(tag) : NULL;
    size_t len = strlen(rest);
    while (len && rest[len - 1] == '/')
        len--;
    ref.repository = mem_strndup(rest, len);
    if (check(&ref, err))
        return -1;
    *ret_ref = ref;
    ref = (struct oci_ref){0};
    return 0;
}

void oci_ref_release(struct oci_ref *ref)
{
    free(ref->host);
    free(ref->repository);
    free(ref->tag);
    free(ref->digest);
    *ref = (struct oci_ref){0};
}

int oci_repository_join(const char *base, const char *name, char **ret_repository,
                        struct error **err)
{
    AUTO_FREE char *joined = mem_printf("%s%s%s", base, base[0] ? "/" : "", name);
    if (!repository_is_valid(joined))
        return refuse("repository", joined, err);
    *ret_repository = TAKE(joined);
    return 0;
}

bool oci_is_loopback(const char *host)
{
    bool is_v6 = host[0] == '[';
    AUTO_FREE char *name = mem_strndup(host + is_v6, strcspn(host + is_v6, is_v6 ? "]" : ":"));
    return host_is_own(name);
}
