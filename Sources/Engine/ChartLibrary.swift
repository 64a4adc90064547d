internal import AkinEncoders
package import Foundation

/// The script that draws the dashboard's charts: Chart.js, one file that set-up takes from Debian's
/// package and puts beside the models.
///
/// It is read at run time and no part of the program. Where it is missing the dashboard shows its
/// tables instead.
package enum ChartLibrary {
  /// Below a folder of unpacked libraries.
  static let path = "charts/chart.js"
  /// A larger file is none that set-up brought.
  private static let largest = 4 << 20

  /// The script, from the first folder that has it; `nil` where none has.
  ///
  /// - Parameter folders: those of set-up, found as the models are.
  package static func script(in folders: [URL] = ModelStore().dependencies) -> [UInt8]? {
    for folder in folders {
      let file = folder.appending(path: path).path(percentEncoded: false)
      guard let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int,
        (1...largest).contains(size), let content = FileManager.default.contents(atPath: file)
      else { continue }
      return Array(content)
    }
    return nil
  }
}
