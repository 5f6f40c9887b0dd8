/* The person's word for what disturbs a running mesh. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "meshctl/base/fs.h"
#include "run.h"

#define MAX_ANSWER 256

int cli_confirm(struct cli *cli, const struct cli_run *run, const char *given, const char *deed,
                struct error **err)
{
    const char *mesh_id = run->mesh->id;
    char answer[MAX_ANSWER];
    if (given && strcmp(given, mesh_id) == 0)
        return 0;
    if (given) {
        error_set(err, ERROR_REFUSED, "--confirm %s is not the mesh's id, %s", given, mesh_id);
        return error_hint(err, "--confirm %s; a mesh of another id is named with --mesh-id as well",
                          mesh_id);
    }
    if (run->options.no_input || !isatty(STDIN_FILENO) || !cli->err_out.is_tty) {
        error_set(err, ERROR_REFUSED, "mesh %s: to %s needs a word", mesh_id, deed);
        return error_hint(err, "--confirm %s", mesh_id);
    }
    AUTO_BUF question = BUF_INIT;
    buf_appendf(&question, "Type the mesh's id (%s) to %s: ", mesh_id, deed);
    (void)term_write(&cli->err_out, &question);
    if (fs_wait_readable(STDIN_FILENO, "the answer", err) < 0)
        return -1;
    if (fgets(answer, sizeof(answer), stdin))
        answer[strcspn(answer, "\r\n")] = '\0';
    else
        answer[0] = '\0';
    if (strcmp(answer, mesh_id) == 0)
        return 0;
    error_set(err, ERROR_REFUSED, "that is not %s: nothing was done", mesh_id);
    return error_hint(err, "type the id as it stands there, or give it with --confirm %s", mesh_id);
}
