// The text of one benchmark stream, known to both ends: the upstream sends it, the load generator compares with it.
#ifndef BENCH_SCRIPT_H
#define BENCH_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What a stream is made of and how it is sent. It travels in the request's model name, such as
// `bench.r400.a400.w16.g20000.h0.t1.s1`; what a name does not say has the value in brackets.
struct plan {
    uint32_t reasoning; // r: reasoning chunks (1)
    uint32_t answer;    // a: answer chunks (1)
    uint32_t per_write; // w: chunks per write (1)
    uint32_t gap_us;    // g: microseconds between two writes; 0: as fast as they are taken (0)
    uint32_t head_us;   // h: microseconds from the request to the response head (0)
    bool tagged;        // t1: reasoning is text between <think> and </think>; t0: a field of its own (t1)
    bool stamped;       // s1: every answer chunk carries the time of its write (s0)
};

enum {
    LONGEST_PART = 400000, // chunks of one part
    MOST_PER_WRITE = 64,
    STAMP_DIGITS = 19,
};

// One write: a stretch of the wire bytes, and where in it the times go.
struct unit {
    size_t begin, end;
    uint32_t first_stamp, stamps;
};

struct script {
    struct plan plan;
    char *wire; // response head, body in HTTP chunks, and the end
    struct unit *units;
    uint32_t unit_count;
    uint32_t longest_unit;
    uint32_t *stamps;      // offsets in `wire` of the digits
    uint32_t stamp_count;
    char *raw;             // all text of the stream; a digit of a time is `#`
    size_t raw_length;
    size_t answer_begin;   // where in `raw` the answer begins
};

// Reads a plan from a model name; false if it is none or out of bounds.
bool plan_read(struct plan *plan, const char *name, size_t length);

// Makes the script of a plan, the same in every process. Ends the process if memory is out.
struct script *script_make(const struct plan *plan);

// Prints the same stream as a scenario of the mock upstream (tagged, without times).
void script_print_scenario(const struct plan *plan, const char *name);

// The monotonic clock, the same for all processes of a machine, in nanoseconds.
uint64_t now_ns(void);

#endif
