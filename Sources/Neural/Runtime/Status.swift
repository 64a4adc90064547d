import CTorch

/// Turns a failing status of the shim into an error that names the operation and its operands.
@inline(__always)
func check(
  _ status: ctorch_status, _ operation: @autoclosure () -> String,
  _ shapes: @autoclosure () -> [[Int]] = []
) throws(NeuralError) {
  if status != CTORCH_OK { throw latestError(status, operation(), shapes()) }
}

/// The calling thread's latest failure. Must follow the failing call at once.
func latestError(_ status: ctorch_status, _ operation: String, _ shapes: [[Int]]) -> NeuralError {
  NeuralError(
    NeuralError.Code(status), String(cString: ctorch_error_message()), operation: operation,
    shapes: shapes)
}

extension NeuralError.Code {
  init(_ status: ctorch_status) {
    self =
      switch status {
      case CTORCH_INVALID_ARGUMENT: .invalidArgument
      case CTORCH_INDEX_OUT_OF_RANGE: .indexOutOfRange
      case CTORCH_NOT_IMPLEMENTED: .notImplemented
      case CTORCH_OUT_OF_MEMORY: .outOfMemory
      case CTORCH_LINEAR_ALGEBRA: .linearAlgebra
      case CTORCH_UNKNOWN_OPERATOR: .unknownOperator
      default: .internal
      }
  }
}
