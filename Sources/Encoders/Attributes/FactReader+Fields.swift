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
    if let field = TitleField(rawValue: attribute.name), case .list(let texts) = attribute.value {
      for text in texts { read(text, of: field, into: &facts) }
      return
    }
    let name = analyser.folded(attribute.name)
    switch attribute.value {
    case .quantity(let quantity): facts.quantities.append(quantity)
    case .text(let text): read(text, named: name, into: &facts)
    case .list(let values): for value in values { read(value, named: name, into: &facts) }
    case .number(let number): facts.add(name, String(number))
    case .boolean(let flag): facts.add(name, flag ? "yes" : "no")
    }
  }

  /// Adds what a tagger read in the title.
  private func read(_ text: String, of field: TitleField, into facts: inout ProductFacts) {
    switch field {
    case .brand:
      facts.guess(brand: BrandLexicon.names(in: text, analyser).first.map(brands.key(ofFolded:)))
    case .model:
      if let model = Self.joined(analyser.folded(text)) { facts.models.append(model) }
    case .product: facts.add(field.rawValue, analyser.folded(text))
    }
  }

  private func read(_ text: String, named name: String, into facts: inout ProductFacts) {
    let folded = analyser.folded(text)
    guard !folded.isEmpty else { return }
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
  fileprivate mutating func guess(brand: String?) {
    guard let brand, self.brand == nil else { return }
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
