/// Held while a shop is built or served, on this machine and, where its database is shared, on all
/// others. Ends with the process, however that ends.
public final class ShopLock: Sendable {
  private let local: BuildLock
  private let remote: (any Sendable)?

  init(_ local: BuildLock, _ remote: (any Sendable)?) {
    self.local = local
    self.remote = remote
  }
}

extension ShopStore {
  /// Takes the shop for a build, which is the only one, or for a server, which is the only one of its
  /// folder and one of several of a shared database.
  ///
  /// - Throws: ``StorageError`` `busy`, `notWritable`, `unreachable`.
  public func lock(for purpose: BuildLock.Purpose) throws(StorageError) -> ShopLock {
    try lock(for: purpose, isShared: purpose == .serve)
  }

  /// Takes the shop so that nobody can serve it meanwhile.
  func lockAgainstServers() throws(StorageError) -> ShopLock {
    try lock(for: .serve, isShared: false)
  }

  private func lock(for purpose: BuildLock.Purpose, isShared: Bool) throws(StorageError)
    -> ShopLock
  {
    let local = try BuildLock(directory: directory, for: purpose)
    return ShopLock(local, try remoteLock(for: purpose, isShared: isShared))
  }

  /// Takes the shared database alone, not the folder; `nil` where there is none.
  func remoteLock(for purpose: BuildLock.Purpose, isShared: Bool) throws(StorageError)
    -> (any Sendable)?
  {
    guard self.isShared else { return nil }
    do {
      if let remote = try database.lock(purpose, isShared: isShared) { return remote }
    } catch { throw database.wrapping(error) }
    throw StorageError(
      .busy, path: place,
      purpose == .build
        ? "another build of this shop is running, maybe on another machine; wait for it or stop it"
        : "the shop is served or being replaced, maybe from another machine; stop that first")
  }

  /// Whether a build could begin now.
  public var isFreeForBuild: Bool { (try? lock(for: .build)) != nil }
}
