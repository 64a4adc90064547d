// Parquet, batch by batch, every value rendered as UTF-8 text.
#include "CArrowParquet.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/util/base64.h>
#include <arrow/util/formatting.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

using arrow::Array;
using arrow::Status;
using arrow::Type;
using arrow::internal::checked_cast;

void append_json_string(std::string_view text, std::string &out) {
  out += '"';
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", byte);
      out += escape;
    } else {
      out += c;
    }
  }
  out += '"';
}

Status append(const Array &array, int64_t row, bool json, std::string &out);

// What Arrow's own formatter writes: shortest numbers, `true`, dates and times with a blank.
template <typename T>
Status append_formatted(const Array &array, int64_t row, std::string &out) {
  arrow::internal::StringFormatter<T> formatter(array.type().get());
  const auto &typed = checked_cast<const typename arrow::TypeTraits<T>::ArrayType &>(array);
  formatter(typed.Value(row), [&](std::string_view text) { out += text; });
  return Status::OK();
}

template <typename T>
Status append_real(const Array &array, int64_t row, bool json, std::string &out) {
  auto value = checked_cast<const typename arrow::TypeTraits<T>::ArrayType &>(array).Value(row);
  // JSON has no such number.
  if (json && !std::isfinite(static_cast<double>(value))) {
    out += "null";
    return Status::OK();
  }
  return append_formatted<T>(array, row, out);
}

// ISO 8601: `T` between date and time (`Z` is Arrow's, where the column has a time zone).
Status append_timestamp(const Array &array, int64_t row, std::string &out) {
  size_t start = out.size();
  ARROW_RETURN_NOT_OK(append_formatted<arrow::TimestampType>(array, row, out));
  if (auto blank = out.find(' ', start); blank != std::string::npos) out[blank] = 'T';
  return Status::OK();
}

void append_text(std::string_view text, bool json, std::string &out) {
  if (json) append_json_string(text, out);
  else out += text;
}

Status append_list(const Array &values, int64_t from, int64_t to, std::string &out) {
  out += '[';
  for (int64_t i = from; i < to; i++) {
    if (i > from) out += ',';
    ARROW_RETURN_NOT_OK(append(values, i, true, out));
  }
  out += ']';
  return Status::OK();
}

template <typename A>
Status append_list_of(const Array &array, int64_t row, std::string &out) {
  const auto &list = checked_cast<const A &>(array);
  return append_list(
      *list.values(), list.value_offset(row), list.value_offset(row) + list.value_length(row), out);
}

Status append_map(const Array &array, int64_t row, std::string &out) {
  const auto &map = checked_cast<const arrow::MapArray &>(array);
  out += '{';
  for (int64_t i = map.value_offset(row), end = i + map.value_length(row), from = i; i < end; i++) {
    if (i > from) out += ',';
    std::string key;
    ARROW_RETURN_NOT_OK(append(*map.keys(), i, false, key));
    append_json_string(key, out);
    out += ':';
    ARROW_RETURN_NOT_OK(append(*map.items(), i, true, out));
  }
  out += '}';
  return Status::OK();
}

Status append_struct(const Array &array, int64_t row, std::string &out) {
  const auto &record = checked_cast<const arrow::StructArray &>(array);
  out += '{';
  for (int i = 0; i < record.num_fields(); i++) {
    if (i > 0) out += ',';
    append_json_string(record.struct_type()->field(i)->name(), out);
    out += ':';
    ARROW_RETURN_NOT_OK(append(*record.field(i), row, true, out));
  }
  out += '}';
  return Status::OK();
}

template <typename A>
void append_binary(const Array &array, int64_t row, bool json, std::string &out) {
  append_text(arrow::util::base64_encode(checked_cast<const A &>(array).GetView(row)), json, out);
}

// Dates and times, which JSON knows only as strings.
template <typename T>
Status append_quoted(const Array &array, int64_t row, bool json, std::string &out) {
  if (json) out += '"';
  ARROW_RETURN_NOT_OK(append_formatted<T>(array, row, out));
  if (json) out += '"';
  return Status::OK();
}

// A type a line, hence its length.
Status append(const Array &array, int64_t row, bool json, std::string &out) {
  if (array.IsNull(row)) {
    if (json) out += "null";
    return Status::OK();
  }
  switch (array.type_id()) {
    case Type::BOOL: return append_formatted<arrow::BooleanType>(array, row, out);
    case Type::INT8: return append_formatted<arrow::Int8Type>(array, row, out);
    case Type::INT16: return append_formatted<arrow::Int16Type>(array, row, out);
    case Type::INT32: return append_formatted<arrow::Int32Type>(array, row, out);
    case Type::INT64: return append_formatted<arrow::Int64Type>(array, row, out);
    case Type::UINT8: return append_formatted<arrow::UInt8Type>(array, row, out);
    case Type::UINT16: return append_formatted<arrow::UInt16Type>(array, row, out);
    case Type::UINT32: return append_formatted<arrow::UInt32Type>(array, row, out);
    case Type::UINT64: return append_formatted<arrow::UInt64Type>(array, row, out);
    case Type::FLOAT: return append_real<arrow::FloatType>(array, row, json, out);
    case Type::DOUBLE: return append_real<arrow::DoubleType>(array, row, json, out);
    case Type::STRING:
      append_text(checked_cast<const arrow::StringArray &>(array).GetView(row), json, out);
      return Status::OK();
    case Type::LARGE_STRING:
      append_text(checked_cast<const arrow::LargeStringArray &>(array).GetView(row), json, out);
      return Status::OK();
    case Type::STRING_VIEW:
      append_text(checked_cast<const arrow::StringViewArray &>(array).GetView(row), json, out);
      return Status::OK();
    case Type::BINARY: append_binary<arrow::BinaryArray>(array, row, json, out); return Status::OK();
    case Type::LARGE_BINARY:
      append_binary<arrow::LargeBinaryArray>(array, row, json, out);
      return Status::OK();
    case Type::FIXED_SIZE_BINARY:
      append_binary<arrow::FixedSizeBinaryArray>(array, row, json, out);
      return Status::OK();
    case Type::DECIMAL128:
      out += checked_cast<const arrow::Decimal128Array &>(array).FormatValue(row);
      return Status::OK();
    case Type::DECIMAL256:
      out += checked_cast<const arrow::Decimal256Array &>(array).FormatValue(row);
      return Status::OK();
    case Type::DATE32: return append_quoted<arrow::Date32Type>(array, row, json, out);
    case Type::DATE64: return append_quoted<arrow::Date64Type>(array, row, json, out);
    case Type::TIME32: return append_quoted<arrow::Time32Type>(array, row, json, out);
    case Type::TIME64: return append_quoted<arrow::Time64Type>(array, row, json, out);
    case Type::TIMESTAMP: {
      if (json) out += '"';
      ARROW_RETURN_NOT_OK(append_timestamp(array, row, out));
      if (json) out += '"';
      return Status::OK();
    }
    case Type::DICTIONARY: {
      const auto &encoded = checked_cast<const arrow::DictionaryArray &>(array);
      return append(*encoded.dictionary(), encoded.GetValueIndex(row), json, out);
    }
    case Type::LIST: return append_list_of<arrow::ListArray>(array, row, out);
    case Type::LARGE_LIST: return append_list_of<arrow::LargeListArray>(array, row, out);
    case Type::FIXED_SIZE_LIST: return append_list_of<arrow::FixedSizeListArray>(array, row, out);
    case Type::MAP: return append_map(array, row, out);
    case Type::STRUCT: return append_struct(array, row, out);
    default: {
      ARROW_ASSIGN_OR_RAISE(auto scalar, array.GetScalar(row));
      append_text(scalar->ToString(), json, out);
      return Status::OK();
    }
  }
}

}  // namespace

struct carrow_parquet {
  std::unique_ptr<parquet::arrow::FileReader> file;
  std::unique_ptr<arrow::RecordBatchReader> batches;
  std::shared_ptr<arrow::RecordBatch> batch;
  int64_t next_row = 0;  // in `batch`
  std::vector<std::string> names;
  std::string message;
  std::string text;
  std::vector<size_t> rows;
  std::vector<uint32_t> starts;
  std::vector<int32_t> lengths;
};

namespace {

// Leaf columns of the top-level columns that are asked for.
Status choose(
    const parquet::SchemaDescriptor &schema, const char *const *columns, size_t count,
    std::vector<int> &leaves) {
  std::unordered_map<std::string, bool> wanted;
  for (size_t i = 0; i < count; i++) wanted[columns[i]] = false;
  for (int i = 0; i < schema.num_columns(); i++) {
    auto found = wanted.find(schema.GetColumnRoot(i)->name());
    if (count > 0 && found == wanted.end()) continue;
    if (count > 0) found->second = true;
    leaves.push_back(i);
  }
  for (auto &[name, seen] : wanted)
    if (!seen) return Status::KeyError("there is no column \u201C", name, "\u201D");
  return Status::OK();
}

Status open(
    carrow_parquet *p, const char *path, const char *const *columns, size_t count, size_t rows) {
  ARROW_ASSIGN_OR_RAISE(auto input, arrow::io::ReadableFile::Open(path));
  parquet::ReaderProperties properties = parquet::default_reader_properties();
  // Pages come as they are needed: memory stays a few pages a column, not a row group.
  properties.enable_buffered_stream();
  properties.set_buffer_size(256 << 10);
  parquet::ArrowReaderProperties arrow_properties(false);
  arrow_properties.set_batch_size(static_cast<int64_t>(rows));
  arrow_properties.set_pre_buffer(false);
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(input, properties));
  ARROW_ASSIGN_OR_RAISE(p->file, builder.properties(arrow_properties)->Build());
  const auto &metadata = *p->file->parquet_reader()->metadata();
  std::vector<int> leaves, groups;
  ARROW_RETURN_NOT_OK(choose(*metadata.schema(), columns, count, leaves));
  for (int i = 0; i < metadata.num_row_groups(); i++) groups.push_back(i);
  ARROW_ASSIGN_OR_RAISE(p->batches, p->file->GetRecordBatchReader(groups, leaves));
  for (const auto &field : p->batches->schema()->fields()) p->names.push_back(field->name());
  return Status::OK();
}

// Renders rows of the batch at hand until there are enough bytes.
Status render(carrow_parquet *p) {
  constexpr size_t enough = 1 << 20;
  const int columns = p->batch->num_columns();
  std::vector<const Array *> arrays;
  for (int c = 0; c < columns; c++) arrays.push_back(p->batch->column(c).get());
  while (p->next_row < p->batch->num_rows() && p->text.size() < enough) {
    const size_t start = p->text.size();
    for (int c = 0; c < columns; c++) {
      const size_t from = p->text.size();
      const bool null = arrays[c]->IsNull(p->next_row);
      if (!null) ARROW_RETURN_NOT_OK(append(*arrays[c], p->next_row, false, p->text));
      if (p->text.size() - start > INT32_MAX / 2)
        return Status::CapacityError("row of more than a gibibyte");
      p->starts.push_back(static_cast<uint32_t>(from - start));
      p->lengths.push_back(null ? -1 : static_cast<int32_t>(p->text.size() - from));
      p->text += '\t';
    }
    p->rows.push_back(p->text.size());
    p->next_row++;
  }
  return Status::OK();
}

Status next(carrow_parquet *p) {
  p->text.clear();
  p->starts.clear();
  p->lengths.clear();
  p->rows.assign(1, 0);
  while (!p->batch || p->next_row == p->batch->num_rows()) {
    p->next_row = 0;
    ARROW_RETURN_NOT_OK(p->batches->ReadNext(&p->batch));
    if (!p->batch) return Status::OK();
  }
  return render(p);
}

}  // namespace

extern "C" {

carrow_parquet *carrow_parquet_open(
    const char *path, const char *const *columns, size_t column_count, size_t batch_rows,
    char *message, size_t message_capacity) {
  std::string failure;
  try {
    auto p = std::make_unique<carrow_parquet>();
    auto status = open(p.get(), path, columns, column_count, batch_rows);
    if (status.ok()) return p.release();
    failure = status.message();
  } catch (const std::exception &e) {
    failure = e.what();
  } catch (...) {
    failure = "Arrow failed";
  }
  std::snprintf(message, message_capacity, "%s", failure.c_str());
  return nullptr;
}

void carrow_parquet_close(carrow_parquet *parquet) { delete parquet; }

size_t carrow_parquet_column_count(const carrow_parquet *p) { return p->names.size(); }

const char *carrow_parquet_column_name(const carrow_parquet *p, size_t column) {
  return p->names[column].c_str();
}

int64_t carrow_parquet_row_count(const carrow_parquet *p) {
  return p->file->parquet_reader()->metadata()->num_rows();
}

const char *carrow_parquet_next(carrow_parquet *p, carrow_rows *rows) {
  try {
    auto status = next(p);
    if (status.ok()) {
      rows->text = reinterpret_cast<const uint8_t *>(p->text.data());
      rows->rows = p->rows.data();
      rows->starts = p->starts.data();
      rows->lengths = p->lengths.data();
      rows->row_count = p->rows.size() - 1;
      return nullptr;
    }
    p->message = status.message();
  } catch (const std::exception &e) {
    p->message = e.what();
  } catch (...) {
    p->message = "Arrow failed";
  }
  return p->message.c_str();
}
}
