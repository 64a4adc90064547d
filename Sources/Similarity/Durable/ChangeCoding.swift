/// How changes are written in a log: number of changes of the frame is in its header, each is
///
/// ```
/// delete  kind 2 (u8), identifier
/// put     kind 1 (u8), identifier, attributes (u32), components (u32), float32 each,
///         then each attribute: name, kind (u8), value
/// ```
/// where a text is its length in UTF-8 (u32) and its bytes.
enum ChangeCoding {
  private enum Kind { static let put: UInt8 = 1, delete: UInt8 = 2 }
  private enum Value {
    static let text: UInt8 = 0, texts: UInt8 = 1, number: UInt8 = 2, flag: UInt8 = 3
  }

  static func put(_ changes: [IndexChange], into writer: inout ByteWriter) {
    for change in changes {
      switch change {
      case .delete(let id):
        writer.put(Kind.delete)
        writer.put(id)
      case .put(let item):
        writer.put(Kind.put)
        writer.put(item.id)
        writer.put(UInt32(item.attributes.count))
        writer.put(UInt32(item.vector.count))
        writer.put(item.vector)
        for (name, value) in item.attributes.sorted(by: { $0.key < $1.key }) {
          writer.put(name)
          put(value, into: &writer)
        }
      }
    }
  }

  private static func put(_ value: IndexAttribute, into writer: inout ByteWriter) {
    switch value {
    case .text(let text):
      writer.put(Value.text)
      writer.put(text)
    case .texts(let texts):
      writer.put(Value.texts)
      writer.put(UInt32(texts.count))
      for text in texts { writer.put(text) }
    case .number(let number):
      writer.put(Value.number)
      writer.put(number)
    case .flag(let flag):
      writer.put(Value.flag)
      writer.put(UInt8(flag ? 1 : 0))
    }
  }

  /// Reads `count` changes that fill `bytes`.
  static func changes(
    _ bytes: UnsafeRawBufferPointer, count: Int
  ) throws(ByteReader.Malformed) -> [IndexChange] {
    var reader = ByteReader(bytes)
    var changes: [IndexChange] = []
    changes.reserveCapacity(min(count, bytes.count))
    for _ in 0..<count { changes.append(try change(&reader)) }
    guard reader.isAtEnd else { throw reader.malformed("more follows than the changes announced") }
    return changes
  }

  private static func change(
    _ reader: inout ByteReader
  ) throws(ByteReader.Malformed) -> IndexChange {
    let kind: UInt8 = try reader.take()
    let id = try reader.takeText()
    if kind == Kind.delete { return .delete(id) }
    guard kind == Kind.put else { throw reader.malformed("it is no kind of change") }
    let attributeCount = try reader.takeCount(ofSize: 6)
    let vector = try reader.takeFloats(try reader.takeCount(ofSize: 4))
    var attributes: [String: IndexAttribute] = [:]
    for _ in 0..<attributeCount {
      let name = try reader.takeText()
      attributes[name] = try value(&reader)
    }
    return .put(IndexItem(id: id, vector: vector, attributes: attributes))
  }

  private static func value(
    _ reader: inout ByteReader
  ) throws(ByteReader.Malformed) -> IndexAttribute {
    switch try reader.take(UInt8.self) {
    case Value.text: return .text(try reader.takeText())
    case Value.texts:
      var texts: [String] = []
      for _ in 0..<(try reader.takeCount(ofSize: 4)) { texts.append(try reader.takeText()) }
      return .texts(texts)
    case Value.number: return .number(try reader.takeDouble())
    case Value.flag: return .flag(try reader.take(UInt8.self) != 0)
    default: throw reader.malformed("it is no type of attribute")
    }
  }
}
