import CTorch

/// A value for one parameter of an ``Operator``.
package enum Argument {
  case tensor(Tensor)
  /// Absent when `nil`.
  case optional(Tensor?)
  case tensors([Tensor])
  /// Also taken where the schema wants a real number, a scalar or a list of one integer.
  case integer(Int)
  case integers([Int])
  /// Taken where the schema wants a real number or a scalar.
  case number(Double)
  case bool(Bool)
  case string(String)
  case dtype(DType)
  case device(Device)
  case generator(Generator?)
  /// The optional is absent.
  case none
  /// The default of the operator's schema.
  case standard

  /// Shapes of the tensors, for error messages.
  var shapes: [[Int]] {
    switch self {
    case .tensor(let tensor): [tensor.shape]
    case .optional(let tensor): tensor.map { [$0.shape] } ?? []
    case .tensors(let tensors): tensors.map(\.shape)
    default: []
    }
  }
}

/// Arguments laid out for the shim, together with what their pointers point at.
struct PackedArguments {
  private var values: [ctorch_value] = []
  private var integers: [Int64] = []
  private var handles: [OpaquePointer?] = []
  private var bytes: [UInt8] = []
  /// Keeps tensors and generators alive through the call.
  private let arguments: [Argument]

  init(_ arguments: [Argument]) {
    self.arguments = arguments
    values.reserveCapacity(arguments.count)
    for argument in arguments { append(argument) }
  }

  private mutating func append(_ argument: Argument) {
    switch argument {
    case .tensor(let tensor): add(CTORCH_TENSOR, pointer: tensor.handle)
    case .optional(let tensor): addOptional(CTORCH_TENSOR, tensor?.handle)
    case .generator(let generator): addOptional(CTORCH_GENERATOR, generator?.handle)
    case .integer(let value): add(CTORCH_INTEGER, integer: value)
    case .number(let value): add(CTORCH_NUMBER, number: value)
    case .bool(let value): add(CTORCH_BOOL, integer: value ? 1 : 0)
    case .dtype(let dtype): add(CTORCH_INTEGER, integer: Int(dtype.rawValue))
    case .device(let device):
      add(CTORCH_DEVICE, integer: Int(device.type), count: device.index)
    case .none: add(CTORCH_NONE)
    case .standard: add(CTORCH_DEFAULT)
    // Lists remember where they start; `withValues` turns that into pointers.
    case .integers(let list):
      add(CTORCH_INTEGERS, integer: integers.count, count: list.count)
      for item in list { integers.append(Int64(item)) }
    case .tensors(let list):
      add(CTORCH_TENSORS, integer: handles.count, count: list.count)
      for item in list { handles.append(item.handle) }
    case .string(let text):
      let start = bytes.count
      bytes.append(contentsOf: text.utf8)
      add(CTORCH_STRING, integer: start, count: bytes.count - start)
    }
  }

  private mutating func addOptional(_ kind: ctorch_kind, _ pointer: OpaquePointer?) {
    if let pointer { add(kind, pointer: pointer) } else { add(CTORCH_NONE) }
  }

  private mutating func add(
    _ kind: ctorch_kind, integer: Int = 0, number: Double = 0, pointer: OpaquePointer? = nil,
    count: Int = 0
  ) {
    values.append(
      ctorch_value(
        kind: kind, integer: Int64(integer), number: number,
        pointer: pointer.map { UnsafeRawPointer($0) }, count: Int64(count)))
  }

  /// Lends the values, their pointers valid during `body`.
  func withValues(
    _ body: (UnsafeBufferPointer<ctorch_value>) -> ctorch_status
  ) -> ctorch_status {
    withExtendedLifetime(arguments) {
      if integers.isEmpty && handles.isEmpty && bytes.isEmpty {
        return values.withUnsafeBufferPointer(body)
      }
      var values = values
      return integers.withUnsafeBufferPointer { integers in
        handles.withUnsafeBufferPointer { handles in
          bytes.withUnsafeBufferPointer { bytes in
            for i in values.indices {
              let start = Int(values[i].integer)
              switch values[i].kind {
              case CTORCH_INTEGERS:
                values[i].pointer = integers.baseAddress.map { UnsafeRawPointer($0 + start) }
              case CTORCH_TENSORS:
                values[i].pointer = handles.baseAddress.map { UnsafeRawPointer($0 + start) }
              case CTORCH_STRING:
                values[i].pointer = bytes.baseAddress.map { UnsafeRawPointer($0 + start) }
              default: break
              }
            }
            return values.withUnsafeBufferPointer(body)
          }
        }
      }
    }
  }

}
