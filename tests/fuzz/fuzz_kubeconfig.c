/* A kubeconfig: it is resolved to one context, or refused with the place. */
#include "../../src/kube/auth_exec.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/kubeconfig.h"
#include "temp_file.h"

static void check_exec(const struct kube_config *config)
{
    AUTO_ERROR struct error *err = NULL;
    AUTO_FREE char *info = NULL;
    AUTO_FREE char *command = auth_exec_command_dup(config);
    AUTO_FREE char *file = auth_exec_file_dup(config->exec);
    int rc = auth_exec_info_dup(config, AUTH_EXEC_INTERACTIVE, &info, &err);
    check_outcome(rc, err);
    if (!config->exec->command[0] || !file || (rc == 0 && !info) ||
        (command && strpbrk(command, "\n")))
        abort();
}

static void check_config(const struct kube_config *c)
{
    AUTO_ERROR struct error *err = NULL;
    bool is_safe = text_has_prefix(c->server, "https://");
    if ((!is_safe && !text_has_prefix(c->server, "http://")) || strpbrk(c->server, " \t\r\n") ||
        text_has_suffix(c->server, "/") || !c->namespace_[0])
        abort();
    check_clean(c->server);
    /* Nothing that identifies goes over the wire in clear. */
    if (!is_safe && (c->token || c->token_file || c->username || c->password || c->exec ||
                     c->tls.cert_pem || c->tls.key_pem))
        abort();
    if (c->exec)
        check_exec(c);
    check_outcome(kube_config_check(c, &err), err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MC_CLEANUP(kube_config_cleanup) struct kube_config *config = NULL;
    AUTO_ERROR struct error *err = NULL;
    AUTO_TEMP_FILE file = {.fd = -1};
    temp_file_open(&file, (struct part){(const char *)data, size});
    int rc = kube_config_load(file.path, NULL, &config, &err);
    check_outcome(rc, err);
    if ((rc < 0) != (config == NULL))
        abort();
    if (config)
        check_config(config);
    else if (err->kind == ERROR_INPUT && !err->where)
        abort();
    return 0;
}
