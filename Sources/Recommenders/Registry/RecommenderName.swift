/// The recommenders over interactions by the names people type.
public enum RecommenderName: String, Sendable, CaseIterable, Codable {
  /// ``Popularity``.
  case popularity
  /// ``Habit``.
  case habit
  /// ``ItemKNN``.
  case itemKNN = "item-knn"
  /// ``UserKNN``.
  case userKNN = "user-knn"
  /// ``EASE``.
  case ease
  /// ``ImplicitALS``.
  case ials
  /// ``GraphFilter``.
  case graphFilter = "graph-filter"
  /// ``SLIM``.
  case slim
  /// ``BPR``.
  case bpr
  /// ``LightGCN``.
  case lightGCN = "lightgcn"
  /// ``NeuMF``.
  case neuMF = "neumf"
  /// ``Item2Vec``.
  case item2Vec = "item2vec"

  /// With the settings a shop begins with.
  public var settings: RecommenderSettings {
    switch self {
    case .popularity: .popularity(Popularity())
    case .habit: .habit(Habit())
    case .itemKNN: .itemKNN(ItemKNN())
    case .userKNN: .userKNN(UserKNN())
    case .ease: .ease(EASE())
    case .ials: .ials(ImplicitALS())
    case .graphFilter: .graphFilter(GraphFilter())
    case .slim: .slim(SLIM())
    case .bpr: .bpr(BPR())
    case .lightGCN: .lightGCN(LightGCN())
    case .neuMF: .neuMF(NeuMF())
    case .item2Vec: .item2Vec(Item2Vec())
    }
  }

  /// All names, for help and errors.
  public static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
