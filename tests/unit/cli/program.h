/* What the tests share that run the program itself, as a process. */
#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#include "support.h"

static char program[4096];

/* The program stands beside or above the folder of the tests in the build tree. */
static inline int find_program(void **state)
{
    char self[4000];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (n < 0)
        return -1;
    self[n] = '\0';
    AUTO_FREE char *folder_of_test = fs_dirname_dup(self);
    for (int up = 1; up <= 2 && access(program, X_OK) != 0; up++)
        snprintf(program, sizeof(program), "%.4000s/%smeshctl", folder_of_test,
                 up == 1 ? "../" : "../../");
    if (access(program, X_OK) != 0) {
        fprintf(stderr, "%s is not built\n", program);
        return -1;
    }
    return enter_home(state);
}

#endif
