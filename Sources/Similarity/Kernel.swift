internal import CKernels
internal import Foundation

/// An instruction set that the inner products are compiled for.
public struct Kernel: Sendable, Hashable, CustomStringConvertible {
  let identifier: Int32

  /// What this processor can run, best first.
  public static var available: [Kernel] {
    (0..<Int32(AKIN_KERNEL_COUNT.rawValue)).reversed().filter { akin_kernel_supported($0) != 0 }
      .map(Kernel.init(identifier:))
  }

  /// The one to use: the best, or what the environment's `AKIN_KERNEL` names.
  public static func preferred() throws(SimilarityError) -> Kernel {
    let name = ProcessInfo.processInfo.environment["AKIN_KERNEL"] ?? ""
    return try named(name.isEmpty ? nil : name)
  }

  /// The kernel of that name, the best one for `nil`.
  static func named(_ name: String?) throws(SimilarityError) -> Kernel {
    guard let name else { return Kernel(identifier: akin_kernel_best()) }
    guard let kernel = available.first(where: { $0.description == name }) else {
      throw .unknownKernel(name)
    }
    return kernel
  }

  /// `plain`, `neon`, `avx2`, `avx512`, `amx`.
  public var description: String { String(cString: akin_kernel_name(identifier)) }
}
