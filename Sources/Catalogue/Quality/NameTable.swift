/// Names in order of first appearance.
///
/// Feeds name the same things in the same order again and again, so the table first tries the name
/// that followed the last one; most look-ups are a single comparison.
struct NameTable<Name: HashedName> {
  private(set) var names: [Name] = []
  private var indices: [UInt64: [Int]] = [:]
  private var successors: [Int] = []
  private var last = -1
  /// Where the storage of a name tells its index. Only storage that ``names`` itself holds is
  /// here, so that an address never comes to mean another name.
  private var storages = [(address: UInt, index: Int)](repeating: (0, 0), count: 1 << 12)

  mutating func index(of name: Name) -> Int {
    if last >= 0, case let next = successors[last], names[next] == name {
      last = next
      return next
    }
    let found = find(name)
    if last >= 0 { successors[last] = found }
    last = found
    return found
  }

  private mutating func find(_ name: Name) -> Int {
    let address = name.storageAddress
    let slot = Int(truncatingIfNeeded: (address >> 4) & UInt(storages.count - 1))
    if address != 0, storages[slot].address == address { return storages[slot].index }
    let found = findByHash(name)
    if address != 0, names[found].storageAddress == address { storages[slot] = (address, found) }
    return found
  }

  private mutating func findByHash(_ name: Name) -> Int {
    let hash = name.tableHash
    if let known = indices[hash]?.first(where: { names[$0] == name }) { return known }
    indices[hash, default: []].append(names.count)
    names.append(name)
    successors.append(names.count - 1)
    return names.count - 1
  }
}

/// What a ``NameTable`` can hold.
protocol HashedName: Equatable {
  var tableHash: UInt64 { get }
  /// Where the value's storage lies, which copies share; 0 where that cannot be told.
  var storageAddress: UInt { get }
}

extension String: HashedName {
  var tableHash: UInt64 { TextHash.of(self) }
  var storageAddress: UInt { 0 }
}

extension [String]: HashedName {
  var tableHash: UInt64 { reduce(0) { TextHash.step($0, TextHash.of($1)) } }
  var storageAddress: UInt {
    isEmpty ? 0 : withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
  }
}

/// Attributes that tell products of one title apart.
enum IdentifyingAttributes {
  /// Names as ``HeaderName/key(_:)`` writes them.
  static let keys: Set<String> = Set(
    """
    size sizes color colour material fabric pattern capacity packagesize packsize packaging flavor \
    flavour scent style edition variant version finish format platform gender agegroup model \
    modelname modelnumber manufacturer manufacturerid manufacturername maker vendor vendorid \
    option1 option2 option3 option1value option2value option3value dosage strength \
    颜色 颜色分类 尺寸 尺码 规格 容量 材质 口味 香型 净含量 款式 型号 版本 图案 厂商 生产商 制造商 适用性别 功率 顏色 尺碼 規格 淨含量
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}
