internal import AkinEvaluation
internal import AkinReport
public import Foundation

extension EvaluationReport {
  /// Writes a page to open in a browser or to send: whole or not at all.
  ///
  /// - Parameter files: names of what was learnt from and tested by, for the line below the title.
  /// - Throws: ``EngineError`` `cannotWrite`.
  public func writePage(to url: URL, files: [String], made: Date) throws {
    try OutputFile.write(Data(SheetPage.render(sheet(files: files, made: made))), to: url)
  }

  func sheet(files: [String], made: Date) -> Sheet {
    var sheet = Sheet(
      eyebrow: "How well the next thing is found", title: chosen,
      made: files.joined(separator: ", ") + " · "
        + made.formatted(.iso8601.year().month().day().dateSeparator(.dash)))
    sheet.figures = figures
    sheet.sections = [
      inShort, metricSection, curveSection, strataSection, listSection, choiceSection, howSection,
    ].compactMap(\.self)
    return sheet
  }

  /// The metric that says most: NDCG and recall, or the hit rate where one item is to be found.
  private var leading: RankingMetric {
    means.keys.contains { $0.hasPrefix("map@") } ? .recall : .hitRate
  }

  private var cuts: [Int] {
    Set(means.keys.compactMap { $0.split(separator: "@").last.flatMap { Int($0) } }).sorted()
  }

  /// The cut that headlines use.
  private var cut: Int { cuts.contains(20) ? 20 : cuts.first ?? 20 }

  private func key(_ metric: RankingMetric, _ cut: Int) -> String { "\(metric.rawValue)@\(cut)" }

  /// What one row of the test is.
  private var rowName: String { leading == .recall ? "users" : "cases" }

  private var rowCount: Int { sizes["evaluated_users"] ?? sizes["test_cases"] ?? 0 }

  private var figures: [Sheet.Figure] {
    var figures: [Sheet.Figure] = []
    for metric in [leading, .ndcg, .mrr] {
      guard let value = means[key(metric, cut)] else { continue }
      figures.append(.init(Self.four(value), Self.name(metric, cut)))
    }
    figures.append(.init(Self.count(rowCount), "\(rowName) of the test"))
    if let items = sizes["items"] {
      figures.append(.init(Self.count(items), "items ranked for each"))
    }
    return figures
  }

  private var inShort: Sheet.Section {
    var words: [String] = []
    if let reason { words.append("\(chosen): \(reason).") }
    let key = key(.ndcg, cut)
    for other in others {
      guard let test = other.chosenMinusThis[key], let mean = other.means[key] else { continue }
      let share = mean > 0 ? Self.percent(test.difference / mean) : "–"
      let sure =
        test.pValue < 0.05 ? "more than luck would give" : "no more than luck may give"
      words.append(
        "Against \(other.recommender): \(Self.signed(test.difference)) in \(Self.name(.ndcg, cut))"
          + " (\(share)), \(sure) (p \(Self.pValue(test.pValue))).")
    }
    words.append(
      "The test was opened \(testOpened == 1 ? "once" : "\(testOpened) times")"
        + (others.isEmpty
          ? ", for what had been chosen without it."
          : ": once for what had been chosen without it, and once for "
            + (others.count == 1 ? "the one" : "each of the \(others.count)")
            + " beside it. Nothing was chosen by it."))
    return .init("In short", [.words(words)])
  }

  private var metricSection: Sheet.Section {
    var blocks: [Sheet.Block] = []
    for metric in [leading, .ndcg] {
      let key = key(metric, cut)
      let rows = measured.compactMap { one -> IntervalChart.Row? in
        guard let interval = one.intervals[key] else { return nil }
        return .init(
          one.name, mean: one.means[key] ?? interval.mean, lower: interval.lower,
          upper: interval.upper, isMarked: one.isChosen)
      }
      blocks.append(.intervals(.init(Self.name(metric, cut), rows)))
    }
    if !others.isEmpty { blocks.append(.table(testTable)) }
    return .init(
      "Metrics", short: "Metrics",
      lead: "Means over \(rowName), with the interval that 95 % of other samples of \(rowName)"
        + " would fall into (bootstrap). Two intervals that overlap may still differ for the same"
        + " \(rowName): the paired test says so.", blocks)
  }

  private var testTable: SheetTable {
    let keys = [leading, .ndcg].map { key($0, cut) }
    return SheetTable(
      "What \(chosen) has more, for the same \(rowName)",
      columns: ["Against"] + [leading, .ndcg].flatMap { [Self.name($0, cut), "p"] },
      rows: others.map { other in
        [other.recommender]
          + keys.flatMap { key -> [String] in
            guard let test = other.chosenMinusThis[key] else { return ["–", "–"] }
            return [Self.signed(test.difference), Self.pValue(test.pValue)]
          }
      })
  }

  private var meansTable: SheetTable {
    let known = RankingMetric.allCases.filter { means[key($0, cut)] != nil }
    var rows: [[String]] = []
    for metric in known {
      for one in measured {
        rows.append(
          [Self.plainName(metric)] + (others.isEmpty ? [] : [one.name])
            + cuts.map { one.means[key(metric, $0)].map(Self.four) ?? "–" })
      }
    }
    if let area = means["auc"] {
      let all = measured.map { one in
        ["AUC, all items"] + (others.isEmpty ? [] : [one.name])
          + [one.means["auc"].map(Self.four) ?? Self.four(area)]
          + cuts.dropFirst().map { _ in "" }
      }
      rows += all
    }
    var table = SheetTable(
      "All metrics",
      columns: ["Metric"] + (others.isEmpty ? [] : ["Recommender"]) + cuts.map { "at \($0)" },
      rows: rows)
    if !others.isEmpty { table.wordColumns = [0, 1] }
    return table
  }

  private var curveSection: Sheet.Section? {
    guard curve.count > 1 else { return nil }
    return .init(
      "As lists grow", short: "Length",
      lead: "The share of what was to be found that stands in a list of so many products.",
      [
        .curves(
          .init(
            leading == .recall ? "Recall" : "Hit rate", xLabel: "Length of the list",
            measured.map { one in
              .init(one.name, one.curve.map { (Double($0.cut), $0.recall) })
            }))
      ])
  }

  private var strataSection: Sheet.Section? {
    guard !strata.isEmpty else { return nil }
    let keys = strata.reduce(into: Set<String>()) { $0.formUnion($1.means.keys) }.sorted()
    let charts = keys.map { key in
      Sheet.Block.bars(
        .init(
          Self.name(ofKey: key), series: measured.map(\.name),
          strata.map { stratum in
            .init(
              stratum.name, note: "\(Self.count(stratum.users)) \(rowName)",
              measured.map { one in
                one.strata.first { $0.name == stratum.name }?.means[key]
              })
          }))
    }
    return .init(
      "For whom", short: "For whom",
      lead: leading == .recall
        ? "An average hides who gets nothing. New users are the third with the shortest histories;"
          + " head items are the most popular that together make up half of train."
        : "An average hides who gets nothing: cases by how much was known of the shopper.", charts)
  }

  private var listSection: Sheet.Section? {
    guard lists != nil else { return nil }
    let rows = measured.compactMap { one in
      one.lists.map { lists in
        [one.name]
          + [lists.coverage, lists.gini, lists.novelty, lists.diversity, lists.popularityLift]
          .map(Self.four)
      }
    }
    let shown = measured.filter { $0.lists != nil }
    let charts: [Sheet.Block] = [
      .bars(
        .init(
          "Share of the catalogue that is shown", series: shown.map(\.name),
          [.init("Coverage at \(cut)", shown.map { $0.lists?.coverage })])),
      .bars(
        .init(
          "How much more popular than the users' own taste", series: shown.map(\.name),
          [.init("Popularity lift at \(cut)", shown.map { $0.lists?.popularityLift })])),
    ]
    return .init(
      "What everybody gets", short: "Variety",
      lead: "Lists as a whole, whether they hit or not. Gini is 0 where all products are shown"
        + " equally often and near 1 where a few get everything; novelty is in bits; diversity is 1"
        + " minus the mean likeness within a list; a lift of 0 is the users' own taste.",
      charts + [
        .table(
          .init(
            columns: [
              "Recommender", "Coverage", "Gini", "Novelty", "Diversity", "Popularity lift",
            ], rows: rows, marked: others.isEmpty ? nil : 0))
      ])
  }

  private var choiceSection: Sheet.Section? {
    guard !candidates.isEmpty else { return nil }
    return .init(
      "How it was chosen", short: "Choice",
      lead: "Compared on interactions held out from train; the test was still closed.",
      [
        .table(
          {
            var table = SheetTable(
              columns: ["Recommender", "Score", "Fitting", "Settings"],
              rows: candidates.map {
                [
                  $0.recommender, Self.four($0.score), String(format: "%.1f s", $0.fitSeconds),
                  $0.settings,
                ]
              })
            table.wordColumns = [0, 3]
            return table
          }())
      ])
  }

  private var howSection: Sheet.Section {
    let names = sizes.sorted { $0.key < $1.key }.map {
      [$0.key.replacing("_", with: " "), Self.count($0.value)]
    }
    let table = SheetTable(
      "Time", columns: ["Recommender", "Fitting", "Ranking and measuring"],
      rows: measured.map {
        [
          $0.name, String(format: "%.2f s", $0.fitSeconds),
          String(format: "%.2f s", $0.evaluateSeconds),
        ]
      })
    let settings = measured.filter { !$0.settings.isEmpty }.map { "\($0.name): \($0.settings)." }
    return .init(
      "What it was made of", short: "Details",
      [
        .table(meansTable), .words(settings), .table(table),
        .table(.init("Sizes", columns: ["", ""], rows: names)),
      ])
  }
}

extension EvaluationReport {
  /// The chosen one and those beside it in one form.
  private struct Line {
    var name: String, settings: String
    var isChosen: Bool
    var means: [String: Double], intervals: [String: ConfidenceInterval]
    var lists: ListMetrics?
    var strata: [Stratum], curve: [CurvePoint]
    var fitSeconds: Double, evaluateSeconds: Double
  }

  private var measured: [Line] {
    [
      Line(
        name: chosen, settings: settings, isChosen: true, means: means, intervals: intervals,
        lists: lists, strata: strata, curve: curve, fitSeconds: fitSeconds,
        evaluateSeconds: evaluateSeconds)
    ]
      + others.map {
        Line(
          name: $0.recommender, settings: $0.settings, isChosen: false, means: $0.means,
          intervals: $0.intervals, lists: $0.lists, strata: $0.strata, curve: $0.curve,
          fitSeconds: $0.fitSeconds, evaluateSeconds: $0.evaluateSeconds)
      }
  }

  private static func count(_ number: Int) -> String {
    number.formatted(.number.locale(Locale(identifier: "en_GB")))
  }

  private static func four(_ value: Double) -> String { String(format: "%.4f", value) }

  private static func signed(_ value: Double) -> String { String(format: "%+.4f", value) }

  private static func percent(_ share: Double) -> String { String(format: "%+.1f %%", share * 100) }

  private static func pValue(_ value: Double) -> String {
    value < 0.001 ? "< .001" : String(format: "%.3f", value)
  }

  private static func plainName(_ metric: RankingMetric) -> String {
    switch metric {
    case .recall: "Recall"
    case .precision: "Precision"
    case .f1: "F1"
    case .hitRate: "Hit rate"
    case .ndcg: "NDCG"
    case .mrr: "MRR"
    case .map: "MAP"
    }
  }

  /// `NDCG at 20` of `ndcg@20`.
  private static func name(ofKey key: String) -> String {
    let parts = key.split(separator: "@").map(String.init)
    guard parts.count == 2, let metric = RankingMetric(rawValue: parts[0]),
      let cut = Int(parts[1])
    else { return key }
    return name(metric, cut)
  }

  private static func name(_ metric: RankingMetric, _ cut: Int) -> String {
    "\(plainName(metric)) at \(cut)"
  }
}
