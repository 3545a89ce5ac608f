#ifndef REASONING_PROXY_KERNELPOLL_H
#define REASONING_PROXY_KERNELPOLL_H

// Linux' asynchronous I/O, as far as it is needed to be told once that a descriptor is readable (`IOCB_CMD_POLL`, since
// Linux 4.18). The C library has no functions for it; `syscall` is variadic, which Swift cannot call.

#include <linux/aio_abi.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#pragma clang assume_nonnull begin

/// Creates a context for so many requests at once; 0 or -1.
static inline int kernelpoll_setup(unsigned count, aio_context_t *context) {
    *context = 0;
    return (int)syscall(SYS_io_setup, count, context);
}

/// Cancels what is under way and frees the context.
static inline void kernelpoll_destroy(aio_context_t context) {
    syscall(SYS_io_destroy, context);
}

/// Asks to add 1 to the eventfd `notification` once `descriptor` is readable; 0 or -1.
static inline int kernelpoll_arm(aio_context_t context, int descriptor, int notification) {
    struct iocb request = {0};
    struct iocb *requests[1] = {&request};
    request.aio_lio_opcode = IOCB_CMD_POLL;
    request.aio_fildes = (uint32_t)descriptor;
    request.aio_buf = 1;  // POLLIN
    request.aio_flags = IOCB_FLAG_RESFD;
    request.aio_resfd = (uint32_t)notification;
    return syscall(SYS_io_submit, context, 1L, requests) == 1 ? 0 : -1;
}

/// The head of the ring of results that the kernel maps into the process at the context's address.
struct kernelpoll_ring {
    unsigned id;
    unsigned count;
    unsigned head;
    unsigned tail;
    unsigned magic;
};

/// Throws away the results of requests that are done: without a system call if the ring has the layout known here.
static inline void kernelpoll_discard_results(aio_context_t context) {
    struct kernelpoll_ring *ring = (struct kernelpoll_ring *)(uintptr_t)context;
    if (ring->magic == 0xa10a10a1U) {
        __atomic_store_n(&ring->head, __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE), __ATOMIC_RELEASE);
    } else {
        struct io_event results[4];
        syscall(SYS_io_getevents, context, 0L, 4L, results, (void *)0);
    }
}

#pragma clang assume_nonnull end

#endif
