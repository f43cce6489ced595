#include "grid/providers/answer_xml.h"

#include <fmt/core.h>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxDepth = 12;
constexpr std::size_t kMaxElements = 300'000;
constexpr std::string_view kBlank = " \t\r\n";

class Parser {
 public:
  explicit Parser(std::string_view body) : body_(body) {}

  Result<XmlElement> document() {
    if (body_.starts_with("\xef\xbb\xbf")) at_ = 3;
    OLIVINE_CHECK_STATUS(skip_between());
    OLIVINE_TRY(XmlElement root, element(1));
    OLIVINE_CHECK_STATUS(skip_between());
    if (at_ != body_.size()) return broken("text behind the end");
    return root;
  }

 private:
  tl::unexpected<Error> broken(std::string_view why) const {
    return fail(ErrorKind::kCorrupt,
                fmt::format("the answer is no whole XML ({} at byte {} of {})", why, at_, body_.size()));
  }
  bool here(std::string_view text) const { return body_.substr(at_).starts_with(text); }

  Status skip_past(std::string_view end) {
    const std::size_t found = body_.find(end, at_);
    if (found == std::string_view::npos) return broken("no end");
    at_ = found + end.size();
    return {};
  }

  // Blanks, comments, declarations.
  Status skip_between() {
    while (true) {
      at_ = std::min(body_.find_first_not_of(kBlank, at_), body_.size());
      if (here("<!--"))
        OLIVINE_CHECK_STATUS(skip_past("-->"));
      else if (here("<?"))
        OLIVINE_CHECK_STATUS(skip_past("?>"));
      else
        return {};
    }
  }

  static std::string_view local(std::string_view name) { return name.substr(name.rfind(':') + 1); }

  // Behind the name in a tag, up to and with its ">"; true where the element is empty ("/>").
  Result<bool> rest_of_tag() {
    char quote = 0;
    for (; at_ < body_.size(); ++at_) {
      const char c = body_[at_];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '<') {
        break;
      } else if (c == '>') {
        ++at_;
        return body_[at_ - 2] == '/';
      }
    }
    return broken("a tag without end");
  }

  Result<std::string_view> name() {
    const std::size_t end = body_.find_first_of(" \t\r\n/>", at_);
    if (end == std::string_view::npos || end == at_) return broken("no name");
    const std::string_view found = body_.substr(at_, end - at_);
    if (found.find_first_of("<&\"'") != std::string_view::npos) return broken("no name");
    at_ = end;
    return found;
  }

  Result<XmlElement> element(std::size_t depth) {
    if (!here("<")) return broken("no element");
    if (here("<!")) return broken("a declaration that a data answer does not need");
    if (depth > kMaxDepth || ++elements_ > kMaxElements) return broken("more elements than an answer has");
    ++at_;
    XmlElement made;
    OLIVINE_TRY(const std::string_view full, name());
    made.name = local(full);
    OLIVINE_TRY(const bool empty, rest_of_tag());
    if (empty) return made;
    const std::size_t begin = at_;
    while (true) {
      const std::size_t open = body_.find('<', at_);
      if (open == std::string_view::npos) return broken("an element without end");
      if (made.children.empty() && made.text.empty()) made.text = trim(body_.substr(begin, open - begin));
      at_ = open;
      if (here("</")) break;
      if (here("<!--") || here("<?")) {
        OLIVINE_CHECK_STATUS(skip_between());
        continue;
      }
      OLIVINE_TRY(XmlElement child, element(depth + 1));
      made.children.push_back(std::move(child));
    }
    at_ += 2;
    OLIVINE_TRY(const std::string_view closing, name());
    if (closing != full) return broken("an end that fits no beginning");
    OLIVINE_CHECK_STATUS(skip_past(">"));
    return made;
  }

  std::string_view body_;
  std::size_t at_ = 0, elements_ = 0;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  for (const XmlElement& c : children)
    if (c.name == wanted) return &c;
  return nullptr;
}

std::string_view XmlElement::text_of(std::string_view wanted) const {
  const XmlElement* found = child(wanted);
  return found == nullptr ? std::string_view() : found->text;
}

Result<XmlElement> parse_xml(std::string_view body) { return Parser(body).document(); }

}  // namespace olivine
