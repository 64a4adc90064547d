public import AkinCatalogue

/// An experiment as the store keeps it: a document of the module that runs it, and its dates.
public struct StoredExperiment: Sendable, Equatable {
  /// Names the experiment for good.
  public var id: String
  /// The experiment, as JSON.
  public var body: String
  /// When it was made, in seconds since 1970-01-01 UTC.
  public var created: Double
  /// When it began.
  public var started: Double?
  /// When it ended.
  public var stopped: Double?

  /// Creates the record of an experiment.
  public init(
    id: String, body: String, created: Double, started: Double? = nil, stopped: Double? = nil
  ) {
    self.id = id
    self.body = body
    self.created = created
    self.started = started
    self.stopped = stopped
  }
}

/// A shopper's first list under an experiment.
public struct Exposure: Sendable, Equatable {
  /// The experiment's id.
  public var experiment: String
  /// The variant's id.
  public var variant: String
  /// The shopper.
  public var shopper: ShopperName
  /// When it was, in seconds since 1970-01-01 UTC.
  public var first: Double

  /// Creates an exposure.
  public init(experiment: String, variant: String, shopper: ShopperName, first: Double) {
    self.experiment = experiment
    self.variant = variant
    self.shopper = shopper
    self.first = first
  }
}

extension ShopStore {
  /// All experiments, in the order in which they were made.
  public func experiments() throws(StorageError) -> [StoredExperiment] {
    try read { database in
      try database.all(
        "SELECT id, body, created, started, stopped FROM experiment ORDER BY created, id"
      ) {
        StoredExperiment(
          id: try $0[0], body: try $0[1], created: try $0[2], started: try $0[optional: 3],
          stopped: try $0[optional: 4])
      }
    }
  }

  /// Adds an experiment, or replaces the one of the same id.
  public func save(_ experiment: StoredExperiment) throws(StorageError) {
    try write { database in
      try database.execute(
        """
        INSERT INTO experiment (id, body, created, started, stopped) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET
          body = excluded.body, created = excluded.created, started = excluded.started,
          stopped = excluded.stopped
        """,
        [
          experiment.id, experiment.body, experiment.created, experiment.started,
          experiment.stopped,
        ])
    }
  }

  /// Removes an experiment and who was exposed to it.
  ///
  /// - Returns: whether there was one of this id.
  public func removeExperiment(id: String) throws(StorageError) -> Bool {
    try write { database in
      try database.execute("DELETE FROM exposure WHERE experiment = ?", [id])
      return try database.execute("DELETE FROM experiment WHERE id = ?", [id]) > 0
    }
  }

  /// Adds exposures; of each shopper and experiment the first one stays.
  public func add(_ exposures: [Exposure]) throws(StorageError) {
    try write { database in
      try database.executeEach(
        """
        INSERT INTO exposure (experiment, variant, kind, name, first) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (experiment, kind, name) DO NOTHING
        """,
        exposures.lazy.map {
          [$0.experiment, $0.variant, $0.shopper.kind, $0.shopper.value, $0.first]
        })
    }
  }

  /// Who was exposed to an experiment, the first shopper first.
  public func exposures(to experiment: String) throws(StorageError) -> [Exposure] {
    try read { database in
      try database.all(
        """
        SELECT variant, kind, name, first FROM exposure WHERE experiment = ?
        ORDER BY first, kind, name
        """, [experiment]
      ) { row -> Exposure? in
        guard let name = ShopperName(kind: try row[1], value: try row[2]) else { return nil }
        return Exposure(
          experiment: experiment, variant: try row[0], shopper: name, first: try row[3])
      }.compactMap(\.self)
    }
  }

  /// Removes every exposure of shoppers.
  ///
  /// - Returns: how many there were.
  public func eraseExposures(of names: [ShopperName]) throws(StorageError) -> Int {
    try write { database in
      try database.executeEach(
        "DELETE FROM exposure WHERE kind = ? AND name = ?", names.map { [$0.kind, $0.value] }
      ).reduce(0, +)
    }
  }

  /// Lends the events that happened at `time` or later, the oldest first.
  public func forEachEvent(since time: Double, _ body: (Event) throws -> Void)
    throws(StorageError)
  {
    try read { database in
      try database.forEachRow(
        "SELECT \(Self.eventColumns) FROM event WHERE time >= ? ORDER BY time, ordinal", [time]
      ) { try body(Self.event($0)) }
    }
  }
}
