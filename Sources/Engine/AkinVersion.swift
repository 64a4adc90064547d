/// The version of this build of Akin.
public enum AkinVersion {
  /// Semantic version.
  public static let current = "0.1.0"
}
