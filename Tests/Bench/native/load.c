// The benchmark's load generator: one thread, keeps a number of streams open, reads and compares every byte of text, prints figures as
// JSON. Usage: load --port PORT --connections N --requests N (each connection, one after another) --model NAME (see script.h)
//                   --style raw|events|off [--ramp-ms N] [--seconds N (deadline)]
//
// `raw` and `off` expect the upstream's stream as it is; `events` expects the phases: a prompt summary, no raw reasoning, the answer's
// chunks one by one, a finish chunk and `[DONE]`. A stream that differs is counted as failed, and the first difference is told.
#define _GNU_SOURCE
#include "reader.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 16384, EVENTS = 512, READ_SIZE = 262144 };

struct options {
    int port, connections, requests, ramp_ms, seconds;
    const char *model, *style;
};

struct client {
    int fd;
    int left;       // requests still to make
    uint64_t begin; // when its first request leaves
    struct reader reader;
};

static struct options options = {.connections = 1, .requests = 1, .seconds = 300, .style = "raw"};
static struct plan plan;
static struct script *script;
static struct client *clients;
static char request[4096];
static size_t request_length;
static int epoll_fd, open_clients;
static struct figures figures;

static void stop(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void make_request(void) {
    char body[2048];
    int length = snprintf(body, sizeof body,
                          "{\"model\":\"%s\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"A train leaves the station at nine "
                          "and covers 240 kilometres in three hours. How fast does it travel, and when does it arrive?\"}]}",
                          options.model);
    const char *style = strcmp(options.style, "raw") == 0 ? "" : options.style;
    request_length = (size_t)snprintf(request, sizeof request,
                                      "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:%d\r\nuser-agent: bench\r\n"
                                      "content-type: application/json\r\n%s%s%scontent-length: %d\r\n\r\n%s",
                                      options.port, *style ? "x-phases: " : "", style, *style ? "\r\n" : "", length, body);
    if (request_length >= sizeof request) stop("the model's name is too long");
}

static void connect_client(struct client *client) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)options.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&address, sizeof address) != 0) stop("connect");
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, client->fd, &event) != 0) stop("epoll_ctl");
}

static void send_request(struct client *client) {
    reader_begin(&client->reader, now_ns());
    client->left--;
    // A request is small: a socket that takes less than all of it is broken.
    if (send(client->fd, request, request_length, MSG_NOSIGNAL) != (ssize_t)request_length) stop("send");
}

// After a stream's end: the next request, or none.
static void go_on(struct client *client, bool whole) {
    if (!whole) {
        close(client->fd);
        figures.reconnects++;
        if (client->left > 0) connect_client(client);
    }
    if (client->left > 0) {
        send_request(client);
    } else {
        open_clients--;
        if (whole) close(client->fd);
        client->fd = -1;
    }
}

static void receive(struct client *client) {
    static char bytes[READ_SIZE];
    ssize_t count = recv(client->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    figures.reads++;
    if (count <= 0) {
        figures_fail(&figures, &client->reader, count == 0 ? "the connection was closed within a stream" : strerror(errno));
        go_on(client, false);
        return;
    }
    figures.bytes += (uint64_t)count;
    switch (reader_take(&client->reader, bytes, (size_t)count, now_ns(), &figures)) {
    case READER_GOES_ON: return;
    case READER_ENDED: go_on(client, true); return;
    case READER_FAILED: go_on(client, false); return;
    }
}

// Sends first requests whose time has come; how long until the next one, in nanoseconds.
static uint64_t ramp(void) {
    static int next;
    uint64_t now = now_ns();
    for (; next < options.connections && clients[next].begin <= now; next++) send_request(&clients[next]);
    return next < options.connections ? clients[next].begin - now : 1000000000u;
}

static uint64_t run(void) {
    uint64_t began = now_ns(), deadline = began + 1000000000ull * (uint64_t)options.seconds;
    for (int at = 0; at < options.connections; at++) {
        clients[at].begin = began + 1000000ull * (uint64_t)options.ramp_ms * (uint64_t)at / (uint64_t)options.connections;
    }
    open_clients = options.connections;
    static struct epoll_event events[EVENTS];
    while (open_clients > 0 && now_ns() < deadline) {
        uint64_t rest = ramp();
        struct timespec wait = {.tv_sec = (time_t)(rest / 1000000000u), .tv_nsec = (long)(rest % 1000000000u)};
        int count = epoll_pwait2(epoll_fd, events, EVENTS, &wait, NULL);
        if (count < 0 && errno != EINTR) stop("epoll_pwait2");
        for (int at = 0; at < count; at++) receive(events[at].data.ptr);
    }
    for (int at = 0; at < options.connections; at++) {
        if (clients[at].fd < 0) continue;
        figures_fail(&figures, &clients[at].reader, "not finished when the time was up");
        figures.failed += (uint64_t)clients[at].left;
    }
    return now_ns() - began;
}

static void read_options(int count, char **arguments) {
    for (int at = 1; at + 1 < count; at += 2) {
        const char *name = arguments[at], *value = arguments[at + 1];
        if (strcmp(name, "--port") == 0) options.port = atoi(value);
        else if (strcmp(name, "--connections") == 0) options.connections = atoi(value);
        else if (strcmp(name, "--requests") == 0) options.requests = atoi(value);
        else if (strcmp(name, "--ramp-ms") == 0) options.ramp_ms = atoi(value);
        else if (strcmp(name, "--seconds") == 0) options.seconds = atoi(value);
        else if (strcmp(name, "--model") == 0) options.model = value;
        else if (strcmp(name, "--style") == 0) options.style = value;
        else exit((fprintf(stderr, "load: unknown option %s\n", name), 2));
    }
    bool bounded = options.connections >= 1 && options.connections <= MOST_CONNECTIONS && options.requests >= 1 && options.seconds >= 1;
    if (options.model == NULL || !plan_read(&plan, options.model, strlen(options.model)) || !bounded || options.ramp_ms < 0) {
        exit((fprintf(stderr, "load: a port, a model such as bench.r400.a400 and positive numbers are needed\n"), 2));
    }
}

int main(int count, char **arguments) {
    signal(SIGPIPE, SIG_IGN);
    read_options(count, arguments);
    script = script_make(&plan);
    figures_prepare(&figures, script, (uint64_t)options.connections * (uint64_t)options.requests);
    make_request();
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    clients = calloc((size_t)options.connections, sizeof *clients);
    if (epoll_fd < 0 || clients == NULL) stop("start");
    bool phases = strcmp(options.style, "events") == 0;
    for (int at = 0; at < options.connections; at++) {
        clients[at].left = options.requests;
        reader_prepare(&clients[at].reader, script, phases);
        connect_client(&clients[at]);
    }
    uint64_t elapsed = run();
    figures_print(&figures, script, elapsed);
    return figures.failed == 0 ? 0 : 1;
}
