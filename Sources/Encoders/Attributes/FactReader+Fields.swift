internal import AkinCatalogue
internal import AkinText

extension FactReader {
  /// Fields whose value is a colour.
  private static let colourNames: Set<String> = [
    "color", "colour", "primary color", "base colour", "basecolour", "farbe", "couleur", "颜色",
    "颜色分类", "主色", "色系",
  ]

  /// Adds one field of a product.
  func read(_ attribute: Attribute, into facts: inout ProductFacts) {
    let name = analyser.folded(attribute.name)
    switch attribute.value {
    case .quantity(let quantity): facts.quantities.append(quantity)
    case .text(let text): read(text, named: name, into: &facts)
    case .list(let values): for value in values { read(value, named: name, into: &facts) }
    case .number(let number): facts.add(name, String(number))
    case .boolean(let flag): facts.add(name, flag ? "yes" : "no")
    }
  }

  private func read(_ text: String, named name: String, into facts: inout ProductFacts) {
    let folded = analyser.folded(text)
    guard !folded.isEmpty else { return }
    switch TitleField(rawValue: name) {
    case .brand: return facts.guess(brand: brands.key(ofFolded: folded))
    case .model: return facts.models.append(contentsOf: [Self.joined(folded)].compactMap(\.self))
    case .product: return facts.add(name, folded)
    case nil: break
    }
    if Self.colourNames.contains(name) {
      facts.colours.formUnion(Colours.chinese(folded))
      for word in folded.split(separator: " ") {
        facts.colours.formUnion(Colours.named(String(word)))
      }
      return
    }
    let quantities = QuantityReader.find(in: text)
    if quantities.isEmpty || text.utf8.count > 40 {
      facts.add(name, folded)
    } else {
      facts.quantities.append(contentsOf: quantities)
    }
  }
}

extension ProductFacts {
  /// A brand that a tagger read, where neither a field nor the catalogue's brands say one.
  fileprivate mutating func guess(brand: String) {
    guard self.brand == nil else { return }
    self.brand = brand
    isBrandGuessed = true
  }

  fileprivate mutating func add(_ name: String, _ value: String) {
    guard value.utf8.count <= 60 else { return }
    if let place = named.firstIndex(where: { $0.name == name }) {
      guard !named[place].values.contains(value) else { return }
      named[place].values.append(value)
      named[place].values.sort()
    } else {
      named.append(NamedValues(name: name, values: [value]))
    }
  }
}
