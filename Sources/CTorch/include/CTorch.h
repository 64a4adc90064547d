// libtorch behind a C interface.
//
// Conventions
// - Every function that can fail returns a ctorch_status; CTORCH_OK is 0. After any other status
//   ctorch_error_message() describes the failure of the calling thread's latest failed call.
//   No C++ exception ever leaves this library.
// - A ctorch_tensor is one counted reference to a tensor. A function that fills `out` hands one
//   reference to the caller, who releases it with ctorch_tensor_release. Arguments are borrowed.
// - Element types use the numbers of c10::ScalarType (checked when the library is compiled).
// - Sizes and strides count elements, never bytes.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Errors (Error.cpp)

typedef enum ctorch_status : int32_t {
  CTORCH_OK = 0,
  CTORCH_INVALID_ARGUMENT = 1,  // shapes, element types or values do not fit the operator
  CTORCH_INDEX_OUT_OF_RANGE = 2,
  CTORCH_NOT_IMPLEMENTED = 3,  // the operator lacks this combination of device and type
  CTORCH_OUT_OF_MEMORY = 4,
  CTORCH_LINEAR_ALGEBRA = 5,  // a factorisation did not converge, or a matrix is singular
  CTORCH_UNKNOWN_OPERATOR = 6,
  CTORCH_INTERNAL = 7,
} ctorch_status;

// Message of the calling thread's latest failure, without a C++ stack trace. Valid until that
// thread's next failing call.
const char *ctorch_error_message(void);

// MARK: Tensors (Tensor.cpp)

typedef struct ctorch_tensor_s *ctorch_tensor;

// A new tensor with a copy of `bytes` bytes; fails unless they are exactly what the shape takes.
ctorch_status ctorch_tensor_copy_in(
    const void *data, size_t bytes, int32_t dtype, const int64_t *shape, size_t rank,
    ctorch_tensor *out);

// A tensor over memory that somebody else owns. `release(context)` is called exactly once: when
// the last tensor over the memory is gone, or before this function returns a failure.
ctorch_status ctorch_tensor_borrow(
    const void *data, size_t bytes, int32_t dtype, const int64_t *shape, size_t rank,
    void (*release)(void *context), void *context, ctorch_tensor *out);

// Another counted reference to the same tensor.
ctorch_tensor ctorch_tensor_retain(ctorch_tensor tensor);
void ctorch_tensor_release(ctorch_tensor tensor);

int64_t ctorch_tensor_rank(ctorch_tensor tensor);
// `rank` numbers, valid while the tensor lives and is not resized; null for some exotic layouts.
const int64_t *ctorch_tensor_sizes(ctorch_tensor tensor);
const int64_t *ctorch_tensor_strides(ctorch_tensor tensor);
int64_t ctorch_tensor_count(ctorch_tensor tensor);
int32_t ctorch_tensor_dtype(ctorch_tensor tensor);
// Type as in c10::DeviceType (0 CPU, 1 CUDA).
void ctorch_tensor_device(ctorch_tensor tensor, int32_t *type, int32_t *index);
bool ctorch_tensor_is_contiguous(ctorch_tensor tensor);

// First element of a contiguous tensor on the CPU. Fails for any other.
ctorch_status ctorch_tensor_data(ctorch_tensor tensor, const void **out);
// Copies all elements in row-major order, from any device and layout; `bytes` must be exact.
ctorch_status ctorch_tensor_copy_out(ctorch_tensor tensor, void *out, size_t bytes);
// The single element of a tensor as a number.
ctorch_status ctorch_tensor_item_double(ctorch_tensor tensor, double *out);
ctorch_status ctorch_tensor_item_int64(ctorch_tensor tensor, int64_t *out);

// MARK: Generators (Generator.cpp)

typedef struct ctorch_generator_s *ctorch_generator;

ctorch_status ctorch_generator_new(
    int32_t device_type, int32_t device_index, uint64_t seed, ctorch_generator *out);
void ctorch_generator_release(ctorch_generator generator);

// MARK: Operators (Operator.cpp)

typedef struct ctorch_operator_s *ctorch_operator;

typedef enum ctorch_kind : int32_t {
  CTORCH_NONE = 0,      // the optional is absent
  CTORCH_DEFAULT = 1,   // the value that the operator's schema gives
  CTORCH_TENSOR = 2,    // `pointer`, a ctorch_tensor
  CTORCH_INTEGER = 3,   // `integer`
  CTORCH_NUMBER = 4,    // `number`
  CTORCH_BOOL = 5,      // `integer`
  CTORCH_STRING = 6,    // `pointer`, `count` bytes of UTF-8
  CTORCH_INTEGERS = 7,  // `pointer`, `count` int64_t
  CTORCH_TENSORS = 8,   // `pointer`, `count` ctorch_tensor; null means absent
  CTORCH_GENERATOR = 9,  // `pointer`, a ctorch_generator
  CTORCH_DEVICE = 10,   // `integer` the type, `count` the index
} ctorch_kind;

typedef struct ctorch_value {
  ctorch_kind kind;
  int64_t integer;
  double number;
  const void *pointer;
  int64_t count;
} ctorch_value;

// Looks up an operator of the dispatcher, e.g. "aten::matmul" with overload "". The record is
// immutable, lives as long as the process and may be used from any thread.
ctorch_status ctorch_operator_find(const char *name, const char *overload, ctorch_operator *out);
// The schema as text, e.g. "aten::matmul(Tensor self, Tensor other) -> Tensor".
const char *ctorch_operator_schema(ctorch_operator op);

// Calls an operator. Missing trailing arguments take their defaults. Tensors of the result, lists
// flattened, are put in `results`; `result_count` is the room on entry and their number on return.
// Null stands for an undefined tensor. Results that are no tensors are dropped.
ctorch_status ctorch_operator_call(
    ctorch_operator op, const ctorch_value *arguments, size_t argument_count,
    ctorch_tensor *results, size_t *result_count);

// MARK: Autograd (Autograd.cpp)

bool ctorch_tensor_requires_grad(ctorch_tensor tensor);
ctorch_status ctorch_tensor_set_requires_grad(ctorch_tensor tensor, bool value);
// Null when there is none.
ctorch_status ctorch_tensor_grad(ctorch_tensor tensor, ctorch_tensor *out);
// `gradient` null removes it.
ctorch_status ctorch_tensor_set_grad(ctorch_tensor tensor, ctorch_tensor gradient);
// Adds to the gradients of the leaves. `gradient` may be null for a tensor of one element.
ctorch_status ctorch_backward(ctorch_tensor tensor, ctorch_tensor gradient, bool keep_graph);
// Gradients of `output` by each input, which leaves `grad` alone. Null where there is no path.
ctorch_status ctorch_gradients(
    ctorch_tensor output, const ctorch_tensor *inputs, size_t count, bool create_graph,
    ctorch_tensor *out);

// The calling thread's switch: are operations recorded? Returns the previous state.
bool ctorch_set_gradient_recording(bool enabled);
bool ctorch_gradient_recording(void);

// Room for what the calling thread must go back to after inference mode.
typedef struct ctorch_inference {
  uint64_t storage[8];
} ctorch_inference;
// Inference mode on the calling thread until the matching leave, on the same thread.
void ctorch_inference_enter(ctorch_inference *scope);
void ctorch_inference_leave(ctorch_inference *scope);

// MARK: Runtime (Runtime.cpp)

// Threads that one operator may use, for the whole process, from its next call on.
ctorch_status ctorch_set_threads(int32_t count);
int32_t ctorch_threads(void);
// Once only and before first use; later calls fail.
ctorch_status ctorch_set_interop_threads(int32_t count);
int32_t ctorch_interop_threads(void);

const char *ctorch_version(void);
// Number of usable CUDA devices; 0 where there is no driver or no CUDA build.
int32_t ctorch_cuda_device_count(void);

// Whether the processor has a feature, by libtorch's name for it: "avx2", "avx512_f",
// "amx_bf16", "amx_tile" … Unknown names are absent features.
bool ctorch_processor_has(const char *feature);

#ifdef __cplusplus
}
#endif

#include "CTorchPacked.h"
#include "CTorchTraining.h"
#endif
