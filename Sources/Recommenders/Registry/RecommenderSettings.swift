public import AkinCatalogue
internal import Foundation

/// A recommender over interactions with its settings: what is fitted, compared and written down.
public enum RecommenderSettings: Sendable, Equatable {
  /// What most took.
  case popularity(Popularity)
  /// What the shopper takes again and again.
  case habit(Habit)
  /// Items alike by who took them.
  case itemKNN(ItemKNN)
  /// Shoppers alike by what they took.
  case userKNN(UserKNN)
  /// Each item predicted from all others.
  case ease(EASE)
  /// Factors by alternating least squares.
  case ials(ImplicitALS)
  /// A filter of the graph of shoppers and items.
  case graphFilter(GraphFilter)
  /// Each item a sparse sum of its neighbours.
  case slim(SLIM)
  /// Factors by pairs of what was taken and what was not.
  case bpr(BPR)
  /// Factors smoothed over the graph.
  case lightGCN(LightGCN)
  /// A factorisation and a network that read shopper and item together.
  case neuMF(NeuMF)
  /// Vectors by the company that items keep.
  case item2Vec(Item2Vec)

  /// Its name.
  public var name: RecommenderName {
    switch self {
    case .popularity: .popularity
    case .habit: .habit
    case .itemKNN: .itemKNN
    case .userKNN: .userKNN
    case .ease: .ease
    case .ials: .ials
    case .graphFilter: .graphFilter
    case .slim: .slim
    case .bpr: .bpr
    case .lightGCN: .lightGCN
    case .neuMF: .neuMF
    case .item2Vec: .item2Vec
    }
  }

  /// The algorithm itself.
  public var algorithm: any RecommenderAlgorithm & Codable {
    switch self {
    case .popularity(let algorithm): algorithm
    case .habit(let algorithm): algorithm
    case .itemKNN(let algorithm): algorithm
    case .userKNN(let algorithm): algorithm
    case .ease(let algorithm): algorithm
    case .ials(let algorithm): algorithm
    case .graphFilter(let algorithm): algorithm
    case .slim(let algorithm): algorithm
    case .bpr(let algorithm): algorithm
    case .lightGCN(let algorithm): algorithm
    case .neuMF(let algorithm): algorithm
    case .item2Vec(let algorithm): algorithm
    }
  }

  /// Learns from `interactions`.
  ///
  /// - Throws: as ``RecommenderAlgorithm/fit(_:progress:)``.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> any Recommender {
    func fit(_ algorithm: some RecommenderAlgorithm) throws -> any Recommender {
      try algorithm.fit(interactions, progress: progress)
    }
    return try fit(algorithm)
  }

  /// Its settings in words, such as `k 200, similarity cosine`.
  public var summary: String {
    Mirror(reflecting: algorithm).children.compactMap { child in
      guard let label = child.label else { return nil }
      let value = Mirror(reflecting: child.value)
      if value.displayStyle == .optional {
        return value.children.first.map { "\(label) \($0.value)" }
      }
      return "\(label) \(child.value)"
    }.joined(separator: ", ")
  }

  /// The same with some settings changed, given as people type them: `["k": "400"]`.
  ///
  /// - Throws: ``RecommenderError`` `badSetting` for a name there is not, with those there are, and
  ///   for a value of the wrong kind.
  public func changing(_ changes: [String: String]) throws(RecommenderError)
    -> RecommenderSettings
  {
    switch self {
    case .popularity(let algorithm): .popularity(try Self.changing(algorithm, changes))
    case .habit(let algorithm): .habit(try Self.changing(algorithm, changes))
    case .itemKNN(let algorithm): .itemKNN(try Self.changing(algorithm, changes))
    case .userKNN(let algorithm): .userKNN(try Self.changing(algorithm, changes))
    case .ease(let algorithm): .ease(try Self.changing(algorithm, changes))
    case .ials(let algorithm): .ials(try Self.changing(algorithm, changes))
    case .graphFilter(let algorithm): .graphFilter(try Self.changing(algorithm, changes))
    case .slim(let algorithm): .slim(try Self.changing(algorithm, changes))
    case .bpr(let algorithm): .bpr(try Self.changing(algorithm, changes))
    case .lightGCN(let algorithm): .lightGCN(try Self.changing(algorithm, changes))
    case .neuMF(let algorithm): .neuMF(try Self.changing(algorithm, changes))
    case .item2Vec(let algorithm): .item2Vec(try Self.changing(algorithm, changes))
    }
  }

  private static func changing<Algorithm: Codable>(
    _ algorithm: Algorithm, _ changes: [String: String]
  ) throws(RecommenderError) -> Algorithm {
    let names = Mirror(reflecting: algorithm).children.compactMap(\.label)
    do {
      let data = try JSONEncoder().encode(algorithm)
      var fields = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
      for (name, value) in changes {
        guard names.contains(name) else {
          throw RecommenderError(
            .badSetting, "there is no setting '\(name)'; there are \(names.joined(separator: ", "))"
          )
        }
        fields[name] = Int(value) ?? Double(value) ?? Bool(value) ?? value as Any
      }
      return try JSONDecoder().decode(
        Algorithm.self, from: JSONSerialization.data(withJSONObject: fields))
    } catch let error as RecommenderError {
      throw error
    } catch {
      let given = changes.keys.sorted().joined(separator: ", ")
      throw RecommenderError(.badSetting, "a value of \(given) is not of the kind it must be")
    }
  }
}

extension ModelArchive {
  /// The model whose parts these are.
  ///
  /// - Throws: ``RecommenderError`` `damaged`.
  public func model() throws -> any Recommender {
    if kind == ContentModel.kind { return try ContentModel(self) }
    if OrderedModel.isKind(kind) { return try OrderedModel(self) }
    return switch RecommenderName(rawValue: kind) {
    case .popularity: try PopularityModel(self)
    case .habit: try HabitModel(self)
    case .itemKNN: try ItemKNNModel(self)
    case .userKNN: try UserKNNModel(self)
    case .ease: try EASEModel(self)
    case .ials: try ImplicitALSModel(self)
    case .graphFilter: try GraphFilterModel(self)
    case .slim: try SLIMModel(self)
    case .bpr: try BPRModel(self)
    case .lightGCN: try LightGCNModel(self)
    case .neuMF: try NeuMFModel(self)
    case .item2Vec: try Item2VecModel(self)
    case nil:
      throw RecommenderError(
        .damaged, "no recommender is called '\(kind)'; a newer Akin wrote it: train it again")
    }
  }
}
