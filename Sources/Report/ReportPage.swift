internal import Foundation

/// Renders a ``ShopReport`` into one HTML page that needs nothing else: no server, no font, no
/// picture, no script from elsewhere.
///
/// Texts of products are data, never markup. They travel as JSON in a script element that cannot
/// be left (`<`, `>`, `&`, U+2028 and U+2029 are escaped) and enter the page as text nodes only.
/// A Content-Security-Policy admits the page's own style and scripts by their SHA-256 and nothing
/// else, so that even a mistake here could not run or fetch anything.
public enum ReportPage {
  /// The page, UTF-8.
  ///
  /// The same report gives the same bytes. Long texts are cut (``PageLimits``). O(size).
  ///
  /// - Throws: ``ReportError`` where a number is not finite.
  public static func render(_ report: ShopReport) throws(ReportError) -> [UInt8] {
    let style = PackageResources.page_css
    let scripts = [
      PackageResources.words_js, PackageResources.page_js,
      PackageResources.quality_js, PackageResources.map_js,
    ]
    let policy =
      "default-src 'none'; base-uri 'none'; form-action 'none'; "
      + "style-src \(source(style)); script-src \(scripts.map(source).joined(separator: " "))"
    return Template(PackageResources.page_html).filled([
      "policy": Array(policy.utf8),
      "title": Array(escaped(PageLimits.cut(report.shop, PageLimits.title)).utf8),
      "style": style,
      "data": try PageData.json(of: report),
      "scripts": scripts.reduce(into: []) { page, script in
        page += Array("<script>".utf8) + script + Array("</script>\n".utf8)
      },
    ])
  }

  /// A Content-Security-Policy source that admits exactly these bytes.
  private static func source(_ bytes: [UInt8]) -> String {
    "'sha256-\(Data(SHA256.digest(bytes)).base64EncodedString())'"
  }

  /// Text for element content and quoted attributes.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\0": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// How much of a text the page shows, in Unicode scalars.
enum PageLimits {
  static let title = 160
  static let description = 280
  static let label = 80

  /// At most `limit` scalars; a cut is marked with an ellipsis.
  static func cut(_ text: String, _ limit: Int) -> String {
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return text }
    return String(scalars[..<end]) + "…"
  }
}

/// A page with `{{name}}` marks, each filled once; what is filled in is not searched for marks.
private struct Template {
  private let text: [UInt8]

  init(_ text: [UInt8]) {
    self.text = text
  }

  func filled(_ values: [String: [UInt8]]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count + values.values.reduce(0) { $0 + $1.count })
    var rest = text[...]
    let opening = Array("{{".utf8)
    let closing = Array("}}".utf8)
    while let start = rest.firstRange(of: opening),
      let end = rest[start.upperBound...].firstRange(of: closing)
    {
      result += rest[..<start.lowerBound]
      let name = String(decoding: rest[start.upperBound..<end.lowerBound], as: UTF8.self)
      result += values[name, default: []]
      rest = rest[end.upperBound...]
    }
    return result + rest
  }
}
