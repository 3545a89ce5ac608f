#ifndef REASONING_PROXY_CCURL_H
#define REASONING_PROXY_CCURL_H

#include <curl/curl.h>

#endif
