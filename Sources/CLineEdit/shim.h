#ifndef REASONING_PROXY_CLINEEDIT_H
#define REASONING_PROXY_CLINEEDIT_H

#include <stdio.h>
#include <editline/readline.h>

#endif
