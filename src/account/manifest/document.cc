#include "account/manifest/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace olivine {
namespace {

// Feeds the parser and counts lines. The parser looks one character ahead after a number, so the line of an event is that
// before the last character.
struct LineCounter {
  std::size_t line = 1, line_before = 1;
  void take(char c) {
    line_before = line;
    if (c == '\n') ++line;
  }
};
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  CountingIterator(const char* at, LineCounter* lines) : at_(at), lines_(lines) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    lines_->take(*at_++);
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator old = *this;
    ++*this;
    return old;
  }
  bool operator==(const CountingIterator& o) const { return at_ == o.at_; }
  bool operator!=(const CountingIterator& o) const { return at_ != o.at_; }

 private:
  const char* at_;
  LineCounter* lines_;
};

class JsonBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit JsonBuilder(const LineCounter& lines) : lines_(lines) {}

  bool null() override { return add({}); }
  bool boolean(bool value) override {
    ManifestNode node = of(ManifestNode::Kind::kBool);
    node.flag = value;
    return add(std::move(node));
  }
  bool number_integer(number_integer_t value) override { return number(static_cast<double>(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(static_cast<double>(value)); }
  bool number_float(number_float_t value, const string_t&) override { return number(value); }
  bool string(string_t& value) override {
    if (value.find('\0') != std::string::npos) return refuse("a text holds a byte 0");
    ManifestNode node = of(ManifestNode::Kind::kText);
    node.text = std::move(value);
    return add(std::move(node));
  }
  bool binary(binary_t&) override { return refuse("binary values are not part of a manifest"); }
  bool start_object(std::size_t) override { return open(ManifestNode::Kind::kTable); }
  bool start_array(std::size_t) override { return open(ManifestNode::Kind::kList); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    if (stack_.back().members.size() >= kMaxManifestKeys)
      return refuse(fmt::format("a table of more than {} keys", kMaxManifestKeys));
    if (stack_.back().find(value) != nullptr)
      return refuse(fmt::format("\"{}\" stands here twice", printable(value.substr(0, 60))));
    keys_.back() = std::move(value);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& why_not) override {
    const std::string why = printable(why_not.what());
    const std::size_t begin = why.find("syntax error");
    const std::string brief = begin == std::string::npos ? "a number that is out of range" : why.substr(begin, 200);
    return refuse("this is not JSON: " + brief);
  }

  ManifestNode root;
  std::string error;
  std::size_t error_line = 1;

 private:
  ManifestNode of(ManifestNode::Kind kind) const {
    ManifestNode node;
    node.kind = kind;
    node.line = lines_.line_before;
    return node;
  }
  bool refuse(std::string why) {
    if (error.empty()) {
      error = std::move(why);
      error_line = lines_.line_before;
    }
    return false;
  }
  bool number(double value) {
    if (!std::isfinite(value)) return refuse("a number that is not finite");
    ManifestNode node = of(ManifestNode::Kind::kNumber);
    node.number = value;
    return add(std::move(node));
  }
  bool add(ManifestNode node) {
    if (++values_ > kMaxManifestValues)
      return refuse("more than 1,000,000 values; bulk rows belong into an [[activities_file]]");
    if (node.kind == ManifestNode::Kind::kNull) node.line = lines_.line_before;
    if (stack_.empty()) {
      root = std::move(node);
    } else if (stack_.back().kind == ManifestNode::Kind::kTable) {
      stack_.back().members.emplace_back(std::move(keys_.back()), std::move(node));
    } else {
      stack_.back().items.push_back(std::move(node));
    }
    return true;
  }
  bool open(ManifestNode::Kind kind) {
    if (stack_.size() >= kMaxManifestDepth) return refuse("nested too deeply");
    stack_.push_back(of(kind));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    ManifestNode done = std::move(stack_.back());
    stack_.pop_back();
    keys_.pop_back();
    return add(std::move(done));
  }

  const LineCounter& lines_;
  std::vector<ManifestNode> stack_;
  std::vector<std::string> keys_;  // the key that waits for its value, one a level
  std::size_t values_ = 0;
};

}  // namespace

std::string_view name_of(ManifestNode::Kind kind) {
  switch (kind) {
    case ManifestNode::Kind::kNull: return "null";
    case ManifestNode::Kind::kText: return "a text";
    case ManifestNode::Kind::kNumber: return "a number";
    case ManifestNode::Kind::kBool: return "true or false";
    case ManifestNode::Kind::kList: return "a list";
    case ManifestNode::Kind::kTable: return "a table";
  }
  return "";
}

const ManifestNode* ManifestNode::find(std::string_view key) const {
  for (const auto& [name, node] : members)
    if (name == key) return &node;
  return nullptr;
}

Result<ManifestNode> document_from_json(std::string_view text, const std::string& name) {
  const std::string shown = printable(name);
  if (text.size() > kMaxManifestBytes)
    return fail(ErrorKind::kInvalid,
                shown + ":1: the manifest is larger than 8 MiB; bulk rows belong into an [[activities_file]]");
  if (nests_deeper(text, kMaxManifestDepth)) return fail(ErrorKind::kInvalid, shown + ":1: nested too deeply");
  LineCounter lines;
  JsonBuilder builder(lines);
  const bool good = nlohmann::json::sax_parse(CountingIterator(text.data(), &lines),
                                              CountingIterator(text.data() + text.size(), &lines), &builder);
  if (!good)
    return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", shown, builder.error_line,
                                                 builder.error.empty() ? "this is not JSON" : builder.error));
  return std::move(builder.root);
}

Result<ManifestNode> read_manifest_document(std::string_view text, const std::string& name) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && text[begin] == '{' ? document_from_json(text, name)
                                                               : document_from_toml(text, name);
}

}  // namespace olivine
