#include "CSimdjson.h"

#include <simdjson.h>

#include <new>
#include <vector>

using namespace simdjson;

struct csimdjson_parser {
  ondemand::parser ondemand;
  dom::parser nested;
  std::vector<csimdjson_field> fields;
};

static std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r' ||
                           text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

// On demand skips what nobody asks for, so nested values are parsed once more, by the DOM.
static error_code nested_text(
    csimdjson_parser *parser, ondemand::value &value, bool array, std::string_view &text) {
  if (array) {
    ondemand::array a;
    if (auto e = value.get_array().get(a)) return e;
    if (auto e = a.raw_json().get(text)) return e;
  } else {
    ondemand::object o;
    if (auto e = value.get_object().get(o)) return e;
    if (auto e = o.raw_json().get(text)) return e;
  }
  text = trimmed(text);
  dom::element element;
  return parser->nested.parse(text.data(), text.size(), false).get(element);
}

static error_code value_text(
    csimdjson_parser *parser, ondemand::value &value, std::string_view &text, bool &missing) {
  missing = false;
  ondemand::json_type type;
  if (auto e = value.type().get(type)) return e;
  switch (type) {
    case ondemand::json_type::string: return value.get_string().get(text);
    case ondemand::json_type::array: return nested_text(parser, value, true, text);
    case ondemand::json_type::object: return nested_text(parser, value, false, text);
    case ondemand::json_type::number: {
      // The text as written: a double would lose `12.50` and digits of long numbers.
      text = trimmed(value.raw_json_token());
      double number;
      return value.get_double().get(number);
    }
    case ondemand::json_type::boolean: {
      text = trimmed(value.raw_json_token());
      bool flag;
      return value.get_bool().get(flag);
    }
    case ondemand::json_type::null:
      missing = true;
      return trimmed(value.raw_json_token()) == "null" ? SUCCESS : N_ATOM_ERROR;
  }
  return UNEXPECTED_ERROR;
}

static error_code take_apart(csimdjson_parser *parser, const uint8_t *bytes, size_t length) {
  ondemand::document document;
  padded_string_view view(bytes, length, length + SIMDJSON_PADDING);
  if (auto e = parser->ondemand.iterate(view).get(document)) return e;
  ondemand::object object;
  if (auto e = document.get_object().get(object)) return e;
  for (auto &&item : object) {
    ondemand::field field;
    if (auto e = std::move(item).get(field)) return e;
    std::string_view key, text;
    if (auto e = field.unescaped_key().get(key)) return e;
    bool missing;
    if (auto e = value_text(parser, field.value(), text, missing)) return e;
    static const uint8_t empty = 0;
    auto start = text.empty() ? &empty : reinterpret_cast<const uint8_t *>(text.data());
    parser->fields.push_back(
        {reinterpret_cast<const uint8_t *>(key.data()), key.size(), missing ? nullptr : start,
         missing ? 0 : text.size()});
  }
  return document.current_location().error() == OUT_OF_BOUNDS ? SUCCESS : TRAILING_CONTENT;
}

extern "C" {

csimdjson_parser *csimdjson_open(size_t depth) {
  try {
    auto parser = new csimdjson_parser;
    if (parser->nested.allocate(4096, depth)) {
      delete parser;
      return nullptr;
    }
    return parser;
  } catch (...) {
    return nullptr;
  }
}

void csimdjson_close(csimdjson_parser *parser) { delete parser; }

const char *csimdjson_object(
    csimdjson_parser *parser, const uint8_t *bytes, size_t length, const csimdjson_field **fields,
    size_t *count) {
  try {
    parser->fields.clear();
    if (auto e = take_apart(parser, bytes, length)) return error_message(e);
    *fields = parser->fields.data();
    *count = parser->fields.size();
    return nullptr;
  } catch (const std::bad_alloc &) {
    return "not enough memory";
  } catch (...) {
    return "simdjson failed";
  }
}

int csimdjson_is_utf8(const uint8_t *bytes, size_t length) {
  return validate_utf8(reinterpret_cast<const char *>(bytes), length) ? 1 : 0;
}
}
