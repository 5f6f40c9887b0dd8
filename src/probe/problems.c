/* Rows of what may settle by itself. */
#include "problems.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/probe/checks.h"
#include "meshctl/probe/finding.h"

json_t *problems_add_take(json_t *problems, const char *id, const char *peer, const char *wanted,
                          char *found)
{
    AUTO_BUF clean = BUF_INIT;
    text_append_clean(&clean, found, strlen(found));
    json_t *row = json_pack("{s:s, s:s*, s:s, s:s}", "id", id, "peer", peer, "wanted", wanted,
                            "found", buf_str(&clean));
    json_array_append_new(problems, row);
    free(found);
    return row;
}

char *problems_text_dup(const json_t *problems)
{
    struct buf text = BUF_INIT;
    size_t i;
    json_t *row;
    json_array_foreach(problems, i, row)
        buf_appendf(&text, "%s%s", i ? "; " : "", json_dig_str(row, "found", NULL));
    return buf_detach(&text, NULL);
}

int64_t problems_quiet_ms(const json_t *problems)
{
    int longest = 0;
    size_t i;
    json_t *row;
    json_array_foreach(problems, i, row) {
        int settle_ms = check_find(json_dig_str(row, "id", NULL))->settle_ms;
        longest = settle_ms > longest ? settle_ms : longest;
    }
    return longest;
}

bool problems_has(const json_t *problems, const char *id)
{
    size_t i;
    json_t *row;
    json_array_foreach(problems, i, row)
        if (text_equal(json_dig_str(row, "id", NULL), id))
            return true;
    return false;
}

void problems_report(struct probe *p, const json_t *problems)
{
    size_t i;
    json_t *row;
    json_array_foreach(problems, i, row) {
        const char *fix = json_dig_str(row, "fix", NULL), *peer = json_dig_str(row, "peer", NULL);
        finding_bad(p, json_dig_str(row, "id", NULL), json_dig_str(row, "wanted", NULL), "%s",
                    json_dig_str(row, "found", NULL));
        if (peer)
            finding_peer(p, peer);
        if (fix)
            finding_fix(p, "%s", fix);
    }
}
