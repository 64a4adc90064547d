import Testing

@testable import AkinCatalogue

@Suite("Column mapping")
struct ColumnMappingTests {
  private func map(_ header: String, _ pairs: [String] = []) throws -> [String: String] {
    let columns = header.split(separator: ",").map(String.init)
    let mapping = try ColumnMapping(columns: columns, overrides: MappingOverrides(pairs))
    return Dictionary(uniqueKeysWithValues: mapping.summary.map { ($0.column, $0.role) })
  }

  @Test("pricerunner, myntra, shein")
  func realHeaders() throws {
    let runner = try map(
      "product_id,title,merchant_id,cluster_id,cluster_label,category_id,category")
    #expect(runner["product_id"] == "id" && runner["title"] == "title")
    #expect(runner["category"] == "categories" && runner["cluster_id"] == "attribute cluster_id")
    let myntra = try map(
      "product_id,product_name,product_brand,gender,price,num_images,primary_color,description")
    #expect(myntra["product_brand"] == "brand" && myntra["num_images"] == "attribute num_images")
    let shein = try map(
      "product_name,description,initial_price,final_price,currency,in_stock,color,main_image,url,"
        + "category_tree,model_number,other_attributes,product_id,root_category,category,brand")
    #expect(shein["initial_price"] == "price" && shein["final_price"] == "sale_price")
    #expect(shein["category_tree"] == "categories" && shein["category"] == "attribute category")
    #expect(shein["in_stock"] == "availability" && shein["other_attributes"] == "attributes")
  }

  @Test("Chinese, Merchant, Shopify, WooCommerce headers")
  func platforms() throws {
    let chinese = try map("商品ID,商品名称,品牌,一级类目,二级类目,三级类目,原价,价格,库存,主图,描述,颜色")
    #expect(chinese["商品ID"] == "id" && chinese["商品名称"] == "title")
    #expect(chinese["一级类目"] == "categories[0]" && chinese["三级类目"] == "categories[2]")
    #expect(chinese["原价"] == "price" && chinese["价格"] == "sale_price")
    #expect(chinese["颜色"] == "attribute 颜色" && chinese["库存"] == "availability")
    let merchant = try map(
      "g:id,g:title,g:google_product_category,g:product_type,g:sale_price,g:price,g:item_group_id,"
        + "g:image_link,g:additional_image_link")
    #expect(merchant["g:product_type"] == "categories")
    #expect(merchant["g:google_product_category"] == "categories")
    #expect(merchant["g:sale_price"] == "sale_price" && merchant["g:item_group_id"] == "item_group")
    let shopify = try map(
      "Handle,Title,Body (HTML),Vendor,Variant SKU,Variant Price,Variant Compare At Price,Image Src"
    )
    #expect(shopify["Variant SKU"] == "id" && shopify["Vendor"] == "brand")
    #expect(shopify["Variant Compare At Price"] == "price")
    #expect(shopify["Variant Price"] == "sale_price" && shopify["Image Src"] == "images")
    let woo = try map("ID,SKU,Name,Description,Sale price,Regular price,Categories,Images")
    #expect(
      woo["ID"] == "id" && woo["Regular price"] == "price" && woo["Categories"] == "categories")
  }

  @Test("overrides")
  func overrides() throws {
    let roles = try map(
      "product_id,department,brand,product_category,product_type,package_size,farbe",
      [
        "title=product_type", "categories=department/product_category/product_type",
        "attribute.colour=Farbe", "-=brand",
      ])
    #expect(
      roles["department"] == "categories[0]" && roles["product_type"] == "title, categories[2]")
    #expect(roles["farbe"] == "attribute colour" && roles["brand"] == "ignored")
  }

  @Test("errors name the columns and suggest")
  func errors() throws {
    func code(_ header: String, _ pairs: [String] = []) -> MappingError? {
      do {
        _ = try map(header, pairs)
        return nil
      } catch { return error as? MappingError }
    }
    #expect(code("title,attrs,coarse,fine")?.code == .noIdentifierColumn)
    #expect(code("title,attrs,coarse,fine")?.columns == ["title", "attrs", "coarse", "fine"])
    #expect(code("id,price")?.code == .noTitleColumn)
    #expect(code("id,title", ["titel=title"])?.message.contains("Did you mean title?") == true)
    #expect(code("id,title", ["brand=titel"])?.message.contains("\"title\"") == true)
    #expect(code("id,title", ["brand=nothing_like_it"])?.code == .unknownColumn)
    #expect(code("id,title", ["brand"])?.code == .badPair)
    #expect(code("title,x", ["id=@line"]) == nil)
  }
}

@Suite("Event mapping")
struct EventMappingTests {
  @Test("completejourney, Taobao and GA4 headers")
  func headers() throws {
    let grocery = try EventMapping(
      columns: [
        "household_id", "store_id", "basket_id", "product_id", "quantity", "sales_value",
        "transaction_timestamp",
      ], overrides: MappingOverrides())
    #expect(
      grocery.fields == [.user, nil, .transaction, .product, .quantity, .price, .time])
    #expect(grocery.priceIsTotal)
    let taobao = try EventMapping(
      columns: ["user_id", "item_id", "category_id", "behavior_type", "timestamp"],
      overrides: MappingOverrides())
    #expect(taobao.fields == [.user, .product, nil, .type, .time])
    let google = try EventMapping(
      columns: ["event_name", "event_timestamp", "user_pseudo_id", "items"],
      overrides: MappingOverrides())
    #expect(google.fields == [.type, .time, .visitor, .items])
    #expect(throws: MappingError.self) {
      try EventMapping(columns: ["a", "b"], overrides: MappingOverrides())
    }
  }

  @Test(
    "type aliases",
    arguments: [
      ("view_item", .viewItem), ("detail-page-view", .viewItem), ("purchase-complete", .purchase),
      ("pv", .viewItem), ("fav", .addToWishlist), ("cart", .addToCart), ("buy", .purchase),
      ("加购", .addToCart), ("购买", .purchase), ("浏览", .viewItem), ("收藏", .addToWishlist),
      ("transaction", .purchase), ("click", .selectItem), ("dance", nil),
    ] as [(String, EventType?)])
  func aliases(_ word: String, _ type: EventType?) { #expect(EventType(alias: word) == type) }

  @Test("every GA4 name is its own alias")
  func own() {
    for type in EventType.allCases { #expect(EventType(alias: type.rawValue) == type) }
  }
}
