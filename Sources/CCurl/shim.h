#ifndef REASONING_PROXY_CCURL_H
#define REASONING_PROXY_CCURL_H

// libcurl's type-checking macros look at constant options only; the functions below fix the types themselves.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// What libcurl's socket interface is driven with; Swift's `Glibc` module leaves these headers out.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>

// Swift cannot call variadic C functions. Each function here fixes the one type that a group of options takes.

#pragma clang assume_nonnull begin

/// The body and the header callback: `size` is always 1. Returns the number of bytes taken, or `CURL_WRITEFUNC_PAUSE`.
typedef size_t (*ccurl_bytes_callback)(char *bytes, size_t size, size_t count, void *box);

/// Called once a connection is chosen, before the request is written to it. Returns `CURL_PREREQFUNC_OK` or `_ABORT`.
typedef int (*ccurl_prerequest_callback)(void *box, char *_Nullable peer, char *_Nullable local, int peerPort, int localPort);

/// The set of events to watch on one socket has changed.
typedef int (*ccurl_socket_callback)(CURL *_Nullable easy, curl_socket_t socket, int what, void *box, void *_Nullable socketBox);

/// The time after which the multi handle wants to be called has changed; -1 for never.
typedef int (*ccurl_timer_callback)(CURLM *multi, long milliseconds, void *box);

/// `curl_easy_setopt` (variadic) for options that take a `long`.
static inline CURLcode ccurl_easy_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

/// `curl_easy_setopt` (variadic) for options that take a `curl_off_t`.
static inline CURLcode ccurl_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

/// `curl_easy_setopt` (variadic) for options that take a string, which libcurl copies.
static inline CURLcode ccurl_easy_set_string(CURL *easy, CURLoption option, const char *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

/// `curl_easy_setopt` (variadic) for options that take a pointer which libcurl only keeps, or (`COPYPOSTFIELDS`) copies from.
static inline CURLcode ccurl_easy_set_pointer(CURL *easy, CURLoption option, const void *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

/// `curl_easy_setopt` (variadic) for options that take a list; libcurl keeps the pointer and does not own the list.
static inline CURLcode ccurl_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

/// `curl_easy_setopt` (variadic) for `CURLOPT_WRITEFUNCTION` and `CURLOPT_HEADERFUNCTION`.
static inline CURLcode ccurl_easy_set_bytes_callback(CURL *easy, CURLoption option, ccurl_bytes_callback value) {
    return curl_easy_setopt(easy, option, value);
}

/// `curl_easy_setopt` (variadic) for `CURLOPT_PREREQFUNCTION`.
static inline CURLcode ccurl_easy_set_prerequest_callback(CURL *easy, ccurl_prerequest_callback value) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, value);
}

/// `curl_easy_getinfo` (variadic) for infos that are a `long`.
static inline CURLcode ccurl_easy_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

/// `curl_easy_getinfo` (variadic) for infos that are a `curl_off_t`.
static inline CURLcode ccurl_easy_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

/// `curl_easy_getinfo` (variadic) for `CURLINFO_PRIVATE`.
static inline CURLcode ccurl_easy_get_private(CURL *easy, void *_Nullable *_Nonnull value) {
    return curl_easy_getinfo(easy, CURLINFO_PRIVATE, value);
}

/// `curl_multi_setopt` (variadic) for options that take a `long`.
static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/// `curl_multi_setopt` (variadic) for options that take a pointer which libcurl only keeps.
static inline CURLMcode ccurl_multi_set_pointer(CURLM *multi, CURLMoption option, void *_Nullable value) {
    return curl_multi_setopt(multi, option, value);
}

/// `curl_multi_setopt` (variadic) for `CURLMOPT_SOCKETFUNCTION`.
static inline CURLMcode ccurl_multi_set_socket_callback(CURLM *multi, ccurl_socket_callback value) {
    return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, value);
}

/// `curl_multi_setopt` (variadic) for `CURLMOPT_TIMERFUNCTION`.
static inline CURLMcode ccurl_multi_set_timer_callback(CURLM *multi, ccurl_timer_callback value) {
    return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, value);
}

/// `prctl` (variadic): names the calling thread; the kernel keeps 15 bytes.
static inline void ccurl_name_thread(const char *name) {
    prctl(PR_SET_NAME, name);
}

#pragma clang assume_nonnull end

#endif
