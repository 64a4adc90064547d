import AkinCatalogue
import Testing

@Suite struct ItemNumberingTests {
  @Test func numbersWhatOccursInAscendingOrder() {
    var sequences = Sequences()
    for row: [Int32] in [[900, 5], [5, 70, 5]] { sequences.append(row) }
    let numbering = ItemNumbering(of: sequences)
    #expect(numbering.count == 3)
    let dense = numbering.applied(to: sequences)
    #expect(dense.itemCount == 3)
    #expect(dense.items == [2, 0, 0, 1, 0])
    var others = Sequences()
    others.append([70, 8, 9])
    let applied = numbering.applied(to: others)
    #expect(applied.items == [1, 3, 3])
    #expect(applied.itemCount == 4)
  }
}
