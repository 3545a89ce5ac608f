// Reads one answer: HTTP chunks, server-sent events, chat completion chunks; compares its text and takes its times.
#ifndef BENCH_READER_H
#define BENCH_READER_H

#include "script.h"

struct samples {
    uint32_t *values; // tenths of a microsecond
    size_t count, capacity;
};

// What a whole run has seen.
struct figures {
    uint64_t streams, failed, reconnects, reads, bytes, frames, answer_frames, summary_frames;
    char first_failure[512];
    struct samples first_frame;  // from the request to the first event
    struct samples after_head;   // from the upstream's head to the first event (stamped streams)
    struct samples first_answer; // from the upstream's first answer write to its arrival (stamped)
    struct samples latency;      // from the upstream's write to the arrival, every answer chunk (stamped)
    struct samples whole;        // from the request to the end
};

struct reader {
    const struct script *script;
    bool phases;
    // HTTP
    int state;
    uint64_t chunk_left;
    char head[2048];
    size_t head_length;
    // Events
    char *line; // a line that is not complete
    size_t line_length, line_capacity;
    // The stream
    uint64_t began, first_frame;
    size_t text; // position in the expected text
    uint32_t chunks, prompt_summaries, reasoning_summaries;
    bool finished, done;
    char problem[256];
};

enum reader_result { READER_GOES_ON, READER_ENDED, READER_FAILED };

void reader_prepare(struct reader *reader, const struct script *script, bool phases);
void reader_begin(struct reader *reader, uint64_t now);
enum reader_result reader_take(struct reader *reader, const char *bytes, size_t count, uint64_t now, struct figures *figures);

void figures_prepare(struct figures *figures, const struct script *script, uint64_t streams);
void figures_fail(struct figures *figures, struct reader *reader, const char *why);
void figures_add(struct samples *samples, uint64_t nanoseconds);
void figures_print(struct figures *figures, const struct script *script, uint64_t elapsed);

#endif
