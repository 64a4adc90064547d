import AkinCatalogue
import Testing

@testable import AkinRecommenders

@Suite struct CoOccurrenceTests {
  /// 0 and 1 share three baskets of four and three; 2 shares one with each.
  static var baskets: Baskets {
    var baskets = Baskets(itemCount: 5)
    for basket in [[0, 1], [1, 0, 0], [0, 1, 2], [0], [4]] { baskets.append(basket) }
    return baskets
  }

  @Test func knownAnswer() throws {
    let measure = CoOccurrence(minimumSupport: 1, shrinkage: 2)
    let lists = try measure.neighbours(of: Self.baskets, k: 5)
    #expect(lists.count == 5)
    #expect(lists[0].map(\.item) == [1, 2])
    // n(01) = 3, n(0) = 4, n(1) = 3
    #expect(abs(lists[0][0].score - 3 / Float(12).squareRoot() * 3 / 5) < 1e-6)
    // n(02) = 1, n(2) = 1
    #expect(abs(lists[0][1].score - 1 / Float(4).squareRoot() * 1 / 3) < 1e-6)
    #expect(lists[3].isEmpty && lists[4].isEmpty)
  }

  @Test func symmetric() throws {
    let lists = try CoOccurrence(minimumSupport: 1).neighbours(of: Self.baskets, k: 5)
    for item in 0..<5 {
      for neighbour in lists[item] {
        #expect(lists[neighbour.item].contains(Neighbour(item: item, score: neighbour.score)))
      }
    }
  }

  @Test func supportAndLargeBaskets() throws {
    let strict = try CoOccurrence(minimumSupport: 2).neighbours(of: Self.baskets, k: 5)
    #expect(strict[0].map(\.item) == [1])
    #expect(strict[2].isEmpty)
    let small = try CoOccurrence(minimumSupport: 1, shrinkage: 0, largestBasket: 2)
      .neighbours(of: Self.baskets, k: 5)
    // Basket [0, 1, 2] does not count at all: n(01) = 2, n(0) = 3, n(1) = 2.
    #expect(abs(small[0][0].score - 2 / Float(6).squareRoot()) < 1e-6)
    #expect(small[2].isEmpty)
  }

  @Test func atMostK() throws {
    var baskets = Baskets(itemCount: 30)
    for _ in 0..<3 { baskets.append(0..<30) }
    let lists = try CoOccurrence().neighbours(of: baskets, k: 4)
    #expect(lists[0].map(\.item) == [1, 2, 3, 4])
    #expect(lists[29].map(\.item) == [0, 1, 2, 3])
  }
}
