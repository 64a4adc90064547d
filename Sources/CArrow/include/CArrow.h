// What Akin takes from Apache Arrow: decompression of streams, and Parquet.
#ifndef CARROW_H
#define CARROW_H

#include "CArrowParquet.h"
#include "CArrowStream.h"

#endif
