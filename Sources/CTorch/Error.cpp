// Exceptions into statuses.
#include <new>
#include <string>
#include <string_view>

#include "Shim.hpp"

namespace {
std::string &latest_message() {
  thread_local std::string message;
  return message;
}
}  // namespace

namespace ctorch {

ctorch_status fail(ctorch_status status, const char *message) noexcept {
  try {
    latest_message() = message;
  } catch (...) {
    latest_message().clear();
  }
  return status;
}

ctorch_status capture_exception() noexcept {
  try {
    throw;
  } catch (const c10::OutOfMemoryError &error) {
    return fail(CTORCH_OUT_OF_MEMORY, error.what_without_backtrace());
  } catch (const c10::IndexError &error) {
    return fail(CTORCH_INDEX_OUT_OF_RANGE, error.what_without_backtrace());
  } catch (const c10::NotImplementedError &error) {
    return fail(CTORCH_NOT_IMPLEMENTED, error.what_without_backtrace());
  } catch (const c10::LinAlgError &error) {
    return fail(CTORCH_LINEAR_ALGEBRA, error.what_without_backtrace());
  } catch (const c10::Error &error) {
    const char *message = error.what_without_backtrace();
    // The CPU allocator reports exhaustion as a plain error.
    const std::string_view text(message);
    const bool memory = text.find("can't allocate memory") != text.npos ||
        text.find("not enough memory") != text.npos;
    return fail(memory ? CTORCH_OUT_OF_MEMORY : CTORCH_INVALID_ARGUMENT, message);
  } catch (const std::bad_alloc &) {
    return fail(CTORCH_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception &error) {
    return fail(CTORCH_INTERNAL, error.what());
  } catch (...) {
    return fail(CTORCH_INTERNAL, "unknown exception");
  }
}

}  // namespace ctorch

const char *ctorch_error_message(void) { return latest_message().c_str(); }
