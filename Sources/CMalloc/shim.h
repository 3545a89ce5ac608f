#pragma once
#include <malloc.h>

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
