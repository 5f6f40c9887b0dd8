/* Who runs this, for others who wait for it. */
#ifndef MESHCTL_BASE_WHO_H
#define MESHCTL_BASE_WHO_H

/* "user@host": the effective user's name, or its number where it has none. Yours to free. */
char *who_dup(void);

#endif
