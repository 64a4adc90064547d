internal import AkinEngine
internal import AkinStorage
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Jobs, keys and the overview: what the people who run the shop ask for.
struct JobRoutes {
  let server: ShopServer

  private struct JobRequest: Decodable {
    var kind: JobRunner.Kind
  }

  private struct Done: Encodable {
    var id: String
    var done: Bool
  }

  private struct Key: Encodable {
    var id: String
    var role: String
    var name: String
    var origins: [String]
    var created: Double
    var revoked: Double?
  }

  func add(to router: Router<ShopContext>) {
    router.get("/v1/jobs") { request, _ in
      let query = Query(request)
      return JSON.response(
        try server.jobs.page(
          limit: try query.integer("limit", in: 1...200, default: 50),
          after: try query.text("cursor")))
    }
    router.post("/v1/jobs") { request, _ in
      let body = try await Body.collect(
        request, upTo: server.options.maximumBodyBytes, seconds: server.options.bodySeconds)
      let wanted = try JSON.read(JobRequest.self, from: body)
      return JSON.response(try server.jobs.start(wanted.kind), status: .accepted)
    }
    router.get("/v1/jobs/:id") { _, context in
      let id = try context.identifier()
      guard let job = try server.jobs.find(id) else { throw Problem.notFound("job") }
      return JSON.response(job)
    }
    router.delete("/v1/jobs/:id") { _, context in
      let id = try context.identifier()
      guard server.jobs.cancel(id) else {
        guard try server.jobs.find(id) != nil else { throw Problem.notFound("job") }
        throw Problem(.conflict, "job-ended", "the job has ended already")
      }
      return JSON.response(Done(id: id, done: true))
    }
    router.get("/v1/keys") { request, _ in
      JSON.response(
        try Page(
          of: server.shop.store.keys(), Query(request), limit: 200, default: 100, id: \.id
        ) {
          Key(
            id: $0.id, role: $0.role.rawValue, name: $0.name, origins: $0.origins,
            created: $0.created, revoked: $0.revoked)
        })
    }
    router.delete("/v1/keys/:id") { _, context in
      let id = try context.identifier()
      guard try server.shop.store.revokeKey(id: id, at: server.now()) else {
        throw Problem.notFound("key")
      }
      return JSON.response(Done(id: id, done: true))
    }
  }
}
