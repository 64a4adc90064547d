import CTorch

/// Where a tensor lives and its operators run.
public enum Device: Sendable, Hashable, CustomStringConvertible {
  /// The processor.
  case cpu
  /// A CUDA device by its index.
  case cuda(Int)

  /// Whether tensors can be put there: this build of libtorch, the driver and the device exist.
  public var isAvailable: Bool {
    switch self {
    case .cpu: true
    case .cuda(let index): index >= 0 && index < Int(ctorch_cuda_device_count())
    }
  }

  /// The devices of this machine, the processor first.
  public static var available: [Device] {
    [.cpu] + (0..<Int(ctorch_cuda_device_count())).map(Device.cuda)
  }

  /// `cpu`, `cuda:0` …
  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    }
  }

  /// libtorch's number for the kind of device.
  var type: Int32 {
    switch self {
    case .cpu: 0
    case .cuda: 1
    }
  }

  var index: Int {
    switch self {
    case .cpu: 0
    case .cuda(let index): index
    }
  }

  init(type: Int32, index: Int32) {
    self = type == 1 ? .cuda(Int(index)) : .cpu
  }

  func requireAvailable(_ operation: String) throws(NeuralError) {
    guard isAvailable else {
      throw NeuralError(
        .deviceUnavailable, "\(self) is not available; devices here: \(Device.available)",
        operation: operation)
    }
  }
}
