// Calls of operators by name, through libtorch's dispatcher.
//
// One door serves every operator: the dispatcher knows each one's schema, so a call checks its
// arguments against it, fills in defaults and reaches autograd and every device like any other.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>

#include <string>
#include <vector>

#include "Generator.hpp"
#include "Shim.hpp"

namespace {

/// What a parameter takes, read once from the schema.
enum class Takes { tensor, number, integer, real, boolean, string, integers, reals, tensors,
                   optional_tensors, list, other };

struct Parameter {
  std::string name;
  Takes takes;
  bool optional;
  c10::TypePtr element;  // of a list
  std::optional<c10::IValue> fallback;
};

Takes list_kind(const c10::TypePtr &element) {
  switch (element->kind()) {
    case c10::TypeKind::TensorType: return Takes::tensors;
    case c10::TypeKind::IntType: return Takes::integers;
    case c10::TypeKind::FloatType: return Takes::reals;
    case c10::TypeKind::OptionalType:
      return element->castRaw<c10::OptionalType>()->getElementType()->kind() ==
              c10::TypeKind::TensorType
          ? Takes::optional_tensors
          : Takes::list;
    default: return Takes::list;
  }
}

Parameter describe(const c10::Argument &argument) {
  Parameter parameter{argument.name(), Takes::other, false, nullptr, argument.default_value()};
  c10::TypePtr type = argument.type();
  if (auto optional = type->cast<c10::OptionalType>()) {
    parameter.optional = true;
    type = optional->getElementType();
  }
  switch (type->kind()) {
    case c10::TypeKind::TensorType: parameter.takes = Takes::tensor; break;
    case c10::TypeKind::NumberType: parameter.takes = Takes::number; break;
    case c10::TypeKind::IntType: parameter.takes = Takes::integer; break;
    case c10::TypeKind::FloatType: parameter.takes = Takes::real; break;
    case c10::TypeKind::BoolType: parameter.takes = Takes::boolean; break;
    case c10::TypeKind::StringType: parameter.takes = Takes::string; break;
    case c10::TypeKind::ListType:
      parameter.element = type->expectRef<c10::ListType>().getElementType();
      parameter.takes = list_kind(parameter.element);
      break;
    default: break;
  }
  return parameter;
}

}  // namespace

struct ctorch_operator_s {
  c10::OperatorHandle handle;
  std::vector<Parameter> parameters;
  std::string schema;
};

namespace {

[[noreturn]] void mismatch(const Parameter &parameter, const char *given) {
  TORCH_CHECK(false, "argument '", parameter.name, "' cannot be ", given);
}

c10::IValue integer(const ctorch_value &value, const Parameter &parameter) {
  switch (parameter.takes) {
    case Takes::integer:
    case Takes::number: return value.integer;
    case Takes::real: return static_cast<double>(value.integer);
    case Takes::integers: return c10::List<int64_t>({value.integer});
    default: mismatch(parameter, "an integer");
  }
}

c10::IValue integers(const ctorch_value &value, const Parameter &parameter) {
  auto *first = static_cast<const int64_t *>(value.pointer);
  const auto count = static_cast<size_t>(value.count);
  if (parameter.takes == Takes::integers) return at::IntArrayRef(first, count);
  if (parameter.takes == Takes::reals) {
    return c10::IValue(std::vector<double>(first, first + count));
  }
  if (parameter.takes == Takes::list && count == 0) {
    return c10::IValue(c10::impl::GenericList(parameter.element));
  }
  mismatch(parameter, "a list of integers");
}

c10::IValue tensors(const ctorch_value &value, const Parameter &parameter) {
  auto *handles = static_cast<const ctorch_tensor *>(value.pointer);
  if (parameter.takes == Takes::optional_tensors) {
    c10::List<std::optional<at::Tensor>> list;
    list.reserve(value.count);
    for (int64_t i = 0; i < value.count; i++) {
      list.push_back(
          handles[i] ? std::optional(ctorch::tensor(handles[i])) : std::optional<at::Tensor>());
    }
    return list;
  }
  if (parameter.takes != Takes::tensors) mismatch(parameter, "a list of tensors");
  c10::List<at::Tensor> list;
  list.reserve(value.count);
  for (int64_t i = 0; i < value.count; i++) {
    TORCH_CHECK(handles[i], "argument '", parameter.name, "' lacks tensor ", i);
    list.push_back(ctorch::tensor(handles[i]));
  }
  return list;
}

c10::IValue convert(const ctorch_value &value, const Parameter &parameter) {
  switch (value.kind) {
    case CTORCH_NONE:
      if (!parameter.optional) mismatch(parameter, "absent");
      return {};
    case CTORCH_DEFAULT:
      if (!parameter.fallback) mismatch(parameter, "left out");
      return *parameter.fallback;
    case CTORCH_TENSOR:
      if (parameter.takes != Takes::tensor) mismatch(parameter, "a tensor");
      return ctorch::tensor(
          static_cast<ctorch_tensor>(const_cast<void *>(value.pointer)));
    case CTORCH_INTEGER: return integer(value, parameter);
    case CTORCH_NUMBER:
      if (parameter.takes != Takes::number && parameter.takes != Takes::real) {
        mismatch(parameter, "a real number");
      }
      return value.number;
    case CTORCH_BOOL:
      if (parameter.takes != Takes::boolean && parameter.takes != Takes::number) {
        mismatch(parameter, "a truth value");
      }
      return value.integer != 0;
    case CTORCH_STRING:
      if (parameter.takes != Takes::string) mismatch(parameter, "a string");
      return std::string(static_cast<const char *>(value.pointer), value.count);
    case CTORCH_INTEGERS: return integers(value, parameter);
    case CTORCH_TENSORS: return tensors(value, parameter);
    case CTORCH_GENERATOR:
      return static_cast<const ctorch_generator_s *>(value.pointer)->value;
    case CTORCH_DEVICE:
      return c10::Device(
          static_cast<c10::DeviceType>(value.integer),
          static_cast<c10::DeviceIndex>(value.count));
  }
  mismatch(parameter, "of an unknown kind");
}

/// The results' tensors, while they are not yet handed over.
struct Results {
  std::vector<at::Tensor> tensors;

  void take(c10::IValue &&value) {
    if (value.isTensor()) {
      tensors.push_back(std::move(value).toTensor());
    } else if (value.isTensorList()) {
      for (auto &&item : std::move(value).toTensorVector()) tensors.push_back(std::move(item));
    }
  }
};

}  // namespace

ctorch_status ctorch_operator_find(
    const char *name, const char *overload, ctorch_operator *out) {
  return ctorch::guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    if (!handle) {
      *out = nullptr;
      return;
    }
    std::vector<Parameter> parameters;
    for (const auto &argument : handle->schema().arguments()) {
      parameters.push_back(describe(argument));
    }
    *out = new ctorch_operator_s{*handle, std::move(parameters), toString(handle->schema())};
  });
}

const char *ctorch_operator_schema(ctorch_operator op) { return op->schema.c_str(); }

ctorch_status ctorch_operator_call(
    ctorch_operator op, const ctorch_value *arguments, size_t argument_count,
    ctorch_tensor *results, size_t *result_count) {
  return ctorch::guarded([&] {
    ctorch::synchronise_threads();
    TORCH_CHECK(
        argument_count <= op->parameters.size(), "too many arguments: ", argument_count, " for ",
        op->schema);
    c10::Stack stack;
    stack.reserve(op->parameters.size());
    constexpr ctorch_value absent{CTORCH_DEFAULT, 0, 0, nullptr, 0};
    for (size_t i = 0; i < op->parameters.size(); i++) {
      stack.push_back(convert(i < argument_count ? arguments[i] : absent, op->parameters[i]));
    }
    op->handle.callBoxed(stack);
    Results taken;
    for (auto &value : stack) taken.take(std::move(value));
    TORCH_CHECK(
        taken.tensors.size() <= *result_count, "the operator returned ", taken.tensors.size(),
        " tensors, more than the ", *result_count, " expected");
    *result_count = taken.tensors.size();
    for (size_t i = 0; i < taken.tensors.size(); i++) {
      results[i] = ctorch::release(std::move(taken.tensors[i]));
    }
  });
}
