#define _GNU_SOURCE
#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Plain words: none is part of a reasoning marker of any profile.
static const char *const words[] = {
    "water",  "train",   "leaves",  "station", "seven",   "metres",  "below",   "bridge",  "garden", "doubles", "number",  "square",
    "counts", "weight",  "carries", "slowly",  "between", "river",   "market",  "apples",  "price",  "rises",   "morning", "evening",
    "speed",  "engine",  "wheels",  "turns",   "faster",  "circle",  "radius",  "length",  "covers", "ground",  "paper",   "folds",
    "twice",  "remains", "equals",  "divides", "factor",  "prime",   "product", "sum",     "of",     "the",     "a",       "with",
    "from",   "into",    "every",   "second",  "minute",  "distance", "travels", "window", "light",  "glass",   "colour",  "measure",
};
enum { WORD_COUNT = sizeof words / sizeof *words };

static const char head[] =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n";
static const char chunk_begin[] =
    "data: {\"id\":\"chatcmpl-0123456789abcdef0123456789abcdef\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,"
    "\"model\":\"bench\",\"choices\":[{\"index\":0,\"delta\":{";
static const char chunk_end[] = "},\"logprobs\":null,\"finish_reason\":null}]}\n\n";
static const char finish_end[] = "},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n";

struct text {
    char *bytes;
    size_t length, capacity;
};

static void *enough(void *memory, size_t size) {
    void *grown = realloc(memory, size);
    if (grown == NULL) {
        fprintf(stderr, "bench: no memory for %zu bytes\n", size);
        exit(2);
    }
    return grown;
}

static void append(struct text *text, const char *bytes, size_t length) {
    if (text->capacity - text->length < length) {
        text->capacity = 2 * text->capacity + length + 4096;
        text->bytes = enough(text->bytes, text->capacity);
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

static void append_string(struct text *text, const char *string) { append(text, string, strlen(string)); }

uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool field_read(struct plan *plan, char key, uint64_t value) {
    switch (key) {
    case 'r': plan->reasoning = (uint32_t)value; return value <= LONGEST_PART;
    case 'a': plan->answer = (uint32_t)value; return value >= 1 && value <= LONGEST_PART;
    case 'w': plan->per_write = (uint32_t)value; return value >= 1 && value <= MOST_PER_WRITE;
    case 'g': plan->gap_us = (uint32_t)value; return value <= 10000000;
    case 'h': plan->head_us = (uint32_t)value; return value <= 10000000;
    case 't': plan->tagged = value == 1; return value <= 1;
    case 's': plan->stamped = value == 1; return value <= 1;
    default: return false;
    }
}

bool plan_read(struct plan *plan, const char *name, size_t length) {
    *plan = (struct plan){.reasoning = 1, .answer = 1, .per_write = 1, .tagged = true};
    if (length < 5 || memcmp(name, "bench", 5) != 0) return false;
    for (size_t at = 5; at < length;) {
        if (name[at] != '.' || length - at < 3) return false;
        char key = name[at + 1];
        uint64_t value = 0;
        size_t digit = at + 2;
        for (; digit < length && name[digit] >= '0' && name[digit] <= '9' && digit - at < 12; digit++) value = 10 * value + (uint64_t)(name[digit] - '0');
        if (digit == at + 2 || !field_read(plan, key, value)) return false;
        at = digit;
    }
    return true;
}

// A writer of sentences that do not repeat themselves; the same ones in every process.
struct author {
    uint32_t state, word, length;
};

static uint32_t drawn(struct author *author, uint32_t bound) {
    author->state = author->state * 1664525u + 1013904223u;
    return (author->state >> 8) % bound;
}

// The next token, as JSON text: a word with its space, a number now and then, a sentence's end with its stop.
static void next_token(struct author *author, char token[64]) {
    bool begins = author->word == 0;
    if (begins) author->length = 7 + drawn(author, 9);
    bool ends = ++author->word == author->length;
    uint32_t choice = drawn(author, WORD_COUNT + 4);
    if (choice < WORD_COUNT) {
        snprintf(token, 64, " %s%s", words[choice], ends ? "." : "");
    } else {
        snprintf(token, 64, " %u%s", 2 + drawn(author, 900), ends ? "." : "");
    }
    if (begins && token[1] >= 'a') token[1] = (char)(token[1] - 'a' + 'A');
    if (ends) author->word = 0;
}

// Adds an event to the wire as an HTTP chunk of its own, and its text to the raw text.
static void add_event(struct text *wire, const char *event, size_t length) {
    char size[16];
    snprintf(size, sizeof size, "%zx\r\n", length);
    append_string(wire, size);
    append(wire, event, length);
    append(wire, "\r\n", 2);
}

static void add_delta(struct text *wire, const char *field, const char *content) {
    char event[1024];
    int length = snprintf(event, sizeof event, "%s\"%s\":\"%s\"%s", chunk_begin, field, content, chunk_end);
    add_event(wire, event, (size_t)length);
}

static void note_stamps(struct script *script, const struct text *wire, size_t from) {
    static const char blank[] = "###################";
    for (const char *at = wire->bytes + from;;) {
        at = memmem(at, (size_t)(wire->bytes + wire->length - at), blank, STAMP_DIGITS);
        if (at == NULL) return;
        script->stamps[script->stamp_count++] = (uint32_t)(at - wire->bytes);
        at += STAMP_DIGITS;
    }
}

static void end_unit(struct script *script, const struct text *wire, size_t begin) {
    struct unit *unit = &script->units[script->unit_count++];
    *unit = (struct unit){.begin = begin, .end = wire->length, .first_stamp = script->stamp_count};
    if (script->plan.stamped) note_stamps(script, wire, begin);
    unit->stamps = script->stamp_count - unit->first_stamp;
    if (wire->length - begin > script->longest_unit) script->longest_unit = (uint32_t)(wire->length - begin);
}

// The content of the chunk at `index`, reasoning first.
static void content_of(const struct plan *plan, struct author *author, uint32_t index, char content[160]) {
    char token[64];
    if (index < plan->reasoning) {
        next_token(author, token);
        snprintf(content, 160, "%s%s%s", plan->tagged && index == 0 ? "<think>" : "", index == 0 ? token + 1 : token,
                 plan->tagged && index + 1 == plan->reasoning ? "</think>" : "");
    } else if (plan->stamped) {
        bool first = index == plan->reasoning;
        snprintf(content, 160, "%st###################", first ? "h################### " : " ");
    } else {
        if (index == plan->reasoning) author->word = 0;
        next_token(author, token);
        snprintf(content, 160, "%s", index == plan->reasoning ? token + 1 : token);
    }
}

struct script *script_make(const struct plan *plan) {
    struct script *script = enough(NULL, sizeof *script);
    *script = (struct script){.plan = *plan};
    uint32_t chunks = plan->reasoning + plan->answer;
    script->units = enough(NULL, sizeof(struct unit) * (chunks / plan->per_write + 4));
    script->stamps = enough(NULL, sizeof(uint32_t) * (plan->answer + 4));
    struct text wire = {0}, raw = {0};
    struct author author = {.state = 12345};
    char content[160];

    // The head leaves with the first event, as servers do that know at once who speaks.
    append_string(&wire, head);
    add_delta(&wire, "role", "assistant");
    end_unit(script, &wire, 0);
    for (uint32_t index = 0; index < chunks;) {
        size_t begin = wire.length;
        for (uint32_t count = 0; count < plan->per_write && index < chunks; count++, index++) {
            content_of(plan, &author, index, content);
            if (index == plan->reasoning) script->answer_begin = raw.length;
            append_string(&raw, content);
            add_delta(&wire, index < plan->reasoning && !plan->tagged ? "reasoning_content" : "content", content);
        }
        end_unit(script, &wire, begin);
    }
    size_t begin = wire.length;
    char event[1024];
    int length = snprintf(event, sizeof event, "%s%s", chunk_begin, finish_end);
    add_event(&wire, event, (size_t)length);
    add_event(&wire, "data: [DONE]\n\n", 14);
    append_string(&wire, "0\r\n\r\n");
    end_unit(script, &wire, begin);

    script->wire = wire.bytes;
    script->raw = raw.bytes;
    script->raw_length = raw.length;
    return script;
}

void script_print_scenario(const struct plan *plan, const char *name) {
    struct author author = {.state = 12345};
    char content[160];
    printf("{\"name\": \"%s\", \"description\": \"a stream of the benchmark\", \"format\": \"plain\", ", name);
    printf("\"pacing\": {\"tokens_per_second\": %g, \"jitter\": 0, \"first_token_delay_ms\": 0}, \"chunking\": \"events:%u\", \"segments\": [",
           plan->gap_us == 0 ? 0 : 1e6 / plan->gap_us, plan->per_write);
    for (uint32_t index = 0; index < plan->reasoning + plan->answer; index++) {
        content_of(plan, &author, index, content);
        if (index == 0) printf("{\"phase\": \"%s\", \"content\": [", plan->reasoning > 0 ? "reasoning" : "answer");
        else if (index == plan->reasoning) printf("]}, {\"phase\": \"answer\", \"content\": [");
        printf("%s\"%s\"", index == 0 || index == plan->reasoning ? "" : ", ", content);
    }
    printf("]}]}\n");
}
