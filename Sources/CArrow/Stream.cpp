#include "CArrowStream.h"

#include <arrow/api.h>
#include <arrow/util/compression.h>

#include <memory>
#include <string>

struct carrow_decompressor {
  std::unique_ptr<arrow::util::Codec> codec;
  std::shared_ptr<arrow::util::Decompressor> stream;
  std::string message;
  bool started = false;
};

static arrow::Result<std::unique_ptr<arrow::util::Codec>> codec_of(carrow_codec kind) {
  return arrow::util::Codec::Create(
      kind == CARROW_ZSTD ? arrow::Compression::ZSTD : arrow::Compression::GZIP);
}

static arrow::Status step(
    carrow_decompressor *d, const uint8_t *input, size_t input_length, uint8_t *output,
    size_t capacity, size_t *consumed, size_t *produced) {
  if (d->stream->IsFinished() && input_length > 0) {
    // The next member of the file begins here.
    ARROW_RETURN_NOT_OK(d->stream->Reset());
    d->started = false;
  }
  ARROW_ASSIGN_OR_RAISE(
      auto result, d->stream->Decompress(
                       static_cast<int64_t>(input_length), input, static_cast<int64_t>(capacity),
                       output));
  if (result.bytes_read > 0) d->started = true;
  *consumed = static_cast<size_t>(result.bytes_read);
  *produced = static_cast<size_t>(result.bytes_written);
  return arrow::Status::OK();
}

extern "C" {

carrow_decompressor *carrow_decompressor_open(carrow_codec kind) {
  try {
    auto codec = codec_of(kind);
    if (!codec.ok()) return nullptr;
    auto stream = (*codec)->MakeDecompressor();
    if (!stream.ok()) return nullptr;
    return new carrow_decompressor{std::move(*codec), std::move(*stream), {}, false};
  } catch (...) {
    return nullptr;
  }
}

void carrow_decompressor_close(carrow_decompressor *d) { delete d; }

const char *carrow_decompress(
    carrow_decompressor *d, const uint8_t *input, size_t input_length, uint8_t *output,
    size_t capacity, size_t *consumed, size_t *produced) {
  *consumed = *produced = 0;
  try {
    auto status = step(d, input, input_length, output, capacity, consumed, produced);
    if (status.ok()) return nullptr;
    d->message = status.message();
  } catch (const std::exception &e) {
    d->message = e.what();
  } catch (...) {
    d->message = "decompression failed";
  }
  return d->message.c_str();
}

int carrow_decompressor_is_complete(const carrow_decompressor *d) {
  return !d->started || d->stream->IsFinished();
}

size_t carrow_compress(
    carrow_codec kind, const uint8_t *input, size_t input_length, uint8_t *output,
    size_t capacity) {
  try {
    auto codec = codec_of(kind);
    if (!codec.ok()) return 0;
    auto length = static_cast<int64_t>(input_length);
    if (static_cast<size_t>((*codec)->MaxCompressedLen(length, input)) > capacity) return 0;
    auto made = (*codec)->Compress(length, input, static_cast<int64_t>(capacity), output);
    return made.ok() ? static_cast<size_t>(*made) : 0;
  } catch (...) {
    return 0;
  }
}
}
