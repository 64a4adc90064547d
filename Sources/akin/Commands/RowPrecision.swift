import AkinSimilarity
import ArgumentParser

/// What an index keeps vectors in, by its short name.
enum RowPrecision: String, ExpressibleByArgument, CaseIterable {
  case fp32, bf16

  var value: IndexPrecision {
    switch self {
    case .fp32: .float32
    case .bf16: .bfloat16
    }
  }
}
