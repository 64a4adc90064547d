internal import AkinEngine
internal import HTTPTypes
internal import Hummingbird

/// How good the shop's answers are, for the dashboard.
struct EvaluationRoutes {
  let server: ShopServer

  private struct Answer: Encodable {
    /// What answers shoppers now: the first that knows enough of them.
    var serving: [String]
    var training: TrainingReport?
    var relations: RelationReport?
    var search: SearchTrainingReport?
    var evaluation: KeptEvaluation?
    var tunings: [KeptTuning]?
  }

  func add(to router: Router<ShopContext>) {
    router.get("/v1/evaluation") { _, _ in
      let shop = server.shop
      let known = try await Offload.run { try ShopEvaluation(of: shop.store) }
      return JSON.response(
        Answer(
          serving: shop.rankerNames, training: known.training, relations: known.relations,
          search: known.search, evaluation: known.evaluation, tunings: known.tunings))
    }
  }
}
