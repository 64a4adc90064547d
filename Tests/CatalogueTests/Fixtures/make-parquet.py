"""Records types.parquet: one column of every kind that a feed may bring.

Run: PYTHONPATH=.deps python3 Tests/CatalogueTests/Fixtures/make-parquet.py
"""

import datetime
import decimal
import os

import pyarrow as pa
import pyarrow.parquet as pq

utc = datetime.timezone.utc
moment = datetime.datetime(2024, 2, 29, 23, 59, 58, 123000)
columns = {
    "id": pa.array(["a", "b", None]),
    "int8": pa.array([-128, 127, None], pa.int8()),
    "uint64": pa.array([0, 2**64 - 1, None], pa.uint64()),
    "int64": pa.array([-(2**63), 2**63 - 1, None], pa.int64()),
    "double": pa.array([0.1, 1e300, None], pa.float64()),
    "float": pa.array([0.1, -2.5, None], pa.float32()),
    "flag": pa.array([True, False, None]),
    "decimal": pa.array([decimal.Decimal("12.50"), decimal.Decimal("-0.05"), None], pa.decimal128(10, 2)),
    "date": pa.array([datetime.date(2024, 2, 29), datetime.date(1969, 12, 31), None]),
    "local": pa.array([moment, moment, None], pa.timestamp("ms")),
    "zoned": pa.array([moment, moment, None], pa.timestamp("us", tz="UTC")),
    "dictionary": pa.array(["x\ty", "z", None]).dictionary_encode(),
    "list": pa.array([["a", 'q"'], [], None], pa.list_(pa.string())),
    "struct": pa.array(
        [{"n": 1, "t": "\u4e2d"}, {"n": None, "t": "x"}, None],
        pa.struct([("n", pa.int32()), ("t", pa.string())]),
    ),
    "map": pa.array([[("k", 1)], [], None], pa.map_(pa.string(), pa.int32())),
    "binary": pa.array([b"\x00\xff", b"", None]),
}
here = os.path.dirname(os.path.abspath(__file__))
pq.write_table(pa.table(columns), os.path.join(here, "types.parquet"), compression="zstd")
