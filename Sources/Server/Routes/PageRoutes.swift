internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The dashboard, the shop window and the API's own description: files within the program, so that
/// nothing has to be found at run time and nothing is asked of the network.
struct PageRoutes {
  private struct Page {
    var type: String
    var bytes: [UInt8]
  }

  func add(to router: Router<ShopContext>) {
    for (path, page) in Self.pages {
      router.get(RouterPath(path)) { request, _ in answer(page, to: request) }
    }
  }

  private static let pages: [(String, Page)] = {
    func html(_ bytes: [UInt8]) -> Page { Page(type: "text/html; charset=utf-8", bytes: bytes) }
    func script(_ bytes: [UInt8]) -> Page {
      Page(type: "text/javascript; charset=utf-8", bytes: bytes)
    }
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
    ]
  }()

  /// Scripts, styles and connections of the page's own origin only; pictures of products from
  /// where the shop has them.
  private static let policy = """
    default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data: https: http:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
    """

  private func answer(_ page: Page, to request: Request) -> Response {
    Response(
      status: .ok,
      headers: [
        .contentType: page.type, .cacheControl: "no-cache", .contentSecurityPolicy: Self.policy,
        .referrerPolicy: "no-referrer",
      ],
      body: .init(byteBuffer: ByteBuffer(bytes: page.bytes)))
  }
}

extension HTTPField.Name {
  static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
