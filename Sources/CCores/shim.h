#pragma once
#include <sys/syscall.h>
#include <unistd.h>

// How many cores this process may run on; 0 if the system does not say. By system call: the library's function needs _GNU_SOURCE, which
// Swift's own view of the C library does not set.
static inline long ccores_allowed(void) {
#ifdef SYS_sched_getaffinity
    unsigned long mask[128] = {0};
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    long cores = 0;
    for (long i = 0; i < bytes / (long)sizeof mask[0]; i++) cores += __builtin_popcountl(mask[i]);
    return cores;
#else
    return 0;
#endif
}
