public import AkinCatalogue

/// What a ``CompactEncoder`` learns from: groups of texts that mean the same. A group of one text
/// teaches by two views of it with different words left out.
public struct CompactExamples: Sendable {
  /// The texts of each group, at least one, each once.
  public private(set) var groups: [[String]] = []

  /// Takes groups of texts; empty texts and empty groups are left out.
  public init(groups: [[String]]) {
    for group in groups {
      var seen: Set<String> = []
      let texts = group.filter { !$0.isEmpty && seen.insert($0).inserted }
      if !texts.isEmpty { self.groups.append(texts) }
    }
  }

  /// Each product for itself: its title, and its title with everything else that is known of it.
  /// A text that several products share counts once.
  public init(_ products: some Sequence<Product>) {
    var seen: Set<[String]> = []
    self.init(
      groups: products.compactMap { product in
        let views = [product.title, Self.fullText(of: product)]
        return seen.insert(views).inserted ? views : nil
      })
  }

  /// Products of one ``Product/itemGroup`` are one group; those without are left out.
  public init(grouped products: some Sequence<Product>) {
    var places: [String: Int] = [:]
    var groups: [[String]] = []
    for product in products {
      guard let name = product.itemGroup else { continue }
      let place = places[name] ?? groups.count
      if place == groups.count {
        places[name] = place
        groups.append([])
      }
      groups[place].append(ProductText.compose(product))
    }
    self.init(groups: groups)
  }

  /// Pairs of texts that mean the same, joined where they share one. O(pairs).
  public init(pairs: some Sequence<(String, String)>) {
    var numbers: [String: Int] = [:]
    var texts: [String] = []
    var parents: [Int] = []
    func root(_ text: Int) -> Int {
      var text = text
      while parents[text] != text {
        parents[text] = parents[parents[text]]
        text = parents[text]
      }
      return text
    }
    func number(_ text: String) -> Int {
      if let number = numbers[text] { return number }
      numbers[text] = texts.count
      texts.append(text)
      parents.append(parents.count)
      return texts.count - 1
    }
    for (left, right) in pairs {
      let (one, other) = (root(number(left)), root(number(right)))
      parents[max(one, other)] = min(one, other)
    }
    var groups = [[String]](repeating: [], count: texts.count)
    for text in texts.indices { groups[root(text)].append(texts[text]) }
    self.init(groups: groups)
  }

  /// The text that encoders read, and the attributes behind it.
  private static func fullText(of product: Product) -> String {
    let values = product.attributes.compactMap { attribute -> String? in
      if case .text(let text) = attribute.value, text.count <= 60 { text } else { nil }
    }
    return ([ProductText.compose(product)] + values).joined(separator: ", ")
  }
}
