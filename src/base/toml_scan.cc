#include "base/toml_scan.h"

#include <algorithm>
#include <string>

namespace olivine {
namespace {

class Scan {
 public:
  Scan(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  std::optional<TomlProblem> problem() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size()) - 1;
        continue;
      }
      if (c == '"' || c == '\'') {
        skip_text(c);
      } else if ((static_cast<unsigned char>(c) & 0x80U) != 0) {
        return TomlProblem{line_, "a character that is not ASCII outside of a text"};
      } else if (c == '[' && fresh_ && !header_has_key()) {
        return TomlProblem{line_, "a line that begins with [ names a table, such as [run]"};
      }
      if (nests_too_deep(c)) return TomlProblem{line_, "nested too deeply", true};
      if (c == '\n') ++line_;
      fresh_ = c == '\n' || (fresh_ && (c == ' ' || c == '\t' || c == '\r'));
    }
    return std::nullopt;
  }

 private:
  // The parser builds nested tables for brackets and for dotted keys.
  bool nests_too_deep(char c) {
    if (c == '[' || c == '{') ++depth_;
    if ((c == ']' || c == '}') && depth_ > 0) --depth_;
    if (c == '.') ++dots_;
    if (c == '\n' || c == '=' || c == ',' || c == '{' || c == '[') dots_ = 0;
    return depth_ + dots_ > max_depth_;
  }

  // To the closing quote; of a text in one line that has none to the end of the line (an error that the parser reports).
  void skip_text(char quote) {
    const std::string triple(3, quote);
    const bool many_lines = text_.substr(at_, 3) == triple;
    for (at_ += many_lines ? 3 : 1; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n' && !many_lines) {
        --at_;
        return;
      }
      if (c == '\n') ++line_;
      if (quote == '"' && c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') {
        ++at_;
      } else if (many_lines ? text_.substr(at_, 3) == triple : c == quote) {
        at_ += many_lines ? 2 : 0;
        return;
      }
    }
  }

  // An array of several lines begins its lines with [ too: only at the top level is it a header.
  bool header_has_key() const {
    if (depth_ > 0) return true;
    std::size_t at = at_ + (text_.substr(at_, 2) == "[[" ? 2 : 1);
    while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\t')) ++at;
    if (at >= text_.size()) return false;
    const char c = text_[at];
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '"' || c == '\'';
  }

  std::string_view text_;
  std::size_t max_depth_, at_ = 0, line_ = 1, depth_ = 0, dots_ = 0;
  bool fresh_ = true;  // nothing but blanks on this line yet
};

}  // namespace

std::optional<TomlProblem> toml_problem(std::string_view text, std::size_t max_depth) {
  return Scan(text, max_depth).problem();
}

}  // namespace olivine
