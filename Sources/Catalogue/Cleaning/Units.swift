/// The units that shops write, English and Chinese, each with its factor to the base unit.
enum Units {
  struct Unit: Sendable {
    var dimension: Quantity.Dimension
    /// Base units (``Quantity/Dimension``) in one of these.
    var factor: Double
    /// In running text the number must stand directly before it (`12V`, but not `5 v 5`).
    var attachedOnly = false
  }

  private static let definitions: [(Quantity.Dimension, Double, String, Bool)] = [
    (.mass, 1, "g gr gm gms gram grams gramm", false),
    (.mass, 0.001, "mg", false), (.mass, 1000, "kg kgs kilo kilogram kilograms", false),
    (.mass, 28.349523125, "oz ounce ounces", false),
    (.mass, 453.59237, "lb lbs pound pounds", false),
    (.volume, 1, "ml mls milliliter milliliters millilitre millilitres cc", false),
    (.volume, 10, "cl", false), (.volume, 100, "dl", false),
    (.volume, 1000, "l lt ltr litre litres liter liters", false),
    (.volume, 29.5735295625, "floz", false),
    (.volume, 3785.411784, "gal gallon gallons", false),
    (.volume, 946.352946, "qt quart quarts", false),
    (.volume, 473.176473, "pt pint pints", false),
    (.length, 1, "mm", false), (.length, 10, "cm cms", false),
    (.length, 1000, "m", true), (.length, 1000, "meter meters metre metres mtr", false),
    (.length, 1_000_000, "km", false), (.length, 25.4, "in", true),
    (.length, 25.4, "inch inches zoll", false), (.length, 304.8, "ft feet foot", false),
    (.length, 914.4, "yd yard yards", false),
    (.area, 1_000_000, "sqm", false), (.area, 92_903.04, "sqft", false),
    (.storage, 1e3, "kb", false), (.storage, 1e6, "mb", false),
    (.storage, 1e9, "gb gigabyte gigabytes", false), (.storage, 1e12, "tb terabyte", false),
    (.power, 1, "w", true), (.power, 1, "watt watts", false), (.power, 1000, "kw", false),
    (.energy, 1, "wh", false), (.energy, 1000, "kwh", false),
    (.charge, 1, "mah", false), (.voltage, 1, "v", true), (.voltage, 1, "volt volts", false),
    (.frequency, 1, "hz", false), (.frequency, 1e3, "khz", false), (.frequency, 1e6, "mhz", false),
    (.frequency, 1e9, "ghz", false),
    (.count, 1, "pack packs pk pks pcs pc piece pieces ct cnt count", false),
    (.count, 1, "tablets capsules sheets rolls bags pairs stk", false),
    (.pixels, 1e6, "mp megapixel megapixels", false),
    (.time, 60, "min mins minutes", false), (.time, 3600, "hr hrs hour hours", false),
  ]

  private static let signDefinitions: [(Quantity.Dimension?, Double, String)] = [
    (.mass, 1, "克 公克"), (.mass, 0.001, "毫克"), (.mass, 1000, "千克 公斤"), (.mass, 500, "斤"),
    (.mass, 50, "两"), (.mass, 600, "台斤"), (.mass, 28.349523125, "盎司"), (.mass, 453.59237, "磅"),
    (.volume, 1, "毫升 ㎖"), (.volume, 1000, "升 公升 ℓ"), (.volume, 3785.411784, "加仑"),
    (.length, 1, "毫米 ㎜ 公厘"), (.length, 10, "厘米 公分 ㎝"), (.length, 1000, "米 公尺"),
    (.length, 25.4, "英寸 英吋 寸 吋 ″ ”"), (.length, 304.8, "英尺"),
    (.area, 1_000_000, "平方米 平米 ㎡ m²"), (.area, 100, "平方厘米"),
    (.power, 1, "瓦"), (.power, 1000, "千瓦"), (.voltage, 1, "伏"), (.charge, 1, "毫安时 毫安"),
    (.energy, 1000, "千瓦时"), (.pixels, 10_000, "万像素 萬像素 万画素 萬畫素"),
    (.count, 1, "片 个 個 包 盒 支 件 条 條 粒 枚 入 瓶 袋 罐 双 雙 卷 只 隻 张 張 套 件套 片装 个装 包装"),
    (.count, 1, "片裝 入裝 粒装 粒裝 瓶装 支装 只装 抽"), (.time, 60, "分钟 分鐘"), (.time, 3600, "小时 小時"),
    // Known not to be units, so that the shorter sign before them is not taken for one.
    (nil, 0, "个月 個月 条龙 件起 双核 米粉 张嘴 套餐 包邮 包郵 只为 入门 升级 升級 瓦楞 支持 个人 双面 双肩 升降 两用"),
  ]

  /// Letters of a unit packed into one word, so that a look-up hashes no string.
  private static let byLetters: [UInt64: Unit] = {
    var table: [UInt64: Unit] = [:]
    for (dimension, factor, names, attached) in definitions {
      for name in names.split(separator: " ") where name.utf8.count <= 8 {
        table[pack(name.utf8)] = Unit(
          dimension: dimension, factor: factor, attachedOnly: attached)
      }
    }
    return table
  }()

  /// Unit signs beyond ASCII, the longest first.
  private static let signs: [(bytes: [UInt8], unit: Unit?)] = signDefinitions.flatMap { entry in
    entry.2.split(separator: " ").map { name in
      (Array(name.utf8), entry.0.map { Unit(dimension: $0, factor: entry.1) })
    }
  }.sorted { $0.bytes.count > $1.bytes.count }

  private static func pack(_ letters: some Sequence<UInt8>) -> UInt64 {
    letters.reduce(0) { $0 << 8 | UInt64($1.lowered) }
  }

  /// The unit of an ASCII word, in any case; `nil` for longer words than any unit's.
  static func unit(of word: FieldBytes) -> Unit? {
    if word.count > 8 {
      let text = word.text.lowercased()
      let long: [String: Unit] = longNames
      return long[text]
    }
    return byLetters[pack(word)]
  }

  private static let longNames: [String: Unit] = {
    var table: [String: Unit] = [:]
    for (dimension, factor, names, attached) in definitions {
      for name in names.split(separator: " ") where name.utf8.count > 8 {
        table[String(name)] = Unit(dimension: dimension, factor: factor, attachedOnly: attached)
      }
    }
    return table
  }()

  /// The unit sign beyond ASCII that starts at `index`, with its length in bytes.
  static func sign(at index: Int, in bytes: FieldBytes) -> (unit: Unit, length: Int)? {
    for sign in signs where index + sign.bytes.count <= bytes.count {
      if bytes.part(index, index + sign.bytes.count).elementsEqual(sign.bytes) {
        return sign.unit.map { ($0, sign.bytes.count) }
      }
    }
    return nil
  }
}
