internal import AkinReport
public import AkinStorage

/// Makes and checks keys. A secret is 256 random bits, shown once; the store has its digest alone.
public enum ServerKeys {
  /// Makes a key and stores its digest.
  ///
  /// - Returns: the record, and the secret, which can never be shown again.
  /// - Throws: `StorageError`.
  public static func create(
    role: KeyRole, name: String, origins: [String], in store: ShopStore, now: Double
  ) throws -> (key: StoredKey, secret: String) {
    var generator = SystemRandomNumberGenerator()
    func word(_ bytes: Int) -> String {
      (0..<bytes).map { _ in
        let byte = UInt8.random(in: .min ... .max, using: &generator)
        return (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }.joined()
    }
    let secret = "akin_\(role.rawValue)_\(word(32))"
    let key = StoredKey(
      id: word(4), digest: digest(secret), role: role, name: name, origins: origins, created: now)
    try store.add(key)
    return (key, secret)
  }

  static func digest(_ secret: String) -> [UInt8] { SHA256.digest(Array(secret.utf8)) }
}
