"""The texts of the tokeniser fixture: product titles written for it, and hostile strings."""
import random

TITLES = {
    "zh-Hans": """苹果手机12 128GB 黑色 全网通5G|三星 Galaxy S21 手机 双卡双待|红富士苹果 水果 5斤装 脆甜
iPhone 12 手机壳 透明 防摔 硅胶|小米空气净化器4 Pro 除甲醛|羊毛大衣女中长款 2024秋冬新款|无糖乌龙茶饮料 500ml×15瓶
儿童益智积木玩具 3-6岁|全自动滚筒洗衣机 10公斤 变频|有机纯牛奶 250毫升*12盒|不锈钢保温杯500毫升，送杯套
【官方正品】洗面奶 氨基酸 温和清洁|床上四件套 纯棉 1.8米床|机械键盘 青轴 104键 RGB背光|蓝牙耳机：主动降噪、续航30小时""",
    "zh-Hant": """蘋果手機殼 透明 防摔|三星電視 55吋 4K 智慧聯網|烏龍茶葉禮盒 300公克|羊毛外套 女裝 秋冬新款|無線藍牙耳機 降噪
兒童繪本 注音版 全套十冊|電子鍋 十人份 不沾內鍋|機車安全帽 全罩式 M號|臺灣製 純棉毛巾 34×76公分|檯燈 護眼 LED 觸控調光
貓砂 豆腐砂 6公升|筆記型電腦 16GB記憶體 512GB固態硬碟|防曬乳 SPF50+ PA++++|龜苓膏 12入|鬱金香球根""",
    "en": """Apple iPhone 12 128GB Black (Unlocked)|Samsung Galaxy S21 Ultra 5G 256GB|Men's Waterproof Hiking Boots, Size 10½
Stainless-steel water bottle 750 ml, BPA-free|Don't Panic! T-shirt – unisex, L|USB-C to HDMI adapter 4K@60Hz
Organic Fuji apples 3 lb bag|55" OLED 4K Smart TV (2023)|AA Batteries (24-Pack) 1.5V|Kids' bike 16" w/ training wheels
Whole-bean coffee, dark roast, 2.2lb|Women's Merino Wool Sweater - Navy/Red|Cordless Drill 18V 2x2.0Ah|Gluten-free pasta 500g x 6
Replacement filter for HEPA-13 air purifier|O'Reilly book: “Learning SQL”, 3rd ed.""",
    "ja": """アップル iPhone 12 ケース クリア 耐衝撃|ワイヤレスイヤホン ノイズキャンセリング対応|炊飯器 5.5合炊き 圧力IH|レディース ウールコート ロング丈
国産りんご サンふじ 3kg 送料無料|ステンレスボトル ５００ｍｌ 保温保冷|ﾉｰﾄﾊﾟｿｺﾝ 15.6ｲﾝﾁ ﾒﾓﾘ16GB|子供用 自転車 16インチ 補助輪付き|お米 コシヒカリ 10kg 令和5年産
がぎぐげご ぱぴぷぺぽ カ゛サ゜|パーティー ドレス|消しゴム・鉛筆セット|㈱ヤマト ㍻ ㌔グラム|ふわふわ〜タオル|抹茶ラテ 100％""",
    "ko": """삼성 갤럭시 S21 자급제 256GB|아이폰 12 투명 케이스 충격방지|국산 부사 사과 5kg 가정용|무선 이어폰 노이즈 캔슬링|여성 울 코트 겨울 신상
스테인리스 텀블러 500ml|유기농 우유 1L x 10팩|어린이 자전거 16인치|전기밥솥 10인용|기계식 키보드 청축
한글과 컴퓨터|햇반 210g×24개|김치냉장고 스탠드형|방수 등산화 270mm|닭가슴살 100g 30팩""",
    "ar": """هاتف آيفون 12 سعة 128 جيجابايت أسود|سماعات بلوتوث لاسلكية مع إلغاء الضوضاء|حذاء رياضي رجالي مقاس ٤٢|قهوة عربية محمصة ٥٠٠ جرام
غسالة أوتوماتيكية ٨ كجم|حليب طازج كامل الدسم، ١ لتر|كِتَابٌ لِلْأَطْفَالِ|عطر نسائي ١٠٠ مل|تلفزيون ذكي ٥٥ بوصة ٤K|زيت زيتون بكر ممتاز
تمر المجدول الفاخر ـ علبة|مكيف هواء ١٫٥ طن|لا إله ﻻ ﷲ ﷺ|حقيبة ظهر مدرسية|شاي أخضر؟ نعم!""",
    "he": """טלפון אייפון 12 128GB שחור|אוזניות אלחוטיות עם ביטול רעשים|נעלי ספורט לגברים מידה 43|קפה טחון 200 גרם|שׁוּלְחָן עֵץ מָלֵא
מכונת כביסה 8 ק"ג|חלב 3% ליטר|בקבוק נירוסטה 500 מ״ל|מעיל צמר לנשים|ספר ילדים מנוקד – גיל 3–6|תפוחי עץ פוג'י|טלוויזיה חכמה 55 אינץ׳""",
    "hi": """एप्पल आईफ़ोन 12 128 जीबी काला|वायरलेस ब्लूटूथ हेडफ़ोन|पुरुषों के लिए स्पोर्ट्स जूते साइज़ 9|बासमती चावल 5 किलो|दार्जिलिंग चाय 250 ग्राम
क़लम और क़िताब|महिलाओं की सूती साड़ी|स्टेनलेस स्टील की बोतल १ लीटर|बच्चों की साइकिल १६ इंच|शुद्ध देसी घी ५०० मिली|हिन्दी में निर्देश पुस्तिका।|ज़्यादा कीमत ₹१,२९९""",
    "th": """โทรศัพท์มือถือไอโฟน 12 ความจุ 128GB สีดำ|หูฟังไร้สายตัดเสียงรบกวน|รองเท้าวิ่งผู้ชาย เบอร์ 42|ข้าวหอมมะลิ 5 กิโลกรัม|กระติกน้ำสแตนเลส 500 มล.
เสื้อโค้ทขนสัตว์ผู้หญิง|นมสดพาสเจอร์ไรส์ ๑ ลิตร|เครื่องซักผ้าฝาหน้า 8 กก.|ปลากระป๋องในซอสมะเขือเทศ|น้ำปลาแท้ตราปลาหมึก|ทุเรียนหมอนทอง กก.ละ ฿180|ก่ำกี้กู๊""",
    "ru": """Смартфон Apple iPhone 12 128 ГБ чёрный|Беспроводные наушники с шумоподавлением|Мужские кроссовки, размер 43|Кофе в зёрнах тёмной обжарки 1 кг
Стиральная машина 8 кг|Молоко 3,2% 950 мл|Женское шерстяное пальто|Ёлка искусственная 180 см|Подъёмник №5|Йогурт «Чудо»|Щётка для объектива|Яблоки Фуджи, кг""",
    "el": """Κινητό τηλέφωνο iPhone 12 128GB μαύρο|Ασύρματα ακουστικά Bluetooth|Ανδρικά αθλητικά παπούτσια Νο 43|Ελληνικός καφές 200 γρ.|Εξαιρετικό παρθένο ελαιόλαδο 5 λίτρα
ΠΑΛΤΟ ΜΑΛΛΙΝΟ ΓΥΝΑΙΚΕΙΟ|Πλυντήριο ρούχων 8 κιλών|ΟΔΟΣ ὁδός Ὀδυσσεύς ᾠδή|Φέτα Π.Ο.Π. 400g|Μέλι θυμαρίσιο; ναι·|Σαπούνι πράσινο""",
    "de": """Kaffeevollautomat mit Milchaufschäumer, schwarz|Herren-Wanderschuhe Größe 43 wasserdicht|Bio-Äpfel Fuji 1 kg|Straßenfußball Größe 5|Kühl-Gefrierkombination 185 cm
Spülmaschinentabs 60 Stück|Damenmantel aus Schurwolle, anthrazit|Donaudampfschifffahrtsgesellschaftskapitänsmütze|ẞüßstoff flüssig|Überraschungsei 3er-Pack|Akku-Bohrschrauber 18 V|Weißbier 0,5 l""",
    "fr": """Cafetière à piston 1 litre|Chaussures de randonnée imperméables homme|Pommes Fuji bio – filet de 2 kg|Manteau en laine d’alpaga femme|Lave-linge 8 kg, 1 400 tr/min
Crème brûlée à l'œuf frais|Jus d’orange sans sucres ajoutés|Téléviseur 55″ 4K « Smart »|Pâtes à tartiner noisettes 750 g|Été : maillot de bain taille 40|Vélo enfant 16 pouces|Où est Noël ?""",
    "es": """Teléfono móvil libre 128 GB negro|Zapatillas de niño talla 34|Cafetera eléctrica de goteo|Jamón ibérico de bellota 100 g|¿Qué es? ¡Piñata de cumpleaños!|Lavadora 8 kg
Aceite de oliva virgen extra 5 L|Abrigo de lana para mujer|Champú anticaída 400 ml|Pingüino de peluche|Cable USB-C 2 m|Años 80: camiseta""",
    "pt": """Fogão 4 bocas automático|Tênis de corrida masculino nº 41|Café torrado e moído 500 g|Pão de queijo congelado 1 kg|Maçã Fuji – bandeja|Calças de ganga|Máquina de lavar 8 kg|Açúcar mascavo""",
    "it": """Macchina da caffè espresso|Scarpe da trekking impermeabili|Olio extravergine d'oliva 1 L|Cappotto di lana da donna|Pasta di semola n° 5, 500 g|Perché? Così è più buono""",
    "vi": """Điện thoại iPhone 12 128GB màu đen|Tai nghe không dây chống ồn|Giày thể thao nam cỡ 42|Cà phê rang xay 500g|Nước mắm Phú Quốc 40 độ đạm|Áo khoác dạ nữ dáng dài
Máy giặt cửa trước 8 kg|Gạo ST25 túi 5 kg|Bình giữ nhiệt 500ml|Sữa tươi tiệt trùng ít đường|Xe đạp trẻ em 16 inch|Ðồ chơi gỗ cho bé""",
    "tr": """Akıllı telefon 128 GB siyah|Çay bardağı 6'lı set|İstanbul baskılı tişört|Kışlık kadın mont|Isıtıcı fan 2000 W|Şeftali suyu 1 L|Yünlü ĞÜZEL çorap""",
    "pl": """Młynek do kawy elektryczny|Buty trekkingowe męskie 43|Żurek w proszku 49 g|Łóżko drewniane 160×200|Płaszcz wełniany|Ściereczki z mikrofibry""",
    "id": """Sepatu lari pria ukuran 42|Kopi bubuk robusta 200 gram|Botol minum anti tumpah|Mesin cuci 8 kg|Jaket wol wanita|Beras pandan wangi 5kg""",
    "bn": """বাসমতি চাল ৫ কেজি|ওয়্যারলেস হেডফোন|সুতির শাড়ি|খাঁটি সরিষার তেল ১ লিটার|ছোটদের বই""",
    "ta": """தமிழ் புத்தகம்|பாஸ்மதி அரிசி 5 கிலோ|பருத்தி சேலை|கொலுசு வெள்ளி|தேங்காய் எண்ணெய் 1 லிட்டர்""",
    "fa": """گوشی موبایل ۱۲۸ گیگابایت|کفش ورزشی مردانه|چای ایرانی ۵۰۰ گرم|می‌خواهم کتاب‌ها را بخرم|پسته اکبری""",
    "ka-hy-am-my-km-lo": """ქართული ჩაი 100 გრ|Հայկական կոնյակ 0,5 լ|የኢትዮጵያ ቡና 500 ግራም|မြန်မာ လက်ဖက်|សៀវភៅខ្មែរ|ກາເຟລາວ ນ້ຳ""",
}

BRANDS = """Xiaomi|华为|Nike|adidas|索尼|ソニー|LG|Bosch|Philips|Müller|Nestlé|L'Oréal|Häagen-Dazs|Samsung|苏泊尔|Anker|小天鹅|Ивановский|롯데|الفارس""".split("|")
NOUNS = """手机壳|充电器|bluetooth speaker|running shoes|冰箱|電視|コーヒー|가방|Kaffeemaschine|crème hydratante|zapatillas|наушники|ปลั๊กไฟ|आटा|حقيبة|áo thun|T-shirt|数据线|牙刷|LED灯""".split("|")
SPECS = """128GB|5.5L|220V/50Hz|1.5m×2m|№7|XL|500克|0.5 kg|12 oz|42"|10,000mAh|¥1,299.00|€49,90|$12.99|-20℃|±0.5%|≥99.9%|1/2″|3/4|50–60Hz|IP68|A4/80g|Ø30mm|25µm|2³|10⁻⁶|4K@120|¼ lb|1:64|100%棉""".split("|")
MODELS = """SM-G991B/DS|MK2W3CH/A|WH-1000XM4|RTX-3060Ti|i7-12700K|DCD771C2|A2403|XPS13-9310|HX-9023/65|3M-9501V+|B07XJ8C8F5|6901234567892|978-7-111-54742-6|KF94|SKU#0042_b|v2.0.1-rc3|F1.8/24-70|LR03/AAA""".split("|")
URLS = """https://shop.example.com/p/12345?color=red&size=42#reviews|http://例え.jp/商品|www.example.co.uk|mailto:sales@example.com|ftp://10.0.0.1:21/a_b-c~d%20e|//cdn.example.net/i/a.jpg|user@例子.公司|https://例子.中国/路径?查询=值""".split("|")
EMOJI = """👨‍👩‍👧‍👦|👩🏽‍💻|🏳️‍🌈|🏴‍☠️|🇨🇳🇺🇸🇯🇵|🏴󠁧󠁢󠁥󠁮󠁧󠁿|👍🏿👍🏻|❤️|❤|☎️📱|1️⃣#️⃣*️⃣|🥰🦾🫠🪫|👁️‍🗨️|🤷🏼‍♀️|🎁🎉✨🔥💯|©️®™|㊗️㊙️🈶|🫱🏻‍🫲🏿|⭐⭐⭐⭐⭐|→➡️⇒""".split("|")

EDGES = [
    " ", "  ", "\t", "\n", "\r\n", "\r", "\u3000", "\u00a0", "a", "Z", "é", "中", "😀", "\u0301", "\u200d", "\ufeff", "\ufffd", "\x00", "a\x00b",
    "\x01\x02\x03", "a\x07b", "\x7f", "\x80\x85\x9f", "a\u0085b", "a\x0bb\x0cc", "\x1b[31mred\x1b[0m", "soft\u00adhyphen", "zero\u200bwidth\u200cnon\u200djoiner",
    "\u2060word\u2060joiner", "\ufeffBOM at start", "left\u200eright\u200fmarks\u202aembed\u202c", "\u2028line\u2029para", "\u180emongol", "\u061cALM",
    "e\u0301", "E\u0301\u0323", "a\u0323\u0302", "o\u031b\u0300", "n\u0303 N\u0303", "Å\u030a", "A\u030a", "\u212b", "\u1e9b\u0323", "\uff45\u0301", "\ufb01\u0301", "i\u0307", "I\u0307 İ ı", "x\u0301\u0302\u0303\u0304\u0305",
    "Z" + "\u0300\u0301\u0302\u0303" * 12 + "algo", "A\u0340 e\u0341", "\u03b1\u0313\u0301\u0345", "中\u0301", "中\u0301\u0300 文", "か\u3099 は\u309a", "ハ\u309a カ\u3099", "ｶﾞ ﾊﾟ", "क\u093c", "ड\u093c", "ก\u0e33", "\u0e40\u0e01\u0e34\u0e14",
    "שׁ", "ש\u05c1", "\ufb2a", "ב\u05bc\u05b0", "\u0627\u0653", "\u0648\u0654", "\u0643\u064e\u0651", "한", "\u1112\u1161\u11ab", "\u1100\u1161", "\u3131\u314f", "\ud7a3\u11a8", "각\u11a8",
    "\r\n\r\na\r\nb", "a \r\n b", "©\u200d x", "a\u200db", "a\ufe0f b\ufe0e", "#\u20e3 5\u20e3", "①\u20e3", "½\u0301",
    "ｉＰｈｏｎｅ　１２　（黒）", "ＡＢＣ　ａｂｃ　０１２３", "！＂＃＄％＆＇（）＊＋，－．／", "￥１，２９９", "ﾃﾚﾋﾞ", "ｱｲｳｴｵ｡｢｣､･", "㎏ ㎝ ㎡ ㏄ ㏈ ㎐", "① ② ⑳ ㉑ ⒈ ⑴ ⓐ Ⓩ", "Ⅳ ⅳ Ⅻ", "㍿ ㌀ ㌘ ㌧", "℃ ℉ № ℡ ™ ℠ Ω K Å", "ﬀ ﬁ ﬂ ﬃ ﬄ ﬅ", "ǅ ǆ Ǉ ĳ Ĳ ŉ", "𝐁𝐨𝐥𝐝 𝓼𝓬𝓻𝓲𝓹𝓽 𝔻𝕠𝕦𝕓𝕝𝕖 𝟙𝟚𝟛", "ᴬᴮ ⁿ ₂ ²³¹", "…‥․", "––—―‐‑−", "‘’‚‛“”„‟‹›«»", "〈〉《》「」『』【】〔〕〖〗", "、。〃〄々〆〇", "〜～∼", "¡¿·;", "`´῀΄΅¨", "⸺⸻⹀",
    "𠀀", "𠀀𠀁𠀂", "𠮷野家", "𪚥龍", "𫝀 𫠝 𬺰", "\U0002b820\U0002b91f", "\U00030000", "\U0002f800\U0002fa1d", "豈更車\ufa0e", "⼀⼁⺀", "㐀䶵", "鿿龥", "𡃁𨋢𩶘", "a𠀀b", "𠀀 中 𠀁", "々仝〇",
    "\ue000", "\uf8ff", "\U000f0000", "\U0010fffd", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff", "\ufdd0", "\u0378", "\u2fe0", "\U000e0001", "\U000e0100", "\u2065", "\ufff9\ufffa\ufffb", "\U0001d173", "\u0600\u0661", "\u06dd\u0661", "\u070f\u0710", "\u08e2", "\U000110bd", "\U000110cd",
    "\u1734", "\u166d", "\ua9bd", "\U000111c9", "\u07fd", "\u0c04", "\u1df6", "\u08d3", "\U0001e130", "\U0001e944", "\u2e43", "\u2e52", "\u09fd", "\u1b7d", "\U0001fa70\U0001fae0\U0001fae8", "\u20bf\u20c0", "\u32ff", "\u061d",
    "[CLS]", "[SEP] x", "a [MASK] b", "[PAD][PAD]", "[UNK]", "[cls]", "[ CLS ]", "<s>", "</s>", "<pad>", "<unk>", "a<unk>b", "<mask>", "a  <mask>  b", "x<s>y</s>z", "<s", "<S>", "[MASK", "##ing", "un##known", "▁", "▁▁a", "a▁b", " ▁a", "a ▁", "_a_", "\u2581\u0301",
    "a" * 100, "a" * 101, "é" * 100, "中" * 120, "ー" * 40, "." * 60, "-" * 200, "w" * 300, "0123456789" * 12, "ab" * 49 + "…", "𠀀" * 30, "\u0301" * 30, "😀" * 20, "Ａ" * 101, "가" * 40, "İ" * 60,
    " leading", "trailing ", "  both  ", "many     inner      spaces", "tab\tand\nnewline", "\u2003em\u2002en\u2009thin", "a\u00a0b\u202fc", "a\u3000\u3000b", "\u3000全角空白\u3000", "x \u200b y", " \u0001 ", "\u0001", "a \u0001 b", " \n ",
    "can't won't it's", "U.S.A.", "e-mail", "C++ C# .NET", "AT&T", "100,000.50", "1.000,50", "1 000", "12:30–14:00", "2024-01-31", "(a)(b)", "{json: [1,2]}", "a/b\\c|d", "~!@#$%^&*()_+`-={}[]:\";'<>?,./", "$100+50=150^2", "&amp; &lt;b&gt; &#39;", "<br/>bold</b>", "%20%E4%B8%AD", "\\u4e2d", "NULL", "NaN", "-0.0e-10",
]


def long_text(length=10_000):
    """A text of `length` characters by a rule that other languages can follow exactly."""
    words = ["苹果手机12", "Galaxy", "S21", "красный", "コーヒー豆", "가방", "حقيبة", "128GB", "naïve", "𠀀😀"]
    state, parts, total = 12345, [], 0
    while total < length:
        state = (state * 1103515245 + 12345) % 2147483648
        word = words[state // 65536 % len(words)]
        joint = " " if state // 1048576 % 3 else ""
        parts.append(word + joint)
        total += len(word) + len(joint)
    return "".join(parts)[:length]


def texts():
    """All texts of the fixture but the long one, without repetition."""
    rng = random.Random(20240131)
    result = [""]
    titles = [t for group in TITLES.values() for t in group.replace("\n", "|").split("|")]
    result += titles + EDGES + EMOJI + MODELS + URLS + SPECS
    for brand in BRANDS:
        for noun in NOUNS:
            spec, model = rng.choice(SPECS), rng.choice(MODELS)
            if rng.random() < 0.95:
                joint = rng.choice([" ", "", " - ", "/", "，", "　", " | "])
                result.append(joint.join([brand, noun, spec, model][: rng.randint(2, 4)]))
    for title in titles:
        change = rng.randrange(9)
        if change == 0: result.append(title.upper())
        elif change == 1: result.append(title + rng.choice(EMOJI))
        elif change == 2: result.append(rng.choice(URLS) + " " + title)
        elif change == 3: result.append(title.replace(" ", rng.choice(["\u3000", "\u00a0", "\t", "  ", "\u200b"])))
        elif change == 4: result.append("".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in title))
        elif change == 5: result.append(title[::-1])
        elif change == 6: result.append("\u200d".join(title[:20]))
        elif change == 7: result.append(title + "，" + rng.choice(titles) + "；" + rng.choice(titles))
        else: result.append("".join(c + rng.choice(["", "", "", "\u0301", "\u0327", "\ufe0f"]) for c in title))
    import unicodedata
    for title in titles[::2]:
        for form in ("NFD", "NFKD"):
            changed = unicodedata.normalize(form, title)
            if changed != title: result.append(changed)
    alphabet = [(0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x5FF), (0x600, 0x6FF), (0x900, 0x97F),
                (0xE00, 0xE7F), (0x1100, 0x11FF), (0x2000, 0x22FF), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
                (0xFB00, 0xFFEF), (0x1F300, 0x1FAFF), (0x20000, 0x2A6DF), (0xE000, 0xE0FF)]
    for _ in range(160):
        result.append("".join(chr(rng.randint(*rng.choice(alphabet))) for _ in range(rng.randint(1, 24))))
    return list(dict.fromkeys(result))
