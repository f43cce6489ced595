#include "account/sci/yaml_document.h"

#include <fmt/core.h>
#include <yaml.h>

#include <cmath>
#include <optional>

#include "base/text.h"

namespace olivine {
namespace {

class EventParser {
 public:
  explicit EventParser(std::string_view text) {
    good_ = yaml_parser_initialize(&parser_) == 1;
    if (good_) yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  EventParser(const EventParser&) = delete;
  EventParser& operator=(const EventParser&) = delete;
  ~EventParser() {
    drop();
    if (good_) yaml_parser_delete(&parser_);
  }
  // The next event, valid until the one after; nullptr when the text is no YAML.
  const yaml_event_t* next() {
    drop();
    if (!good_ || yaml_parser_parse(&parser_, &event_) != 1) return nullptr;
    has_event_ = true;
    return &event_;
  }
  std::size_t error_line() const { return parser_.problem_mark.line + 1; }
  std::string problem() const { return parser_.problem != nullptr ? parser_.problem : "unreadable"; }

 private:
  void drop() {
    if (has_event_) yaml_event_delete(&event_);
    has_event_ = false;
  }
  yaml_parser_t parser_{};
  yaml_event_t event_{};
  bool good_ = false, has_event_ = false;
};

bool is_true(std::string_view word) { return word == "true" || word == "True" || word == "TRUE"; }
bool is_false(std::string_view word) { return word == "false" || word == "False" || word == "FALSE"; }
bool is_null(std::string_view word) { return word.empty() || word == "~" || word == "null" || word == "Null" || word == "NULL"; }
bool is_not_finite(std::string_view word) {
  const std::string lower = to_lower(word.starts_with("-") || word.starts_with("+") ? word.substr(1) : word);
  return lower == ".inf" || lower == ".nan";
}

// Builds the tree with a stack of its own: depth is limited before anything recurses.
class TreeBuilder {
 public:
  explicit TreeBuilder(std::string name) : name_(std::move(name)) {}

  Status take(const yaml_event_t& event) {
    line_ = event.start_mark.line + 1;
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT:
        if (++documents_ > 1) return refuse("a second document: only one is read");
        return {};
      case YAML_ALIAS_EVENT: return refuse("anchors and aliases are not read: write the values out");
      case YAML_SCALAR_EVENT: return scalar(event);
      case YAML_SEQUENCE_START_EVENT:
        return open(event.data.sequence_start.anchor != nullptr, event.data.sequence_start.tag != nullptr, ManifestNode::Kind::kList);
      case YAML_MAPPING_START_EVENT:
        return open(event.data.mapping_start.anchor != nullptr, event.data.mapping_start.tag != nullptr, ManifestNode::Kind::kTable);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT: return close();
      default: return {};
    }
  }
  Result<ManifestNode> finish() {
    if (!has_root_) return refuse("the file is empty");
    return std::move(root_);
  }
  tl::unexpected<Error> refuse_at(std::size_t line, std::string_view why) const {
    return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", printable(name_), line, why));
  }

 private:
  tl::unexpected<Error> refuse(std::string_view why) const { return refuse_at(line_, why); }
  Status check_properties(bool anchor, bool tag) const {
    if (anchor) return refuse("anchors and aliases are not read: write the values out");
    if (tag) return refuse("tags (!...) are not read: leave them out");
    return {};
  }
  bool wants_key() const { return !stack_.empty() && stack_.back().kind == ManifestNode::Kind::kTable && !keys_.back(); }

  Status scalar(const yaml_event_t& event) {
    const auto& s = event.data.scalar;
    OLIVINE_CHECK_STATUS(check_properties(s.anchor != nullptr, s.tag != nullptr));
    const std::string_view word(reinterpret_cast<const char*>(s.value), s.length);
    if (word.find('\0') != std::string_view::npos) return refuse("a text holds a byte 0");
    if (wants_key()) return key(word);
    ManifestNode node;
    node.line = line_;
    if (s.style == YAML_PLAIN_SCALAR_STYLE) {
      if (is_not_finite(word)) return refuse(fmt::format("{}: a number has to be finite", word));
      if (is_null(word)) return add(std::move(node));
      if (is_true(word) || is_false(word)) {
        node.kind = ManifestNode::Kind::kBool;
        node.flag = is_true(word);
        return add(std::move(node));
      }
      if (const auto number = parse_double(word.starts_with("+") ? word.substr(1) : word)) {
        node.kind = ManifestNode::Kind::kNumber;
        node.number = *number;
        node.text = std::string(word);
        return add(std::move(node));
      }
    }
    node.kind = ManifestNode::Kind::kText;
    node.text = std::string(word);
    return add(std::move(node));
  }
  Status key(std::string_view word) {
    if (word == "<<") return refuse("merge keys (<<) are not read: write the values out");
    if (stack_.back().members.size() >= kMaxManifestKeys) return refuse(fmt::format("a table of more than {} keys", kMaxManifestKeys));
    if (stack_.back().find(word) != nullptr) return refuse(fmt::format("\"{}\" stands here twice", printable(word.substr(0, 60))));
    keys_.back() = std::string(word);
    return {};
  }
  Status open(bool anchor, bool tag, ManifestNode::Kind kind) {
    OLIVINE_CHECK_STATUS(check_properties(anchor, tag));
    if (wants_key()) return refuse("a list or a table cannot be a key");
    if (stack_.size() >= kMaxManifestDepth) return refuse("nested too deeply");
    ManifestNode node;
    node.kind = kind;
    node.line = line_;
    stack_.push_back(std::move(node));
    keys_.emplace_back();
    return {};
  }
  Status close() {
    ManifestNode done = std::move(stack_.back());
    stack_.pop_back();
    keys_.pop_back();
    return add(std::move(done));
  }
  Status add(ManifestNode node) {
    if (++values_ > kMaxManifestValues) return refuse("more than 1,000,000 values");
    if (stack_.empty()) {
      root_ = std::move(node);
      has_root_ = true;
    } else if (stack_.back().kind == ManifestNode::Kind::kTable) {
      stack_.back().members.emplace_back(std::move(*keys_.back()), std::move(node));
      keys_.back().reset();
    } else {
      stack_.back().items.push_back(std::move(node));
    }
    return {};
  }

  std::string name_;
  ManifestNode root_;
  bool has_root_ = false;
  std::vector<ManifestNode> stack_;
  std::vector<std::optional<std::string>> keys_;  // the key that waits for its value, one a level
  std::size_t values_ = 0, line_ = 1;
  int documents_ = 0;
};

}  // namespace

Result<ManifestNode> document_from_yaml(std::string_view text, const std::string& name) {
  TreeBuilder builder(name);
  if (text.size() > kMaxManifestBytes) return builder.refuse_at(1, "the file is larger than 8 MiB");
  EventParser parser(text);
  for (;;) {
    const yaml_event_t* event = parser.next();
    if (event == nullptr) return builder.refuse_at(parser.error_line(), "this is not YAML: " + printable(parser.problem()));
    if (event->type == YAML_STREAM_END_EVENT) return builder.finish();
    OLIVINE_CHECK_STATUS(builder.take(*event));
  }
}

}  // namespace olivine
