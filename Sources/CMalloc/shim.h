#pragma once
#include <malloc.h>
#include <stdio.h>
#include <sys/mman.h>

// Hands memory that is free inside the process back to the system, where the allocator can.
static inline void cmalloc_give_back(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

// Lets each heap keep 4 MiB that are free at its end: by default 128 KiB, so that short requests make it shrink and grow, page by page.
static inline void cmalloc_keep_ends(void) {
#ifdef __GLIBC__
    mallopt(M_TRIM_THRESHOLD, 4 << 20);
#endif
}

// Lets go of the pages of programs and libraries that only the start needed: relocations, symbol tables, code that runs once. They are about
// half of what a process at rest holds. They stay in the system's cache, and what is needed again comes back with a page fault, unread.
//
// Only mappings that are neither writable nor hold a changed page: of those nothing could come back.
static inline void cmalloc_forget_start(void) {
#ifdef __linux__
    FILE *maps = fopen("/proc/self/smaps", "re");
    if (!maps) return;
    char line[512], access[5] = "", path[2] = "";
    unsigned long begin, end, first = 0, last = 0, changed;
    while (fgets(line, sizeof line, maps)) {
        char nextAccess[5] = "", nextPath[2] = "";
        if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %1s", &begin, &end, nextAccess, nextPath) >= 3) {
            first = begin, last = end;
            for (int i = 0; i < 5; i++) access[i] = nextAccess[i];
            path[0] = nextPath[0];
        } else if (sscanf(line, "Anonymous: %lu kB", &changed) == 1 && changed == 0 && access[1] == '-' && access[3] == 'p' && path[0] == '/') {
            madvise((void *)first, last - first, MADV_DONTNEED);
        }
    }
    fclose(maps);
#endif
}
