import AkinCatalogue
import Foundation
import Testing

@Suite("Attributes as JSON")
struct AttributeCodingTests {
  static let cases: [(AttributeValue, String)] = [
    (.text("black"), #"{"name":"a","value":"black"}"#),
    (.text("128"), #"{"name":"a","value":"128"}"#),
    (.text("true"), #"{"name":"a","value":"true"}"#),
    (.number(2.5), #"{"name":"a","value":2.5}"#),
    (.number(0), #"{"name":"a","value":0}"#),
    (.number(1), #"{"name":"a","value":1}"#),
    (.boolean(true), #"{"name":"a","value":true}"#),
    (.boolean(false), #"{"name":"a","value":false}"#),
    (.list(["红", "黑"]), #"{"name":"a","value":["红","黑"]}"#),
    (.list([]), #"{"name":"a","value":[]}"#),
    (
      .quantity(Quantity(value: 128e9, dimension: .storage, written: "128GB")),
      #"{"dimension":"storage","name":"a","quantity":128000000000,"value":"128GB"}"#
    ),
  ]

  @Test("each kind of value has its form and comes back", arguments: cases)
  func forms(value: AttributeValue, json: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let attribute = Attribute(name: "a", value: value)
    let data = try encoder.encode(attribute)
    #expect(String(decoding: data, as: UTF8.self) == json)
    #expect(try JSONDecoder().decode(Attribute.self, from: data) == attribute)
    let alone = try encoder.encode([value])
    #expect(try JSONDecoder().decode([AttributeValue].self, from: alone) == [value])
  }

  @Test("every dimension comes back", arguments: Quantity.Dimension.allCases)
  func dimensions(dimension: Quantity.Dimension) throws {
    let value = AttributeValue.quantity(Quantity(value: 0.1, dimension: dimension, written: "x"))
    let data = try JSONEncoder().encode(Attribute(name: "规格", value: value))
    #expect(try JSONDecoder().decode(Attribute.self, from: data).value == value)
  }

  @Test(
    "what is no attribute is refused",
    arguments: [
      #"{"name":"a"}"#, #"{"value":"b"}"#, #"{"name":"a","value":{}}"#,
      #"{"name":"a","value":null}"#, #"{"name":"a","value":[1]}"#,
      #"{"name":"a","value":"5 kg","quantity":5,"dimension":"weight"}"#,
      #"{"name":"a","value":"5 kg","dimension":"mass"}"#,
    ])
  func refused(json: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Attribute.self, from: Data(json.utf8))
    }
  }
}
