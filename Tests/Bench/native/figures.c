#define _GNU_SOURCE
#include "reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { MOST_SAMPLES = 4000000 };

static void prepare(struct samples *samples, uint64_t count) {
    samples->capacity = count < MOST_SAMPLES ? (size_t)count : MOST_SAMPLES;
    samples->values = malloc(sizeof *samples->values * (samples->capacity + 1));
    if (samples->values == NULL) exit((fprintf(stderr, "load: no memory\n"), 2));
}

void figures_prepare(struct figures *figures, const struct script *script, uint64_t streams) {
    prepare(&figures->first_frame, streams);
    prepare(&figures->after_head, streams);
    prepare(&figures->first_answer, streams);
    prepare(&figures->whole, streams);
    prepare(&figures->latency, script->plan.stamped ? streams * script->plan.answer : 0);
}

void figures_add(struct samples *samples, uint64_t nanoseconds) {
    if (samples->count < samples->capacity) samples->values[samples->count++] = (uint32_t)(nanoseconds / 100);
}

void figures_fail(struct figures *figures, struct reader *reader, const char *why) {
    figures->failed++;
    if (figures->first_failure[0] != 0) return;
    snprintf(figures->first_failure, sizeof figures->first_failure, "%s (after %u chunks)", why, reader->chunks);
}

static int ascending(const void *one, const void *two) {
    uint32_t left = *(const uint32_t *)one, right = *(const uint32_t *)two;
    return left < right ? -1 : left > right;
}

static void print_samples(const char *name, struct samples *samples) {
    if (samples->count == 0) return;
    qsort(samples->values, samples->count, sizeof *samples->values, ascending);
    size_t last = samples->count - 1;
    printf("\"%s_us\": {\"count\": %zu, \"p50\": %.1f, \"p99\": %.1f, \"max\": %.1f}, ", name, samples->count,
           samples->values[last / 2] / 10.0, samples->values[(size_t)((double)last * 0.99 + 0.5)] / 10.0, samples->values[last] / 10.0);
}

static void print_text(const char *text) {
    putchar('"');
    for (; *text != 0; text++) {
        if (*text == '"' || *text == '\\') printf("\\%c", *text);
        else if ((unsigned char)*text < ' ') printf("\\u%04x", *text);
        else putchar(*text);
    }
    putchar('"');
}

void figures_print(struct figures *figures, const struct script *script, uint64_t elapsed) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    uint64_t chunks = figures->streams * ((uint64_t)script->plan.reasoning + script->plan.answer);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("{\"seconds\": %.6f, \"streams\": %llu, \"failed\": %llu, \"chunks\": %llu, ", (double)elapsed / 1e9,
           (unsigned long long)figures->streams, (unsigned long long)figures->failed, (unsigned long long)chunks);
    print_samples("first_frame", &figures->first_frame);
    print_samples("after_head", &figures->after_head);
    print_samples("first_answer", &figures->first_answer);
    print_samples("latency", &figures->latency);
    print_samples("whole", &figures->whole);
    printf("\"frames\": %llu, \"text_frames\": %llu, \"summary_frames\": %llu, \"reads\": %llu, \"bytes\": %llu, \"reconnects\": %llu, "
           "\"cpu_seconds\": %.4f, \"first_failure\": ",
           (unsigned long long)figures->frames, (unsigned long long)figures->answer_frames, (unsigned long long)figures->summary_frames,
           (unsigned long long)figures->reads, (unsigned long long)figures->bytes, (unsigned long long)figures->reconnects, cpu);
    print_text(figures->first_failure);
    printf("}\n");
}
