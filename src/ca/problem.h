/* The list of problems, for those in this room who find them. */
#ifndef CA_PROBLEM_H
#define CA_PROBLEM_H

#include "meshctl/ca/problem.h"

/* Adds one: what was found as printf has it; the rest from the table of faults. */
void problem_add(struct ca_problems *problems, enum ca_fault fault, const char *fmt, ...)
    MC_PRINTF(3, 4);

#endif
