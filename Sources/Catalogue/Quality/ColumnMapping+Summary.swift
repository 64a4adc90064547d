extension ColumnMapping {
  /// Each column and what it was taken for, in words, for reports.
  public var summary: [QualityReport.Column] {
    columns.indices.map { index in
      let all = [roles[index]] + furtherRoles.filter { $0.column == index }.map(\.role)
      let standing = standIns.filter { $0.column == index }.map {
        Self.name(of: $0.role) + " (stand-in)"
      }
      let text = (all.map(Self.name(of:)) + standing).joined(separator: ", ")
      return QualityReport.Column(column: columns[index], role: text)
    }
  }

  private static func name(of role: Role) -> String {
    switch role {
    case .field(let field): field.rawValue
    case .categoryLevel(let level): "categories[\(level)]"
    case .attribute(let name): "attribute \(name)"
    case .ignored: "ignored"
    }
  }
}
