#define _GNU_SOURCE
#include "reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// States of the HTTP reader: the head; the line with a chunk's size; its bytes; the line end behind them; the end.
enum { HEAD, SIZE, DATA, DATA_END, TRAILER };

enum { LONGEST_LINE = 1 << 20 };

void reader_prepare(struct reader *reader, const struct script *script, bool phases) {
    reader->script = script;
    reader->phases = phases;
}

void reader_begin(struct reader *reader, uint64_t now) {
    reader->state = HEAD;
    reader->chunk_left = reader->head_length = reader->line_length = 0;
    reader->began = now;
    reader->first_frame = 0;
    reader->text = reader->phases ? reader->script->answer_begin : 0;
    reader->chunks = reader->prompt_summaries = reader->reasoning_summaries = 0;
    reader->finished = reader->done = false;
    reader->problem[0] = 0;
}

static void object(struct reader *reader, const char *what, const char *bytes, size_t length) {
    if (reader->problem[0] != 0) return;
    snprintf(reader->problem, sizeof reader->problem, "%s: %.*s", what, (int)(length < 160 ? length : 160), bytes);
}

// The time a stamp holds, its digits in front of `end`.
static uint64_t stamp_before(const char *end) {
    uint64_t time = 0;
    for (const char *digit = end - STAMP_DIGITS; digit < end; digit++) time = 10 * time + (uint64_t)(*digit - '0');
    return time;
}

static bool equal(const char *expected, const char *bytes, size_t length) {
    if (memcmp(expected, bytes, length) == 0) return true;
    for (size_t at = 0; at < length; at++) {
        bool digit = expected[at] == '#' && bytes[at] >= '0' && bytes[at] <= '9';
        if (expected[at] != bytes[at] && !digit) return false;
    }
    return true;
}

// Takes a chunk's text: it must be what comes next.
static void take_text(struct reader *reader, const char *bytes, size_t length, uint64_t now, struct figures *figures) {
    const struct script *script = reader->script;
    if (length == 0) return;
    if (length > script->raw_length - reader->text || !equal(script->raw + reader->text, bytes, length)) {
        object(reader, "not the text that was expected", bytes, length);
        return;
    }
    bool first = reader->text == script->answer_begin;
    reader->text += length;
    reader->chunks++;
    if (!script->plan.stamped || reader->text <= script->answer_begin) return;
    if (length < STAMP_DIGITS + 1 || bytes[length - STAMP_DIGITS - 1] != 't') {
        object(reader, "an answer chunk was cut", bytes, length);
        return;
    }
    uint64_t sent = stamp_before(bytes + length);
    figures_add(&figures->latency, now - sent);
    if (!first) return;
    figures_add(&figures->first_answer, now - sent);
    // The answer's first chunk also holds the time of the head: `h…`, a space, `t…`.
    uint64_t head = stamp_before(bytes + 1 + STAMP_DIGITS);
    figures_add(&figures->after_head, reader->first_frame > head ? reader->first_frame - head : 0);
}

// The JSON string behind `key` in a line, without its quotes; NULL if there is none.
static const char *string_behind(const char *line, size_t length, const char *key, size_t key_length, size_t *found) {
    const char *at = memmem(line, length, key, key_length), *end = line + length;
    if (at == NULL) return NULL;
    at += key_length;
    if (at < end && *at == ' ') at++;
    if (at == end || *at++ != '"') return NULL;
    const char *close = memchr(at, '"', (size_t)(end - at));
    if (close == NULL) return NULL;
    *found = (size_t)(close - at);
    return at;
}

#define STRING_BEHIND(line, length, key, found) string_behind(line, length, key, sizeof key - 1, found)

static void take_phase(struct reader *reader, char phase, const char *content, size_t length, uint64_t now, struct figures *figures) {
    if (content == NULL || length == 0) return;
    if (phase == 'f') {
        take_text(reader, content, length, now, figures);
    } else {
        figures->summary_frames++;
        phase == 'p' ? reader->prompt_summaries++ : reader->reasoning_summaries++;
    }
}

static void take_data(struct reader *reader, const char *line, size_t length, uint64_t now, struct figures *figures) {
    figures->frames++;
    if (reader->first_frame == 0) reader->first_frame = now;
    if (reader->done) object(reader, "an event behind the end", line, length);
    if (length == 6 && memcmp(line, "[DONE]", 6) == 0) {
        reader->done = true;
        return;
    }
    if (length > 8 && memcmp(line, "{\"error\"", 8) == 0) {
        object(reader, "an error in the stream", line, length);
        return;
    }
    size_t content_length = 0, phase_length = 0;
    const char *content = STRING_BEHIND(line, length, "\"content\":", &content_length);
    if (reader->phases) {
        const char *phase = STRING_BEHIND(line, length, "\"phase\":", &phase_length);
        if (phase != NULL) {
            take_phase(reader, *phase, content, content_length, now, figures);
        } else if (content_length > 0) {
            object(reader, "text without a phase", line, length);
        }
    } else {
        if (content == NULL) content = STRING_BEHIND(line, length, "\"reasoning_content\":", &content_length);
        if (content != NULL) take_text(reader, content, content_length, now, figures);
    }
    if (content_length == 0 && memmem(line, length, "\"finish_reason\":\"stop\"", 22) != NULL) reader->finished = true;
}

static void take_line(struct reader *reader, const char *line, size_t length, uint64_t now, struct figures *figures) {
    if (length > 6 && memcmp(line, "data: ", 6) == 0) take_data(reader, line + 6, length - 6, now, figures);
}

// Body bytes: whole lines are taken where they stand, the rest is kept.
static void take_body(struct reader *reader, const char *bytes, size_t count, uint64_t now, struct figures *figures) {
    while (count > 0) {
        const char *end = memchr(bytes, '\n', count);
        size_t length = end == NULL ? count : (size_t)(end - bytes);
        if (end != NULL && reader->line_length == 0) {
            take_line(reader, bytes, length, now, figures);
        } else {
            if (reader->line_length + length > reader->line_capacity) {
                reader->line_capacity = 2 * (reader->line_length + length);
                reader->line = realloc(reader->line, reader->line_capacity);
                if (reader->line == NULL || reader->line_capacity > LONGEST_LINE) {
                    fprintf(stderr, "load: a line is too long\n");
                    exit(2);
                }
            }
            memcpy(reader->line + reader->line_length, bytes, length);
            reader->line_length += length;
            if (end != NULL) {
                take_line(reader, reader->line, reader->line_length, now, figures);
                reader->line_length = 0;
            }
        }
        if (end == NULL) return;
        count -= length + 1;
        bytes += length + 1;
    }
}

// Takes one byte of the head or of a line between chunks. True when the line or the head is complete.
static bool take_head_byte(struct reader *reader, char byte) {
    if (reader->head_length + 1 >= sizeof reader->head) {
        object(reader, "the head is too long", reader->head, reader->head_length);
        return false;
    }
    reader->head[reader->head_length++] = byte;
    reader->head[reader->head_length] = 0;
    size_t ending = reader->state == HEAD ? 4 : 2;
    return reader->head_length >= ending && memcmp(reader->head + reader->head_length - ending, "\r\n\r\n", ending) == 0;
}

// Checks the head, or opens the next chunk. True at the answer's end.
static bool head_complete(struct reader *reader) {
    size_t length = reader->head_length;
    reader->head_length = 0;
    switch (reader->state) {
    case HEAD:
        if (strncmp(reader->head, "HTTP/1.1 200 ", 13) != 0) object(reader, "the status is not 200", reader->head, length);
        if (strcasestr(reader->head, "\r\ntransfer-encoding: chunked") == NULL) object(reader, "not chunked", reader->head, length);
        reader->state = SIZE;
        return false;
    case SIZE:
        reader->chunk_left = strtoull(reader->head, NULL, 16);
        reader->state = reader->chunk_left == 0 ? TRAILER : DATA;
        return false;
    case DATA_END:
        reader->state = SIZE;
        return false;
    default:
        return length == 2;
    }
}

static void end(struct reader *reader, uint64_t now, struct figures *figures) {
    const struct script *script = reader->script;
    const char *missing = NULL;
    uint32_t expected = script->plan.answer + (reader->phases ? 0 : script->plan.reasoning);
    if (reader->text != script->raw_length) missing = "text is missing at the end";
    else if (!reader->done) missing = "[DONE] is missing";
    else if (!reader->finished) missing = "the finish chunk is missing";
    else if (reader->chunks != expected) missing = "chunks were joined or cut";
    else if (reader->phases && reader->prompt_summaries == 0) missing = "the prompt summary is missing";
    else if (reader->phases && script->plan.reasoning >= 100 && reader->reasoning_summaries == 0) missing = "no summary of the reasoning";
    if (missing != NULL) object(reader, missing, "", 0);
    figures->streams++;
    figures->answer_frames += reader->chunks;
    figures_add(&figures->first_frame, reader->first_frame - reader->began);
    figures_add(&figures->whole, now - reader->began);
}

enum reader_result reader_take(struct reader *reader, const char *bytes, size_t count, uint64_t now, struct figures *figures) {
    for (size_t at = 0; at < count;) {
        if (reader->state == DATA) {
            size_t part = count - at < reader->chunk_left ? count - at : (size_t)reader->chunk_left;
            take_body(reader, bytes + at, part, now, figures);
            at += part;
            reader->chunk_left -= part;
            if (reader->chunk_left == 0) reader->state = DATA_END;
        } else if (take_head_byte(reader, bytes[at++]) && head_complete(reader)) {
            if (at != count) object(reader, "bytes behind the end", bytes + at, count - at);
            end(reader, now, figures);
            if (reader->problem[0] == 0) return READER_ENDED;
        }
        if (reader->problem[0] != 0) {
            figures_fail(figures, reader, reader->problem);
            return READER_FAILED;
        }
    }
    return READER_GOES_ON;
}
