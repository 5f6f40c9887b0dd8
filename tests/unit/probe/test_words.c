/* What istiod's log says of another cluster. */
#include "words.h"

#include "support.h"

#define AT "2026-11-29T02:15:37.297Z\terror\t"
#define LIST "failed to list *v1.Node: "
#define GET "Get \"https://172.30.0.12:6443/api/v1/nodes?limit=500&resourceVersion=0\": "

static void complaints(void **state)
{
    (void)state;
    static const struct {
        const char *log;
        enum words words;
        const char *text; /* NULL: nothing is said */
    } rows[] = {
        {"", WORDS_NONE, NULL},
        {AT "watch error in cluster east-cluster: " LIST GET "dial tcp 172.30.0.12:6443: i/o "
            "timeout\n",
         WORDS_NETWORK, "dial tcp 172.30.0.12:6443: i/o timeout"},
        {AT "watch error in cluster east-cluster: " LIST "Unauthorized\n", WORDS_TOKEN,
         "Unauthorized"},
        {AT "watch error in cluster east-cluster: " LIST
            "the server has asked for the client to provide credentials\n",
         WORDS_TOKEN, "the server has asked for the client to provide credentials"},
        {AT "watch error in cluster east-cluster: " LIST GET
            "tls: failed to verify certificate: x509: certificate signed by unknown authority\n",
         WORDS_CERTIFICATE,
         "tls: failed to verify certificate: x509: certificate signed by unknown authority"},
        {AT "watch error in cluster east-cluster: " LIST
            "nodes is forbidden: User \"system:serviceaccount:istio-system:x\" cannot list\n",
         WORDS_RIGHTS,
         "nodes is forbidden: User \"system:serviceaccount:istio-system:x\" cannot list"},
        /* Its own cluster, another one, one whose name only begins alike. */
        {AT "watch error in cluster west-cluster: " LIST "Unauthorized\n", WORDS_NONE, NULL},
        {AT "watch error in cluster east-cluster-2: " LIST "Unauthorized\n", WORDS_NONE, NULL},
        /* The newest counts. */
        {AT "watch error in cluster east-cluster: " LIST "Unauthorized\n" AT
            "watch error in cluster east-cluster: " LIST GET "connection refused\n",
         WORDS_NETWORK, "connection refused"},
        /* A list that is begun anew is no fault. */
        {AT "watch error in cluster east-cluster: too old resource version: 1 (2)\n", WORDS_NONE,
         NULL},
        {"{\"level\":\"error\",\"msg\":\"watch error in cluster east-cluster: failed to list "
         "*v1.Node: Get \\\"https://x/\\\": dial tcp: i/o timeout\",\"time\":\"x\"}\n",
         WORDS_NETWORK, "dial tcp: i/o timeout"},
        {AT "watch error in cluster east-cluster: " LIST "Unauthorized \x1b[31m\n", WORDS_TOKEN,
         "Unauthorized \\u001b[31m"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_FREE char *text = NULL;
        enum words words = words_read(rows[i].log, "east-cluster", &text);
        if (words != rows[i].words || !text != !rows[i].text ||
            (text && strcmp(text, rows[i].text) != 0))
            fail_msg("row %zu: %d \"%s\"", i, (int)words, text ? text : "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complaints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
