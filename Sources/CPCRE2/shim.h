#ifndef REASONING_PROXY_CPCRE2_H
#define REASONING_PROXY_CPCRE2_H

// The width must be set before the header: it decides the suffix of every function's name.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#endif
