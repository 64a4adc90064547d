internal import CKernels

/// Who is compared with whom when: a round-robin tournament between teams of rows.
///
/// With an even number of teams, all but the last sit on a circle that turns by one place a round,
/// and those opposite each other meet: every two teams meet once in `teams - 1` rounds, and no
/// team plays twice in one. A first round lets each team play within itself.
struct Tournament {
  typealias Match = (rows: Range<Int>, columns: Range<Int>)

  private let teams: [Range<Int>]
  private let seats: Int

  /// Cuts `players` rows into teams of about `teamRows`, so many that threads share a round
  /// evenly.
  init(players: Int, teamRows: Int, threads: Int) {
    let turns = 2 * max(1, threads)
    let wanted = max(1, (players / teamRows + turns - 1) / turns) * turns
    let size = max(Int(AKIN_TILE), GraphLayout.padded((players + wanted - 1) / wanted))
    teams = stride(from: 0, to: players, by: size).map { $0..<min($0 + size, players) }
    seats = teams.count + teams.count % 2
  }

  var rounds: Int { teams.isEmpty ? 0 : max(1, seats) }

  func matches(_ round: Int) -> [Match] {
    guard round > 0 else { return teams.map { ($0, $0) } }
    let circle = seats - 1
    return (0..<seats / 2).compactMap { place in
      let one = place == 0 ? seats - 1 : (round - 1 + place) % circle
      let other = place == 0 ? (round - 1) % circle : (round - 1 - place + circle) % circle
      guard max(one, other) < teams.count else { return nil }
      return (teams[min(one, other)], teams[max(one, other)])
    }
  }

  static func pairs(_ rows: Range<Int>, _ columns: Range<Int>) -> Int {
    rows == columns ? rows.count * (rows.count + 1) / 2 : rows.count * columns.count
  }
}
