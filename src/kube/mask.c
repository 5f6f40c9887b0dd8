/* What must not be shown. Too much masked costs a look with another tool, too little a key. */
#include "mask.h"

#include <ctype.h>
#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/diff.h"

#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"
#define MAX_NAME 128                /* bytes of a name that are looked at, from its end */
#define MIN_JWT_PART 10             /* characters of a token's header and claims */
#define BASE64_PEM "LS0tLS1CRUdJTi" /* "-----BEGIN" */
#define BASE64_PEM_LINE 64          /* characters that hold the first line of any key */

/* How names of secrets end, letters and digits alone: so tokenPath and secretName are none. */
static const char *const endings[] = {
    "password",  "passwd",    "passphrase", "token",         "secret",      "apikey",
    "accesskey", "secretkey", "privatekey", "authorization", "credentials", "clientkeydata",
};

static bool name_is_secret(const char *name, size_t len)
{
    char plain[MAX_NAME + 1];
    size_t n = 0;
    for (size_t i = len > MAX_NAME ? len - MAX_NAME : 0; i < len; i++) {
        if (isalnum((unsigned char)name[i]))
            plain[n++] = (char)tolower((unsigned char)name[i]);
    }
    plain[n] = '\0';
    for (size_t i = 0; i < MC_ARRAY_LEN(endings); i++) {
        if (text_has_suffix(plain, endings[i]))
            return true;
    }
    return false;
}

static size_t jwt_part(const char *s)
{
    return strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
}

/* Two parts of base64url that begin as a JSON object does, a dot behind each (RFC 7519). */
static bool has_jwt(const char *text)
{
    for (const char *at = strstr(text, "eyJ"); at; at = strstr(at + 1, "eyJ")) {
        size_t header = jwt_part(at);
        if (header < MIN_JWT_PART || at[header] != '.')
            continue;
        size_t claims = jwt_part(at + header + 1);
        if (claims >= MIN_JWT_PART && at[header + 1 + claims] == '.')
            return true;
    }
    return false;
}

/* scheme://user:password@host */
static bool has_userinfo(const char *text)
{
    for (const char *at = strstr(text, "://"); at; at = strstr(at + 3, "://")) {
        const char *host = at + 3;
        size_t authority = strcspn(host, "/?# \t\n\"'");
        const char *end = memchr(host, '@', authority);
        if (end && memchr(host, ':', (size_t)(end - host)))
            return true;
    }
    return false;
}

static size_t base64_part(const char *s)
{
    return strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

/* Of each the first line alone is looked at: what stands behind the key, or is cut off of it, does not
 * matter. */
static bool has_encoded_key(const char *text)
{
    for (const char *at = strstr(text, BASE64_PEM); at; at = strstr(at + 1, BASE64_PEM)) {
        AUTO_SECRET_BUF line = BUF_INIT;
        size_t len = base64_part(at);
        len = len < BASE64_PEM_LINE ? len - len % 4 : BASE64_PEM_LINE;
        if (base64_decode(&line, at, len) == 0 && strstr(buf_str(&line), "PRIVATE KEY-----"))
            return true;
    }
    return false;
}

/* Words that stand behind a secret's name and are none, and what begins a value of another kind. */
static bool is_harmless(const char *value, size_t len)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < MC_ARRAY_LEN(words); i++) {
        size_t n = strlen(words[i]);
        if (len >= n && strncmp(value, words[i], n) == 0 &&
            (len == n || strchr(" \t\r,;}]\"'", value[n])))
            return true;
    }
    return len == 0 || strchr("{[|>", value[0]);
}

/* `name: value` or `"name": "value"` that begins the line, or `NAME=value` as a word of it. A
 * sentence with a colon is neither. */
static bool line_is_secret(const char *line, size_t len)
{
    size_t word = 0;
    bool first = true;
    for (size_t i = 0; i < len; i++) {
        bool joins = line[i] == '=' || (line[i] == ':' && first);
        size_t value = i + 1;
        if (strchr(" \t,&?;{", line[i])) {
            /* What comes before a YAML key (indentation, a list's dash) is no word. */
            first = first && strspn(line, " \t-{") > i;
            word = i + 1;
            continue;
        }
        if (!joins)
            continue;
        while (value < len && strchr(line[i] == '=' ? "\"'" : " \t\"'", line[value]))
            value++;
        if (name_is_secret(line + word, i - word) && !is_harmless(line + value, len - value) &&
            !strchr(" \t", line[value]))
            return true;
        first = false;
    }
    return false;
}

static bool has_secret_line(const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        if (line_is_secret(text, len))
            return true;
        text += len + (text[len] == '\n');
    }
    return false;
}

bool kube_mask_text(const char *text)
{
    return strstr(text, "PRIVATE KEY-----") || strstr(text, "Bearer ") ||
           text_has_prefix(text, "Basic ") || has_jwt(text) || has_userinfo(text) ||
           has_encoded_key(text) || has_secret_line(text);
}

bool kube_mask_member(const json_t *parent, const char *key, bool root)
{
    if (strcmp(key, LAST_APPLIED) == 0)
        return true;
    if (root && text_equal(json_dig_str(parent, "kind", NULL), "Secret"))
        return strcmp(key, "data") == 0 || strcmp(key, "stringData") == 0;
    if (!json_is_string(json_object_get(parent, key)))
        return false;
    /* {name: DB_PASSWORD, value: ...} of a container's environment, or of a header. */
    const char *name = json_dig_str(parent, "name", NULL);
    if (name && strcmp(key, "value") == 0 && name_is_secret(name, strlen(name)))
        return true;
    return name_is_secret(key, strlen(key));
}

static json_t *masked_object_new(const json_t *value, bool all, bool root, bool *ret_masked)
{
    json_t *out = json_object();
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member) {
        bool secret = all || kube_mask_member(value, key, root);
        json_object_set_new(out, key, kube_mask_new(member, secret, false, ret_masked));
    }
    return out;
}

/* A copy in which every NUL is a blank: behind one nothing would be seen. */
static char *searchable_dup(const char *text, size_t len)
{
    char *copy = mem_strndup(text, len);
    for (char *nul; (nul = memchr(copy, '\0', len)) != NULL;)
        *nul = ' ';
    return copy;
}

static bool string_is_secret(const json_t *value)
{
    AUTO_SECRET char *text = searchable_dup(json_string_value(value), json_string_length(value));
    return kube_mask_text(text);
}

json_t *kube_mask_new(const json_t *value, bool all, bool root, bool *ret_masked)
{
    if (json_is_object(value))
        return masked_object_new(value, all, root, ret_masked);
    if (json_is_array(value)) {
        json_t *out = json_array();
        size_t i;
        json_t *item;
        json_array_foreach(value, i, item)
            json_array_append_new(out, kube_mask_new(item, all, false, ret_masked));
        return out;
    }
    bool secret = all ? value != NULL : json_is_string(value) && string_is_secret(value);
    if (!secret)
        return json_incref((json_t *)value);
    *ret_masked = true;
    return json_string(KUBE_MASK);
}

json_t *kube_masked(const json_t *object)
{
    bool masked;
    return kube_mask_new(object, false, true, &masked);
}

json_t *kube_masked_value(const json_t *value)
{
    bool masked;
    return kube_mask_new(value, false, false, &masked);
}

static const char *last_of(const char *line, const char *what)
{
    const char *last = NULL;
    for (const char *at = strstr(line, what); at; at = strstr(at + 1, what))
        last = at;
    return last;
}

/* What the lines before mean for the next one. */
struct lines {
    bool in_key;     /* of a PEM block */
    bool in_encoded; /* of one in base64, wrapped */
};

/* Whether the line is to be masked. Two blocks may meet in one line: the last one of them goes on. */
static bool take_line(struct lines *l, const char *line)
{
    const char *begin = last_of(line, "-----BEGIN "), *end = last_of(line, "-----END ");
    bool begins = begin && strstr(begin, "PRIVATE KEY-----");
    size_t blanks = strspn(line, " \t");
    size_t encoded = base64_part(line + blanks);
    bool is_encoded =
        encoded && !line[blanks + encoded + strspn(line + blanks + encoded, "= \t\r")];
    l->in_encoded = has_encoded_key(line) || (l->in_encoded && is_encoded);
    bool masked = l->in_key || begins || l->in_encoded || kube_mask_text(line);
    if (begins && (!end || end < begin))
        l->in_key = true;
    else if (end)
        l->in_key = false;
    return masked;
}

void kube_mask_lines(struct buf *out, const char *text, size_t len)
{
    struct lines lines = {0};
    for (size_t i = 0; i < len;) {
        const char *end = memchr(text + i, '\n', len - i);
        size_t line_len = end ? (size_t)(end - text) - i : len - i;
        AUTO_SECRET char *line = searchable_dup(text + i, line_len);
        if (take_line(&lines, line))
            buf_appends(out, KUBE_MASK);
        else
            buf_append(out, line, line_len);
        if (end)
            buf_appendc(out, '\n');
        i += line_len + (end != NULL);
    }
}
