internal import GRDB

extension ShopStore {
  /// What a serving shop keeps beside its catalogue.
  static func addLiveTables(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE event (
          ordinal INTEGER PRIMARY KEY,
          id TEXT,
          type TEXT NOT NULL,
          product TEXT NOT NULL,
          user TEXT,
          visitor TEXT,
          session TEXT,
          "transaction" TEXT,
          time REAL NOT NULL,
          quantity REAL NOT NULL,
          amount REAL,
          currency TEXT,
          attribution TEXT
        );
        CREATE UNIQUE INDEX event_id ON event (id) WHERE id IS NOT NULL;
        CREATE INDEX event_user ON event (user) WHERE user IS NOT NULL;
        CREATE INDEX event_visitor ON event (visitor) WHERE visitor IS NOT NULL;
        CREATE INDEX event_session ON event (session) WHERE session IS NOT NULL;
        CREATE TABLE api_key (
          id TEXT PRIMARY KEY,
          digest BLOB NOT NULL UNIQUE,
          role TEXT NOT NULL,
          name TEXT NOT NULL,
          origins TEXT NOT NULL,
          created REAL NOT NULL,
          revoked REAL
        ) WITHOUT ROWID;
        CREATE TABLE rule (
          id TEXT PRIMARY KEY,
          position INTEGER NOT NULL,
          body TEXT NOT NULL,
          changed REAL NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE job (
          id TEXT PRIMARY KEY,
          kind TEXT NOT NULL,
          state TEXT NOT NULL,
          created REAL NOT NULL,
          finished REAL,
          note TEXT
        ) WITHOUT ROWID;
        """)
  }
}
