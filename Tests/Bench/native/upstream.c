// The benchmark's upstream: one thread, one `send` per unit of a stream, nothing made while it streams.
//
// usage: upstream [PORT]             prints `listening on http://127.0.0.1:PORT`
//        upstream --scenario NAME    prints the stream of a model as a scenario of the mock upstream
//
// A POST whose body names a model such as `bench.r400.a400` (see script.h) is answered with that stream. Streams without a gap take
// turns, one write each; the others write when their time has come, spread over the gap by a fixed rule. GET /counts tells how many
// connections were accepted and how many streams asked for; everything else is a 404.
#define _GNU_SOURCE
#include "script.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 16384, MOST_SCRIPTS = 64, MOST_REQUEST = 65536, EVENTS = 512 };

struct connection {
    int fd;
    char *request; // while a request is read
    size_t received;
    const struct script *script; // while a stream is sent
    uint32_t unit;
    char *rest; // what the kernel did not take of a unit
    size_t rest_length, rest_sent;
    uint64_t head_time;
    uint64_t due;      // when the next unit leaves, for streams with a gap
    int place;         // in the list of busy streams or in the heap; -1: in neither
    bool waits;        // for room in the socket
};

static int epoll_fd;
static struct connection *connections[MOST_CONNECTIONS]; // by descriptor
static struct connection *busy[MOST_CONNECTIONS];
static int busy_count;
static struct connection *heap[MOST_CONNECTIONS];
static int heap_count;
static const struct script *scripts[MOST_SCRIPTS];
static int script_count;
static uint32_t accepted, streams;

static void fail(const char *what) {
    fprintf(stderr, "upstream: %s: %s\n", what, strerror(errno));
    exit(2);
}

static const struct script *script_for(const struct plan *plan) {
    for (int at = 0; at < script_count; at++) {
        if (memcmp(&scripts[at]->plan, plan, sizeof *plan) == 0) return scripts[at];
    }
    if (script_count == MOST_SCRIPTS) return NULL;
    return scripts[script_count++] = script_make(plan);
}

static void swap(int one, int two) {
    struct connection *kept = heap[one];
    heap[one] = heap[two];
    heap[two] = kept;
    heap[one]->place = one;
    heap[two]->place = two;
}

static void sift(int at) {
    while (at > 0 && heap[at]->due < heap[(at - 1) / 2]->due) {
        swap(at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
    for (;;) {
        int least = at;
        for (int child = 2 * at + 1; child <= 2 * at + 2 && child < heap_count; child++) {
            if (heap[child]->due < heap[least]->due) least = child;
        }
        if (least == at) return;
        swap(at, least);
        at = least;
    }
}

// Puts a stream where its next unit is looked for: among the busy ones, or among those that wait for a time.
static void enqueue(struct connection *connection) {
    if (connection->due == 0) {
        connection->place = busy_count;
        busy[busy_count++] = connection;
    } else {
        connection->place = heap_count;
        heap[heap_count++] = connection;
        sift(connection->place);
    }
}

static void dequeue(struct connection *connection) {
    int place = connection->place;
    if (place < 0) return;
    connection->place = -1;
    if (connection->due == 0) {
        busy[place] = busy[--busy_count];
        if (place < busy_count) busy[place]->place = place;
    } else {
        heap[place] = heap[--heap_count];
        if (place < heap_count) {
            heap[place]->place = place;
            sift(place);
        }
    }
}

static void close_connection(struct connection *connection) {
    dequeue(connection);
    connections[connection->fd] = NULL;
    close(connection->fd);
    free(connection->request);
    free(connection->rest);
    free(connection);
}

static void watch(struct connection *connection, bool room) {
    struct epoll_event event = {.events = EPOLLIN | (room ? EPOLLOUT : 0), .data.fd = connection->fd};
    connection->waits = room;
    if (epoll_ctl(epoll_fd, EPOLL_CTL_MOD, connection->fd, &event) != 0) fail("epoll_ctl");
}

static void write_stamp(char *digits, uint64_t time) {
    for (int at = STAMP_DIGITS - 1; at >= 0; at--, time /= 10) digits[at] = (char)('0' + time % 10);
}

// The unit's bytes, with the time in them.
static const char *bytes_of(const struct script *script, const struct unit *unit, uint64_t head_time) {
    static char *stamped;
    static size_t capacity;
    if (unit->stamps == 0) return script->wire + unit->begin;
    if (capacity < script->longest_unit) {
        capacity = script->longest_unit;
        stamped = realloc(stamped, capacity);
        if (stamped == NULL) fail("memory");
    }
    memcpy(stamped, script->wire + unit->begin, unit->end - unit->begin);
    uint64_t now = now_ns();
    for (uint32_t at = unit->first_stamp; at < unit->first_stamp + unit->stamps; at++) {
        // The stream's first stamp tells when its head was written.
        write_stamp(stamped + script->stamps[at] - unit->begin, at == 0 ? head_time : now);
    }
    return stamped;
}

// Sends what a stream has to send now. False if the connection is gone.
static bool send_unit(struct connection *connection) {
    const struct script *script = connection->script;
    const struct unit *unit = &script->units[connection->unit];
    size_t length = unit->end - unit->begin;
    if (connection->unit == 0) connection->head_time = now_ns();
    const char *bytes = bytes_of(script, unit, connection->head_time);
    ssize_t sent = send(connection->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (sent < 0) sent = 0;
    connection->unit++;
    if ((size_t)sent < length) {
        connection->rest_length = length - (size_t)sent;
        connection->rest_sent = 0;
        connection->rest = realloc(connection->rest, connection->rest_length);
        if (connection->rest == NULL) fail("memory");
        memcpy(connection->rest, bytes + sent, connection->rest_length);
        watch(connection, true);
    }
    return true;
}

static bool send_rest(struct connection *connection) {
    ssize_t sent = send(connection->fd, connection->rest + connection->rest_sent, connection->rest_length - connection->rest_sent,
                        MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    connection->rest_sent += (size_t)sent;
    if (connection->rest_sent == connection->rest_length) watch(connection, false);
    return true;
}

// Puts a stream where its next turn comes: at once, or one gap after the last.
static void plan_next(struct connection *connection) {
    uint64_t gap = 1000ull * connection->script->plan.gap_us;
    connection->due = gap == 0 ? 0 : (connection->due == 0 ? now_ns() : connection->due) + gap;
    enqueue(connection);
}

static void advance(struct connection *connection) {
    if (!send_unit(connection)) {
        close_connection(connection);
        return;
    }
    bool ended = connection->unit == connection->script->unit_count;
    bool stays = connection->due == 0 && connection->script->plan.gap_us == 0 && !connection->waits && !ended;
    if (stays) return;
    dequeue(connection);
    if (ended) connection->script = NULL;
    else if (!connection->waits) plan_next(connection);
}

static void begin_stream(struct connection *connection, const struct plan *plan) {
    connection->script = script_for(plan);
    if (connection->script == NULL) {
        close_connection(connection);
        return;
    }
    connection->unit = 0;
    // The golden ratio spreads any number of streams evenly over the gap, so that they do not write in step.
    uint64_t spread_us = (uint64_t)(uint32_t)(++streams * 0x9E3779B1u) * plan->gap_us >> 32;
    uint64_t delay = 1000 * (plan->head_us + spread_us);
    connection->due = delay == 0 ? 0 : now_ns() + delay;
    enqueue(connection);
}

static void answer_plainly(struct connection *connection, bool counts) {
    char body[128] = "{}", answer[512];
    if (counts) snprintf(body, sizeof body, "{\"connections\": %u, \"streams\": %u}", accepted, streams);
    int length = snprintf(answer, sizeof answer, "HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n%s",
                          counts ? "200 OK" : "404 Not Found", strlen(body), body);
    if (send(connection->fd, answer, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) close_connection(connection);
}

// The model's plan, if the body names one.
static bool plan_of(struct plan *plan, const char *body, size_t length) {
    const char *end = body + length, *at = memmem(body, length, "\"model\"", 7);
    if (at == NULL) return false;
    for (at += 7; at < end && (*at == ' ' || *at == ':'); at++) {}
    if (at == end || *at++ != '"') return false;
    const char *quote = memchr(at, '"', (size_t)(end - at));
    return quote != NULL && plan_read(plan, at, (size_t)(quote - at));
}

static void take_request(struct connection *connection) {
    connection->request[connection->received] = 0;
    char *head_end = strstr(connection->request, "\r\n\r\n");
    if (head_end == NULL) return;
    char *body = head_end + 4;
    *head_end = 0;
    char *field = strcasestr(connection->request, "\r\ncontent-length:");
    size_t length = field == NULL ? 0 : strtoul(field + 17, NULL, 10);
    *head_end = '\r';
    if (length > (size_t)(connection->request + connection->received - body)) return;
    struct plan plan;
    bool planned = plan_of(&plan, body, length), counts = strncmp(connection->request, "GET /counts ", 12) == 0;
    connection->received = 0;
    if (planned) begin_stream(connection, &plan);
    else answer_plainly(connection, counts);
}

static void receive(struct connection *connection) {
    if (connection->request == NULL) connection->request = malloc(MOST_REQUEST + 1);
    if (connection->request == NULL) fail("memory");
    ssize_t count = recv(connection->fd, connection->request + connection->received, MOST_REQUEST - connection->received, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    // A client that speaks while it is answered is not expected here; one that is gone is no longer served.
    if (count <= 0 || connection->script != NULL) {
        close_connection(connection);
        return;
    }
    connection->received += (size_t)count;
    take_request(connection);
}

static void accept_all(int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        if (fd >= MOST_CONNECTIONS) {
            close(fd);
            continue;
        }
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct connection *connection = calloc(1, sizeof *connection);
        if (connection == NULL) fail("memory");
        connection->fd = fd;
        connection->place = -1;
        connections[fd] = connection;
        accepted++;
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
    }
}

static int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 4096) != 0) fail("listen");
    getsockname(fd, (struct sockaddr *)&address, &length);
    printf("listening on http://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void wait_for_events(int listener) {
    static struct epoll_event events[EVENTS];
    struct timespec wait = {0};
    bool forever = busy_count == 0 && heap_count == 0;
    if (busy_count == 0 && heap_count > 0) {
        uint64_t now = now_ns();
        uint64_t rest = heap[0]->due > now ? heap[0]->due - now : 0;
        wait = (struct timespec){.tv_sec = (time_t)(rest / 1000000000u), .tv_nsec = (long)(rest % 1000000000u)};
    }
    int count = epoll_pwait2(epoll_fd, events, EVENTS, forever ? NULL : &wait, NULL);
    if (count < 0 && errno != EINTR) fail("epoll_pwait2");
    for (int at = 0; at < count; at++) {
        int fd = events[at].data.fd;
        if (fd == listener) {
            accept_all(listener);
            continue;
        }
        struct connection *connection = connections[fd];
        if (connection != NULL && events[at].events & EPOLLOUT) {
            if (!send_rest(connection)) {
                close_connection(connection);
                connection = NULL;
            } else if (!connection->waits && connection->script != NULL) {
                plan_next(connection);
            }
        }
        if (connection != NULL && events[at].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(connection);
    }
}

int main(int count, char **arguments) {
    signal(SIGPIPE, SIG_IGN);
    if (count == 3 && strcmp(arguments[1], "--scenario") == 0) {
        struct plan plan;
        if (!plan_read(&plan, arguments[2], strlen(arguments[2])) || plan.stamped || !plan.tagged) return 2;
        script_print_scenario(&plan, arguments[2]);
        return 0;
    }
    int port = count > 1 ? atoi(arguments[1]) : 0;
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int listener = listen_on(port);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    if (epoll_fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event) != 0) fail("epoll");
    for (;;) {
        // From the end: a stream that ends gives its place to one that had its turn.
        for (int at = busy_count - 1; at >= 0; at--) advance(busy[at]);
        uint64_t now = heap_count > 0 ? now_ns() : 0;
        while (heap_count > 0 && heap[0]->due <= now) advance(heap[0]);
        wait_for_events(listener);
    }
}
