#!/usr/bin/env python3
"""Writes events.jsonl: a year of a small shop that sells on two platforms.

The products are written by hand; the shoppers are simulated, because behaviour can be. Each visit
has an intention (a bundle below): the shopper compares a few anchors, may choose one, and then
adds what goes with it. The seed is fixed, so that the file is the same on every machine.

    python3 make_events.py > events.jsonl
"""

import csv
import datetime
import json
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).parent
CN, GLOBAL = "cn", "global"

# (weight, months or None, platform, anchors that are compared, {companion: chance of adding it})
BUNDLES = [
    (7, None, CN, "101001 101002 101003 101017", "101101:45 101102:20 101103:20 101109:40 101201:35 101205:20 101209:10 102005:12"),
    (5, None, GLOBAL, "B-1001 B-1002 B-1003", "B-1101:45 B-1102:15 B-1106:40 B-1201:35 B-1204:25 B-1206:10 B-1306:10"),
    (4, None, CN, "101005 101006", "101104:50 101110:45 101201:30 101207:25 102005:20"),
    (3, None, CN, "101007", "101105:50 101202:25 101207:25"),
    (3, None, CN, "101008 101009", "101106:55 101111:50 101202:30 101207:20"),
    (3, None, GLOBAL, "B-1004", "B-1104:50 B-1107:35 B-1202:30 B-1205:25 B-9024:8"),
    (3, None, GLOBAL, "B-1005 B-1006 B-1007", "B-1105:40 B-1202:25 B-1205:25"),
    (3, None, CN, "101010 101011", "101107:45 101203:40 101208:20 102009:12"),
    (3, None, CN, "101012 101013 101014 101015", "101108:35 101202:20 101208:20"),
    (3, None, CN, "102001 102002 102003 102004 102007", "101207:10 103006:6"),
    (3, None, GLOBAL, "B-1301 B-1302 B-1303 B-1304 B-1305 B-9001", "B-1205:10 B-1308:5"),
    (2, None, CN, "102005", "102006:55 101201:15"),
    (3, None, CN, "103001 103002 103003", "103006:35 103007:25 103009:25 103012:20 101202:20"),
    (3, None, GLOBAL, "B-1401 B-1402 B-1403", "B-1404:35 B-1405:25 B-1406:25 B-1408:20 B-1202:15"),
    (2, None, CN, "103004 103005", "101207:25 101201:15"),
    (2, None, CN, "103010 103011", "103009:10"),
    (2, None, GLOBAL, "B-1410", "B-1409:80"),
    (9, None, CN, "201001 201002 201003 201004", "201008:40 201007:30 201009:25 201006:25 202007:25 201104:25"),
    (6, [5, 6, 7, 8], CN, "201011 201006 201005 201012", "201008:30 201101:25 202006:25 201103:20"),
    (5, [1, 2, 3, 12], CN, "201010 201007 201005", "201009:30 201002:25 202101:25 202009:20"),
    (8, None, GLOBAL, "B-2001 B-2002 B-2003", "B-2004:45 B-2009:30 B-2008:30 B-2005:20 B-2109:25 B-2010:10"),
    (5, None, GLOBAL, "B-2007 B-2008", "B-2004:40 B-2006:25 B-2108:20 B-2109:20"),
    (5, None, CN, "202014 202015", "202011:40 202016:35 202018:30 201104:30 201102:25 202017:20"),
    (4, None, CN, "201105", "202016:30 201103:25 201102:20 202203:8 202003:25"),
    (4, None, GLOBAL, "B-2204 B-2203", "B-2205:55 B-2201:30 B-2202:15 B-2206:20 B-2003:5"),
    (5, None, CN, "202002 202003 202004 202005 202006", "202103:45 202104:35 202108:25 202105:20"),
    (4, None, GLOBAL, "B-2101 B-2102 B-2103 B-2104", "B-2211:50 B-2212:20 B-2210:10"),
    (4, None, CN, "202204 202205 202206", "202010:35 202105:15 202106:15"),
    (3, None, GLOBAL, "B-2208 B-2207 B-2209", "B-2108:40 B-2210:25 B-9021:10"),
    (2, None, CN, "401006", "202206:65 202010:40"),
    (2, None, GLOBAL, "B-4002", "B-2208:60 B-2108:30"),
    (2, None, CN, "202201 202202 202203", "202101:20 401011:15"),
    (6, [1, 2, 10, 11, 12], CN, "301001 301002 301003 301004", "301008:35 301009:25 301011:20 301012:25 301105:15"),
    (4, [1, 2, 10, 11, 12], CN, "301005 301006 301007", "301010:40 301011:25 301106:15"),
    (5, [1, 2, 3, 10, 11, 12], GLOBAL, "B-3001 B-3005 B-9014", "B-3006:45 B-3007:20 B-3008:25 B-3009:15"),
    (4, [1, 2, 3, 10, 11, 12], GLOBAL, "B-3002 B-3003 B-3004", "B-3007:30 B-3009:30 B-3008:25 B-3104:15"),
    (4, [4, 5, 6, 7, 8, 9], CN, "301017 301018 301015", "501004:35 301013:10 301104:20"),
    (3, None, CN, "301013 301014 301016", "301106:30 301101:20 301104:15"),
    (3, None, GLOBAL, "B-3010 B-3011 B-3012", "B-3101:25 B-3102:20 B-3105:20"),
    (3, None, CN, "301101 301102 301103", "301106:45"),
    (3, None, GLOBAL, "B-3101 B-3102 B-3103 B-9015", "B-3105:40"),
    (2, None, CN, "401001 401002 401007", "401014:15"),
    (2, None, CN, "401003 401004 401005", "202014:35 401010:25"),
    (3, None, CN, "401014 401015 401016", "501007:30 201104:10"),
    (2, None, GLOBAL, "B-4003 B-4004 B-9012", "B-4005:25 B-2201:20"),
    (2, None, CN, "401011 401012 802003", "202201:15"),
    (3, None, CN, "501001 501002 501003", "501004:35 501005:20"),
    (2, None, GLOBAL, "B-5001 B-5002", "B-5003:40 B-5004:20"),
    (3, None, CN, "601001", "601002:50 601003:20 601004:30"),
    (2, None, CN, "601005 601006", "701001:8"),
    (2, None, GLOBAL, "B-6002 B-6003", "B-7001:8"),
    (3, None, CN, "701001 701002 701003", "701004:25"),
    (2, None, GLOBAL, "B-7001 B-7002", "B-7003:30"),
    (3, None, CN, "801001", "801002:60 801003:55"),
    (2, None, CN, "802002", "802005:60 802003:35 102008:25"),
    (2, [4, 5, 6, 7, 8, 9], GLOBAL, "B-8003", "B-8002:40 B-3105:30 B-1307:20"),
    (1, None, GLOBAL, "B-9002 B-9003", "B-9005:30 B-9004:10"),
    (1, None, GLOBAL, "B-9011 B-9013", "B-9022:10"),
]


def read_prices():
    """The price of each product as a number, where it has a plain one."""
    prices = {}
    for name, key, column, delimiter in [
        ("products.csv", "商品ID", "价格", ","),
        ("products-en.tsv", "id", "price", "\t"),
    ]:
        with open(HERE / name, encoding="utf-8", newline="") as file:
            quoting = csv.QUOTE_MINIMAL if delimiter == "," else csv.QUOTE_NONE
            for row in csv.DictReader(file, delimiter=delimiter, quoting=quoting):
                text, _, currency = row[column].partition(" ")
                currency = currency or row.get("货币")
                number = text.replace("¥", "")
                if currency == "EUR" and "," in number:
                    number = number.replace(".", "").replace(",", ".")
                number = number.replace(",", "")
                prices[row[key]] = (float(number), currency) if number else None
    return prices


def main():
    random.seed(20260101)
    prices = read_prices()
    bundles = []
    for weight, months, platform, anchors, extras in BUNDLES:
        companions = [(p, int(c) / 100) for p, c in (e.split(":") for e in extras.split())]
        bundles.append((weight, months, platform, anchors.split(), companions))
    used = {p for b in bundles for p in b[3] + [c for c, _ in b[4]]}
    unknown = used - set(prices)
    if unknown:
        sys.exit(f"no such product: {sorted(unknown)}")

    shoppers = []
    for number in range(320):
        platform = CN if random.random() < 0.56 else GLOBAL
        mine = [b for b in bundles if b[2] == platform]
        taste = {id(b): b[0] * random.choice([0.2, 1, 1, 4]) for b in mine}
        shoppers.append((number, platform, mine, taste))

    visits = []
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    for _ in range(1500):
        shopper = shoppers[min(int(random.expovariate(1 / 90)), len(shoppers) - 1)]
        visits.append((start + datetime.timedelta(seconds=random.randrange(304 * 86400)), shopper))
    visits.sort(key=lambda v: (v[0], v[1][0]))

    serial = 0
    for visit, (time, (number, platform, mine, taste)) in enumerate(visits, 1):
        fitting = [b for b in mine if b[1] is None or time.month in b[1]]
        bundle = random.choices(fitting, [taste[id(b)] for b in fitting])[0]
        login = number % 3 != 0
        lines = []

        def add(name, product, **more):
            nonlocal time, serial
            time += datetime.timedelta(seconds=random.randint(4, 140))
            serial += 1
            line = {"event_id": f"e{serial:06d}", "event_name": name,
                    "event_time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "visitor_id": f"v{number:04d}"}
            if login:
                line["user_id"] = f"u{number:04d}"
            line.update(session_id=f"s{visit:05d}", item_id=product, **more)
            lines.append(line)

        anchors = list(bundle[3])
        random.shuffle(anchors)
        seen = anchors[: random.choice([1, 2, 2, 3])]
        for product in seen:
            add("view_item", product)
        if random.random() < 0.15:
            add("view_item", random.choice(random.choice(mine)[3]))
        if random.random() < 0.62:
            basket = [random.choice(seen)]
            add("add_to_cart", basket[0], quantity=1)
            for product, chance in bundle[4]:
                if random.random() < chance:
                    add("view_item", product)
                    add("add_to_cart", product, quantity=1)
                    basket.append(product)
            if len(basket) > 1 and random.random() < 0.06:
                add("remove_from_cart", basket.pop(), quantity=1)
            if random.random() < 0.82:
                order = f"o{visit:05d}"
                for product in basket:
                    more = {"transaction_id": order, "quantity": random.choice([1, 1, 1, 1, 2])}
                    if prices[product]:
                        more["price"], more["currency"] = prices[product]
                    add("purchase", product, **more)
        for line in lines:
            print(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    main()
