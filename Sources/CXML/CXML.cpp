#include "CXML.h"

#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <cstdio>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

constexpr size_t maximum_depth = 256;

struct Field {
  size_t column;
  std::vector<std::string> values;
};

struct Item {
  size_t line = 0;
  std::vector<Field> fields;
  std::string raw;
  std::vector<std::string> texts;
  std::vector<size_t> columns;
  std::vector<cxml_text> values;
};

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

std::string_view trimmed(std::string_view text) {
  auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// A character under the name that HTML gives it.
struct Named {
  std::string name, text;
  // libxml2 copies one byte alone of a predefined entity in an attribute.
  xmlEntity in_content{}, in_attribute{};
};

}  // namespace

struct cxml_parser {
  xmlParserCtxtPtr context = nullptr;
  xmlSAXHandler handler{};
  std::vector<std::string> names;
  std::unordered_map<std::string, size_t> index;
  std::deque<Item> waiting;
  Item lent;
  Item item;
  bool in_item = false;
  bool is_feed = false;
  size_t depth = 0;       // of the document
  size_t item_depth = 0;  // at which the item stands
  size_t item_bytes = 0;
  // The element below the item that is being read: its name, text and, where it has children,
  // a JSON object of theirs.
  std::string text, child_name, child_text, children;
  size_t maximum_item_bytes = 0, maximum_columns = 0;
  std::string failure;
  size_t failure_line = 0;
  bool ends_early = false;
  cxml_resolve resolve = nullptr;
  std::unordered_map<std::string, std::unique_ptr<Named>> named;
  bool out_of_memory = false;
};

namespace {

const char *str(const xmlChar *text) { return reinterpret_cast<const char *>(text); }

size_t line_of(cxml_parser *p) {
  int line = xmlSAX2GetLineNumber(p->context);
  return line > 0 ? static_cast<size_t>(line) : 1;
}

void fail(cxml_parser *p, const std::string &message) {
  if (p->failure.empty()) {
    p->failure = message;
    p->failure_line = line_of(p);
  }
  xmlStopParser(p->context);
}

// libxml2 is C: no exception may pass through it.
template <typename Body>
void guarded(cxml_parser *p, Body body) {
  try {
    body();
  } catch (...) {
    p->out_of_memory = true;
    xmlStopParser(p->context);
  }
}

// Column of a name, made where it is new.
bool column_of(cxml_parser *p, const std::string &name, size_t &column) {
  auto found = p->index.find(name);
  if (found != p->index.end()) {
    column = found->second;
    return true;
  }
  if (p->names.size() >= p->maximum_columns) {
    fail(p, "more than " + std::to_string(p->maximum_columns) + " different elements");
    return false;
  }
  column = p->names.size();
  p->names.push_back(name);
  p->index.emplace(name, column);
  return true;
}

void add(cxml_parser *p, const std::string &name, std::string value) {
  size_t column;
  if (!column_of(p, name, column)) return;
  for (auto &field : p->item.fields) {
    if (field.column == column) {
      field.values.push_back(std::move(value));
      return;
    }
  }
  p->item.fields.push_back({column, {std::move(value)}});
}

// Lays the fields of the item out for the caller.
void finish(cxml_parser *p) {
  Item &item = p->item;
  for (auto &field : item.fields) {
    std::string text;
    if (field.values.size() == 1) {
      text = std::move(field.values[0]);
    } else {
      text = "[";
      for (size_t i = 0; i < field.values.size(); i++) {
        if (i > 0) text += ',';
        append_json_string(field.values[i], text);
      }
      text += ']';
    }
    if (!item.raw.empty()) item.raw += '\t';
    item.raw += p->names[field.column] + '=' + text;
    item.texts.push_back(std::move(text));
    item.columns.push_back(field.column);
  }
  p->waiting.push_back(std::move(item));
  p->item = Item{};
}

void start(cxml_parser *p, const xmlChar *local, int attribute_count, const xmlChar **attributes) {
  std::string name = str(local);
  p->depth++;
  // libxml2 limits the depth of trees only, and none is built here.
  if (p->depth > maximum_depth) {
    fail(p, "elements nested deeper than " + std::to_string(maximum_depth));
    return;
  }
  if (!p->in_item) {
    if (name == "rss" || name == "feed" || name == "channel" || name == "RDF") p->is_feed = true;
    if (name == "item" || name == "entry") {
      p->is_feed = p->in_item = true;
      p->item_depth = p->depth;
      p->item_bytes = 0;
      p->item.line = line_of(p);
    }
    return;
  }
  if (p->depth == p->item_depth + 1) {
    p->text.clear();
    p->children.clear();
    // Atom keeps addresses in an attribute: `<link href="…"/>`.
    for (int i = 0; i < attribute_count; i++) {
      const xmlChar **a = attributes + 5 * i;
      if (name == "link" && !std::strcmp(str(a[0]), "href"))
        p->text.assign(str(a[3]), static_cast<size_t>(a[4] - a[3]));
    }
  } else if (p->depth == p->item_depth + 2) {
    p->child_name = name;
    p->child_text.clear();
  }
}

void end(cxml_parser *p, const xmlChar *local) {
  size_t depth = p->depth--;
  if (!p->in_item) return;
  if (depth == p->item_depth) {
    p->in_item = false;
    finish(p);
  } else if (depth == p->item_depth + 1) {
    // An element with elements in it (`g:shipping`) is lent as a JSON object.
    std::string value =
        p->children.empty() ? std::string(trimmed(p->text)) : "{" + p->children + "}";
    add(p, str(local), std::move(value));
  } else if (depth == p->item_depth + 2) {
    if (!p->children.empty()) p->children += ',';
    append_json_string(p->child_name, p->children);
    p->children += ':';
    append_json_string(trimmed(p->child_text), p->children);
  }
}

void take_text(cxml_parser *p, const xmlChar *text, int length) {
  if (!p->in_item || p->depth <= p->item_depth) return;
  p->item_bytes += static_cast<size_t>(length);
  if (p->item_bytes > p->maximum_item_bytes) {
    fail(p, "an item of more than " + std::to_string(p->maximum_item_bytes) + " bytes");
    return;
  }
  auto &target = p->depth == p->item_depth + 1 ? p->text : p->child_text;
  target.append(str(text), static_cast<size_t>(length));
}

void start_element(
    void *context, const xmlChar *local, const xmlChar *, const xmlChar *, int, const xmlChar **,
    int attribute_count, int, const xmlChar **attributes) {
  auto p = static_cast<cxml_parser *>(context);
  guarded(p, [&] { start(p, local, attribute_count, attributes); });
}

void end_element(void *context, const xmlChar *local, const xmlChar *, const xmlChar *) {
  auto p = static_cast<cxml_parser *>(context);
  guarded(p, [&] { end(p, local); });
}

void characters(void *context, const xmlChar *text, int length) {
  auto p = static_cast<cxml_parser *>(context);
  guarded(p, [&] { take_text(p, text, length); });
}

// A feed has no use for entities of its own, and they are how small files become huge ones or
// read other files.
void entity_declaration(
    void *context, const xmlChar *, int, const xmlChar *, const xmlChar *, xmlChar *) {
  auto p = static_cast<cxml_parser *>(context);
  guarded(p, [&] { fail(p, "the document declares entities of its own"); });
}

// Feeds carry the names of HTML (`&nbsp;`, `&eacute;`), which XML does not know: they are
// characters, predefined as `&amp;` is.
xmlEntityPtr html_entity(cxml_parser *p, const xmlChar *name) {
  auto known = p->named.find(str(name));
  bool in_attribute = p->context->instate == XML_PARSER_ATTRIBUTE_VALUE;
  if (known != p->named.end())
    return in_attribute ? &known->second->in_attribute : &known->second->in_content;
  auto described = htmlEntityLookup(name);
  uint32_t character = described ? described->value : p->resolve ? p->resolve(str(name)) : 0;
  if (character == 0) return nullptr;
  auto made = std::make_unique<Named>();
  made->name = str(name);
  xmlChar bytes[8] = {};
  made->text.assign(
      str(bytes), static_cast<size_t>(xmlCopyCharMultiByte(bytes, static_cast<int>(character))));
  for (auto entity : {&made->in_content, &made->in_attribute}) {
    entity->type = XML_ENTITY_DECL;
    entity->name = reinterpret_cast<const xmlChar *>(made->name.c_str());
    entity->content = reinterpret_cast<xmlChar *>(made->text.data());
    entity->orig = entity->content;
    entity->length = static_cast<int>(made->text.size());
  }
  made->in_content.etype = XML_INTERNAL_PREDEFINED_ENTITY;
  made->in_attribute.etype = XML_INTERNAL_GENERAL_ENTITY;
  auto &kept = p->named[made->name] = std::move(made);
  return in_attribute ? &kept->in_attribute : &kept->in_content;
}

xmlEntityPtr get_entity(void *context, const xmlChar *name) {
  if (auto predefined = xmlGetPredefinedEntity(name)) return predefined;
  auto p = static_cast<cxml_parser *>(context);
  xmlEntityPtr entity = nullptr;
  guarded(p, [&] { entity = html_entity(p, name); });
  return entity;
}

void note(cxml_parser *p, xmlErrorPtr error) {
  if (error->level < XML_ERR_ERROR || !p->failure.empty()) return;
  // A namespace that nobody declares (`g:` without xmlns) does no harm: names are local.
  if (error->domain == XML_FROM_NAMESPACE) return;
  // Behind the root element the same code means that something follows it.
  p->ends_early =
      p->depth > 0
      && (error->code == XML_ERR_DOCUMENT_END || error->code == XML_ERR_TAG_NOT_FINISHED);
  p->failure = error->message ? error->message : "broken XML";
  while (!p->failure.empty() && (p->failure.back() == '\n' || p->failure.back() == ' '))
    p->failure.pop_back();
  p->failure_line = error->line > 0 ? static_cast<size_t>(error->line) : 1;
}

void on_error(void *context, xmlErrorPtr error) {
  auto p = static_cast<cxml_parser *>(context);
  guarded(p, [&] { note(p, error); });
}

}  // namespace

extern "C" {

cxml_parser *cxml_open(
    const char *encoding, size_t maximum_item_bytes, size_t maximum_columns,
    cxml_resolve resolve) {
  try {
    auto p = std::make_unique<cxml_parser>();
    p->resolve = resolve;
    p->maximum_item_bytes = maximum_item_bytes;
    p->maximum_columns = maximum_columns;
    p->handler.initialized = XML_SAX2_MAGIC;
    p->handler.startElementNs = start_element;
    p->handler.endElementNs = end_element;
    p->handler.characters = characters;
    p->handler.cdataBlock = characters;
    p->handler.ignorableWhitespace = characters;
    p->handler.entityDecl = entity_declaration;
    p->handler.getEntity = get_entity;
    p->handler.serror = on_error;
    p->context = xmlCreatePushParserCtxt(&p->handler, p.get(), nullptr, 0, nullptr);
    if (!p->context) return nullptr;
    // No network, no XML_PARSE_HUGE: libxml2 keeps its own limits on depth and amplification.
    xmlCtxtUseOptions(p->context, XML_PARSE_NONET | XML_PARSE_NOENT);
    if (encoding) {
      auto handler = xmlFindCharEncodingHandler(encoding);
      if (handler) xmlSwitchToEncoding(p->context, handler);
      p->context->options |= XML_PARSE_IGNORE_ENC;
    }
    return p.release();
  } catch (...) {
    return nullptr;
  }
}

void cxml_close(cxml_parser *p) {
  if (!p) return;
  if (p->context) {
    if (p->context->myDoc) xmlFreeDoc(p->context->myDoc);
    xmlFreeParserCtxt(p->context);
  }
  delete p;
}

const char *cxml_push(cxml_parser *p, const uint8_t *bytes, size_t length, int final) {
  xmlParseChunk(p->context, reinterpret_cast<const char *>(bytes), static_cast<int>(length), final);
  if (p->out_of_memory) return "not enough memory";
  if (!p->failure.empty()) return p->failure.c_str();
  if (p->context->wellFormed || !final) return nullptr;
  p->failure_line = line_of(p);
  return "broken XML";
}

size_t cxml_failure_line(const cxml_parser *p) { return p->failure_line; }

int cxml_ends_early(const cxml_parser *p) { return p->ends_early ? 1 : 0; }

int cxml_next(cxml_parser *p, cxml_item *item) {
  if (p->waiting.empty()) return 0;
  p->lent = std::move(p->waiting.front());
  p->waiting.pop_front();
  try {
    for (auto &text : p->lent.texts)
      p->lent.values.push_back(
          {reinterpret_cast<const uint8_t *>(text.c_str()), text.size()});
  } catch (...) {
    return 0;
  }
  item->line = p->lent.line;
  item->raw = {reinterpret_cast<const uint8_t *>(p->lent.raw.c_str()), p->lent.raw.size()};
  item->columns = p->lent.columns.data();
  item->values = p->lent.values.data();
  item->count = p->lent.values.size();
  return 1;
}

size_t cxml_column_count(const cxml_parser *p) { return p->names.size(); }

const char *cxml_column_name(const cxml_parser *p, size_t column) {
  return p->names[column].c_str();
}

int cxml_is_feed(const cxml_parser *p) { return p->is_feed ? 1 : 0; }
}
