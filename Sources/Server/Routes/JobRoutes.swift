internal import AkinEngine
internal import AkinStorage
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Jobs, keys and the overview: what the people who run the shop ask for.
struct JobRoutes {
  let server: ShopServer

  private struct JobList: Encodable {
    var items: [JobRunner.Status]
  }

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

  private struct KeyList: Encodable {
    var items: [Key]
  }

  func add(to router: Router<ShopContext>) {
    router.get("/v1/jobs") { _, _ in JSON.response(JobList(items: try server.jobs.list())) }
    router.post("/v1/jobs") { request, _ in
      let body = try await Body.collect(
        request, upTo: server.options.maximumBodyBytes, seconds: server.options.bodySeconds)
      let wanted = try JSON.read(JobRequest.self, from: body)
      return JSON.response(try server.jobs.start(wanted.kind), status: .accepted)
    }
    router.get("/v1/jobs/:id") { _, context in
      let id = try context.identifier()
      guard let job = try server.jobs.list().first(where: { $0.id == id }) else {
        throw Problem.notFound("job")
      }
      return JSON.response(job)
    }
    router.delete("/v1/jobs/:id") { _, context in
      let id = try context.identifier()
      guard server.jobs.cancel(id) else { throw Problem.notFound("running job") }
      return JSON.response(Done(id: id, done: true))
    }
    router.get("/v1/keys") { _, _ in
      JSON.response(
        KeyList(
          items: try server.shop.store.keys().map {
            Key(
              id: $0.id, role: $0.role.rawValue, name: $0.name, origins: $0.origins,
              created: $0.created, revoked: $0.revoked)
          }))
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
