/* What an exec plug-in prints. It is taken whole or not at all, and no error quotes it. */
#include "../../src/kube/auth_exec.h"
#include "input.h"

/* Our own words hold nothing but these; a program's output may. */
#define OUR_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,/"

static void check_answer(const struct auth_exec_answer *a)
{
    if ((!a->token && !a->cert_pem) || (a->cert_pem != NULL) != (a->key_pem != NULL))
        abort();
    if (a->token) {
        if (!a->token[0] || strpbrk(a->token, "\r\n\t"))
            abort();
        check_clean(a->token);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const versions[] = {"client.authentication.k8s.io/v1",
                                           "client.authentication.k8s.io/v1beta1"};
    AUTO_BUF out = BUF_INIT;
    buf_append(&out, data, size);
    for (size_t i = 0; i < MC_ARRAY_LEN(versions); i++) {
        struct kube_exec_plugin exec = {.command = (char *)(uintptr_t) "plugin",
                                        .api_version = (char *)(uintptr_t)versions[i]};
        AUTO_EXEC_ANSWER answer = {0};
        AUTO_ERROR struct error *err = NULL;
        int rc = auth_exec_answer_read(&exec, &out, &answer, &err);
        check_outcome(rc, err);
        if (rc == 0)
            check_answer(&answer);
        else if (answer.token || answer.cert_pem || answer.key_pem || answer.expires ||
                 err->message[strspn(err->message, OUR_LETTERS)])
            abort();
    }
    return 0;
}
