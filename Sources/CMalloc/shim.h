#pragma once
#include <malloc.h>

// Hands memory that is free inside the process back to the system, where the allocator can.
static inline void cmalloc_give_back(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
