import AkinCatalogue
import Testing

@testable import AkinRanking

@Suite struct ProductFilterTests {
  static func phone() -> Product {
    var product = Product(id: "1", title: "Phone")
    product.brand = "Apple"
    product.categories = [["手机数码", "手机"]]
    product.price = Price(amount: 100)
    product.salePrice = Price(amount: 80)
    product.attributes = [Attribute(name: "Colour", value: .list(["Red", "Blue"]))]
    return product
  }

  @Test func everyConditionIsAskedAlone() {
    let product = Self.phone()
    func check(_ set: (inout ProductFilter) -> Void) -> Bool {
      var filter = ProductFilter()
      set(&filter)
      return filter.matches(product)
    }
    #expect(check { _ in })
    #expect(check { $0.brand = ["sony", "apple"] } && !check { $0.brand = ["sony"] })
    #expect(check { $0.category = ["手机"] } && !check { $0.category = ["食品"] })
    #expect(check { $0.price = .init(min: 80, max: 80) } && !check { $0.price = .init(min: 90) })
    #expect(check { $0.availability = [.inStock] } && !check { $0.availability = [.preorder] })
    #expect(check { $0.attributes = ["colour": ["blue"]] })
    #expect(!check { $0.attributes = ["colour": ["green"]] })
    #expect(check { $0.id = ["1"] } && !check { $0.id = ["2"] })
    #expect(
      !check {
        $0.brand = ["apple"]; $0.price = .init(max: 1)
      })
  }

  @Test func whatIsMissingMatchesNoCondition() {
    let bare = Product(id: "2", title: "Bare")
    var filter = ProductFilter()
    filter.brand = ["apple"]
    #expect(!filter.matches(bare))
    filter = ProductFilter()
    filter.price = .init(min: 0)
    #expect(!filter.matches(bare))
  }
}
