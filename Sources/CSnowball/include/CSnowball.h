// Snowball's stemmers, as Debian's libstemmer has them: plain C, taken as it is.
#ifndef CSNOWBALL_H
#define CSNOWBALL_H

#include <libstemmer.h>

#endif
