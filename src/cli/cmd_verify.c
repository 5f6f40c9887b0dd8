/* `verify`: proof that the mesh works, by requests from every cluster to every cluster. */
#include "cli.h"
#include "meshctl/probe/load.h"
#include "options_images.h"
#include "options_proof.h"
#include "options_verify.h"
#include "result.h"

/* Requests of its own are answered by the image that the mesh has already. */
static int check_images(const struct cli *cli, struct error **err)
{
    const char *option = options_first_given(&cli->options, &options_images_family);
    if (option && !options_verify_of(&cli->options)->bookinfo)
        return error_set(err, ERROR_USAGE, "verify takes --%s with --bookinfo only", option);
    return 0;
}

int cmd_verify(struct cli *cli, struct error **err)
{
    const struct options_proof *proof = options_proof_of(&cli->options);
    AUTO_RUN run = {0};
    const struct options_verify *verify = options_verify_of(&cli->options);
    bool tries = proof->failover || proof->partition || proof->bench;
    if (verify->no_traffic && (proof->keep || tries))
        return error_set(err, ERROR_USAGE, "--no-traffic leaves out all that is done with it");
    if (check_images(cli, err) < 0 || cli_run_prepare(cli, &run, err) < 0)
        return -1;
    run.options.from = STEP_VERIFY;
    run.options.proof = verify->no_traffic ? PROOF_NONE : PROOF_ALWAYS;
    run.options.keep = proof->keep;
    run.options.failover = proof->failover;
    run.options.partition = proof->partition;
    run.options.bench = proof->bench;
    if (proof->rate &&
        cli_parse_count("--rate", proof->rate, LOAD_MAX_RATE, &run.options.rate, err) < 0)
        return -1;
    if (proof->partition &&
        cli_confirm(cli, &run, proof->confirm, "take each east-west gateway away for some seconds",
                    err) < 0)
        return -1;
    return cli_run_finish(cli, &run, err);
}
