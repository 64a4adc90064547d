internal import AkinEngine
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The dashboard, the shop window and the API's own description: files within the program, and the
/// one that draws charts from beside the models. Nothing is asked of the network.
struct PageRoutes {
  /// A file as it is answered.
  struct Page: Sendable {
    var type: String
    var body: ByteBuffer
    /// Changes with the content, so that a browser that has it need not load it again.
    var tag: String

    init(type: String, bytes: [UInt8]) {
      self.type = type
      body = ByteBuffer(bytes: bytes)
      // FNV-1a: it tells versions of our own files apart, nobody forges them.
      let hash = bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
        ($0 ^ UInt64($1)) &* 0x100_0000_01b3
      }
      tag = "\"\(String(hash, radix: 16))\""
    }

    static func script(_ bytes: [UInt8]) -> Page {
      Page(type: "text/javascript; charset=utf-8", bytes: bytes)
    }
  }

  /// The script that draws charts; `nil` where set-up did not bring it.
  let charts: Page?

  /// The one that set-up brought, read once.
  static let installedCharts = ChartLibrary.script().map(Page.script)

  func add(to router: Router<ShopContext>) {
    for (path, page) in Self.pages {
      router.get(RouterPath(path)) { request, _ in answer(page, to: request) }
    }
    router.get("/assets/chart.js") { request, _ in
      guard let charts else { throw Problem.notFound("chart library here; run `make setup`") }
      return answer(charts, to: request)
    }
  }

  private static let pages: [(String, Page)] = {
    func html(_ bytes: [UInt8]) -> Page { Page(type: "text/html; charset=utf-8", bytes: bytes) }
    func script(_ bytes: [UInt8]) -> Page { Page.script(bytes) }
    func style(_ bytes: [UInt8]) -> Page { Page(type: "text/css; charset=utf-8", bytes: bytes) }
    return [
      ("/v1/openapi.json", Page(type: "application/json", bytes: PackageResources.openapi_json)),
      ("/", html(PackageResources.dashboard_html)),
      ("/demo", html(PackageResources.demo_html)),
      ("/assets/dashboard.css", style(PackageResources.dashboard_css)),
      ("/assets/demo.css", style(PackageResources.demo_css)),
      ("/assets/app.js", script(PackageResources.app_js)),
      ("/assets/words.js", script(PackageResources.words_js)),
      ("/assets/parts.js", script(PackageResources.parts_js)),
      ("/assets/search.js", script(PackageResources.search_js)),
      ("/assets/overview.js", script(PackageResources.overview_js)),
      ("/assets/products.js", script(PackageResources.products_js)),
      ("/assets/shopper.js", script(PackageResources.shopper_js)),
      ("/assets/rules.js", script(PackageResources.rules_js)),
      ("/assets/work.js", script(PackageResources.work_js)),
      ("/assets/demo.js", script(PackageResources.demo_js)),
      ("/assets/charts.js", script(PackageResources.charts_js)),
      ("/assets/map.js", script(PackageResources.map_js)),
      ("/assets/evaluation.js", script(PackageResources.evaluation_js)),
      ("/assets/experiments.js", script(PackageResources.experiments_js)),
    ]
  }()

  /// Scripts, styles and connections of the page's own origin only; pictures of products from
  /// where the shop has them.
  private static let policy = """
    default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data: https: http:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
    """

  private func answer(_ page: Page, to request: Request) -> Response {
    let headers: HTTPFields = [
      .contentType: page.type, .cacheControl: "no-cache", .eTag: page.tag,
      .contentSecurityPolicy: Self.policy, .referrerPolicy: "no-referrer",
    ]
    if request.headers[.ifNoneMatch] == page.tag {
      return Response(status: .notModified, headers: headers)
    }
    return Response(status: .ok, headers: headers, body: .init(byteBuffer: page.body))
  }
}

extension HTTPField.Name {
  static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
