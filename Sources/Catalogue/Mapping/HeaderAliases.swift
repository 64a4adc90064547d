/// Names under which shops, platforms and standards write the fields.
///
/// Within a field the first names are the surer ones: where two columns could be the title, the
/// one whose name stands first is taken and the other becomes an attribute.
enum HeaderAliases {
  struct Match<Field: Sendable>: Sendable {
    var field: Field
    /// Lower is surer.
    var rank: Int
  }

  private static func table<Field: Sendable>(_ lists: [(Field, String)]) -> [String: Match<Field>] {
    var table: [String: Match<Field>] = [:]
    for (field, names) in lists {
      for (rank, name) in names.split(whereSeparator: \.isWhitespace).enumerated() {
        let key = String(name)
        if table[key] == nil { table[key] = Match(field: field, rank: rank) }
      }
    }
    return table
  }

  /// Headers as ``HeaderName/key(_:)`` writes them.
  static let product: [String: Match<ProductField>] = table([
    (
      .id,
      """
      id productid itemid offerid variantsku variantid sku skuid goodsid articleid articlenumber \
      asin productcode itemcode productidentifier identifier uniqid pid itemnumber handle \
      商品id 产品id 商品编号 产品编号 商品编码 产品编码 商品代码 skuid编号 sku编码 商品sku 货号 款号 编号 商品號 商品編號 宝贝id 物品id spuid spu spucode
      """
    ),
    (
      .title,
      """
      title productname producttitle name itemname itemtitle goodsname offertitle displayname \
      productdisplayname articlename spuname skuname titleen titlezh \
      商品名称 商品标题 产品名称 产品标题 标题 宝贝标题 宝贝名称 名称 品名 商品名 产品名 商品名稱 標題 產品名稱 名稱
      """
    ),
    (
      .description,
      """
      description productdescription longdescription bodyhtml body desc details productdetails content \
      shortdescription overview about 商品描述 产品描述 描述 商品详情 产品详情 详情 详细描述 简介 商品介绍 產品描述
      """
    ),
    (
      .brand,
      """
      brand brandname productbrand vendor manufacturer manufacturername maker make brandtitle \
      商品品牌 品牌 品牌名称 品牌名 产品品牌 厂商 生产商 品牌名稱
      """
    ),
    (
      .price,
      """
      regularprice price listprice initialprice originalprice compareatprice variantcompareatprice \
      retailprice msrp mrp baseprice unitprice variantprice offersprice offerprice currentprice \
      sellingprice actualprice finalprice pricevalue priceamount prices \
      原价 市场价 吊牌价 划线价 价格 商品价格 售价 单价 产品价格 零售价 定价 現價 原價 價格 定價 現价
      """
    ),
    (
      .salePrice,
      """
      saleprice finalprice discountedprice discountprice specialprice promoprice promotionprice \
      dealprice sellingprice currentprice salesprice pricesale 促销价 活动价 折扣价 现价 优惠价 特价 券后价 到手价 促銷價 特價
      """
    ),
    (
      .currency,
      "currency currencycode pricecurrency offerspricecurrency 币种 货币 货币单位 幣別 貨幣"
    ),
    (
      .gtin,
      """
      gtin gtin13 gtin14 gtin12 gtin8 ean ean13 upc barcode variantbarcode isbn isbn13 isbn10 \
      gtinupceanorisbn globaluniqueid 条码 条形码 商品条码 商品条形码 国际条码 條碼 國際條碼
      """
    ),
    (
      .mpn,
      "mpn modelnumber manufacturerpartnumber partnumber modelno model 型号 产品型号 规格型号 型號"
    ),
    (
      .itemGroup,
      """
      itemgroupid itemgroup parentsku parentid parent groupid productgroup productgroupid variantgroup \
      masterid masterproductid parentproductid parentasin stylegroup variantgroupid modelgroup \
      商品组id 商品组 商品组编号 父商品id 主商品id 款式编号 款式组 款式组id 款组 系列id 商品組 款式組
      """
    ),
    (
      .link,
      """
      link url producturl productlink pageurl itemurl canonicalurl permalink href 商品链接 链接 产品链接 商品网址 网址 \
      商品連結 連結
      """
    ),
    (
      .images,
      """
      imagelink image mainimage imageurl imagesrc images imageurls imagelinks primaryimage picture \
      pictures picurl pic photo photos thumbnail img imgurl additionalimagelink additionalimages \
      variantimage 主图 图片 商品图片 图片链接 图片地址 主图链接 产品图片 商品主图 图片url 圖片 主圖
      """
    ),
    (
      .availability,
      """
      availability instock stockstatus offersavailability isavailable available stock inventory \
      stockquantity variantinventoryqty quantityinstock qty quantityavailable 库存状态 库存 库存量 库存数量 是否有货 \
      上架状态 庫存 庫存量
      """
    ),
    (.language, "language lang contentlanguage locale inlanguage 语言 語言"),
    (
      .attributes,
      """
      attributes attrs attributelist otherattributes productattributes specifications specs properties \
      props additionalproperty productspecs 属性 商品属性 产品属性 参数 规格参数 屬性
      """
    ),
  ])

  /// Columns that are the identifier only where there is no finer one, else the group.
  static let standardProductUnits: [String] = names("spu spuid spucode spu编码 spu编号")

  /// Columns that hold a whole path, the surest first.
  static let wholePaths: [String] = names(
    """
    categorytree categorypath categoryhierarchy breadcrumbs breadcrumb categories productcategories \
    categoriespath fullcategory categoryfullpath 类目路径 分类路径 类目全路径 商品类目路径 類目路徑
    """)

  /// Google's taxonomy: a path beside the shop's own.
  static let ownPaths: [String] = names("googleproductcategory")

  /// Columns that hold one level of a path, with their depth; equal depths exclude each other.
  static let levels: [String: Int] = {
    var table: [String: Int] = [:]
    let lists: [(Int, String)] = [
      (
        5,
        """
        department rootcategory root maincategory topcategory primarycategory parentcategory division \
        coarse coarsecategory sector 一级类目 一级分类 一级品类 大类 父类目 一級類目 一級分類 主类目
        """
      ),
      (
        10,
        """
        category productcategory categoryname cat itemcategory goodscategory mastercategory 类目 分类 商品类目 \
        商品分类 产品类目 产品分类 品类 类别 商品类别 产品类别 类目名称 类目名 二级类目 二级分类 二级品类 中类 類目 分類 二級類目 二級分類
        """
      ),
      (
        20,
        """
        subcategory producttype subcat commodity articletype fine finecategory type productgroupname \
        三级类目 三级分类 三级品类 小类 子类目 子分类 叶子类目 产品类型 商品类型 三級類目 三級分類
        """
      ),
      (30, "subcommodity subsubcategory class productclass 四级类目 四级分类 细类 四級類目"),
    ]
    for (depth, text) in lists { for name in names(text) { table[name] = depth } }
    for prefix in ["category", "categorylevel", "cat", "level", "catlevel", "l", "categoryl", "c"] {
      for number in 1...6 {
        // `c1` and `l1` alone say too little without `category`.
        let depth = 100 + number
        table[prefix + String(number)] = depth
        table["l\(number)category"] = depth
        table["category\(number)name"] = depth
        table["level\(number)category"] = depth
      }
    }
    return table
  }()

  private static func names(_ text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  static let event: [String: Match<EventField>] = table([
    (
      .product,
      """
      productid itemid product item sku skuid goodsid articleid asin productcode objectid offerid \
      contentid productsku 商品id 产品id 商品编号 商品 物品id 商品编码 宝贝id 货号
      """
    ),
    (
      .type,
      """
      eventtype event eventname type action behavior behaviour behaviortype behaviourtype actiontype \
      activity interaction interactiontype 行为类型 行为 事件类型 事件 操作类型 动作
      """
    ),
    (.id, "eventid id uuid messageid 事件id 流水号"),
    (
      .visitor,
      "visitorid visitor userpseudoid anonymousid deviceid clientid cookieid 访客id 设备id 访客"
    ),
    (
      .user,
      """
      userid user customerid customer householdid memberid buyerid shopperid reviewerid accountid \
      usertoken 用户id 用户 会员id 买家id 客户id 用戶id 會員id
      """
    ),
    (.session, "sessionid session visitid gasessionid 会话id 会话"),
    (
      .transaction,
      """
      transactionid orderid basketid invoiceno invoice invoiceid order cartid receiptid ordernumber \
      purchaseid 订单id 订单号 订单编号 交易id 小票号 訂單編號
      """
    ),
    (
      .time,
      """
      timestamp eventtime time eventtimestamp transactiontimestamp datetime date createdat \
      transactiondate orderdate invoicedate unixtime unixreviewtime timestampmicros ts purchasedate \
      eventdate 时间 时间戳 行为时间 事件时间 下单时间 购买时间 日期 時間
      """
    ),
    (.quantity, "quantity qty amountofitems count units pieces 数量 购买数量 件数 數量"),
    (
      .price,
      """
      price unitprice itemprice productprice salesvalue revenue value amount 价格 单价 金额 成交价 價格
      """
    ),
    (.currency, "currency currencycode 币种 货币"),
    (.attribution, "attributiontoken attribution queryid recommendationid"),
    (.items, "items products productdetails ecommerceitems objectids"),
  ])
}
