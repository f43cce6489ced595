#include "grid/import/xml_reader.h"

#include <fmt/core.h>

#include <array>
#include <utility>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxText = 4096, kMaxLevels = 32;

std::string without_prefix(std::string_view name) {
  const std::size_t colon = name.find(':');
  return std::string(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

// &amp; and the other four; anything else stays as it is written.
std::string unescaped(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kNames{
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  std::string out;
  while (!text.empty()) {
    std::size_t length = 1;
    char c = text.front();
    for (const auto& [name, character] : kNames) {
      if (!text.starts_with(name)) continue;
      length = name.size();
      c = character;
    }
    out.push_back(c);
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace

tl::unexpected<Error> XmlReader::bad(const std::string& why) const {
  return fail(ErrorKind::kInvalid, fmt::format("XML: {} at byte {}", why, read_ - (filled_ - at_)));
}

Result<int> XmlReader::get() {
  if (at_ == filled_) {
    OLIVINE_TRY(filled_, source_.read(buffer_));
    at_ = 0;
    read_ += filled_;
    if (filled_ == 0) return -1;
  }
  return static_cast<unsigned char>(buffer_[at_++]);
}

// What stands between '<' and '>'; of a comment or CDATA only its beginning, up to where its own end is looked for.
Result<std::string> XmlReader::tag() {
  std::string inside;
  for (;;) {
    OLIVINE_TRY(const int c, get());
    if (c < 0) return bad("cut off inside a tag");
    if (c == '>') return inside;
    inside.push_back(static_cast<char>(c));
    if (inside == "!--" || inside == "![CDATA[") return inside;
    if (inside.size() > kMaxText) return bad("a tag is too long");
  }
}

Status XmlReader::skip_past(std::string_view end, std::string* kept) {
  std::string tail;
  for (;;) {
    OLIVINE_TRY(const int c, get());
    if (c < 0) return bad("cut off");
    tail.push_back(static_cast<char>(c));
    if (tail.ends_with(end)) {
      if (kept != nullptr) kept->append(tail, 0, tail.size() - end.size());
      return {};
    }
    if (kept != nullptr && tail.size() > kMaxText) return bad("a text is too long");
    if (kept == nullptr && tail.size() > 64) tail.erase(0, tail.size() - end.size());
  }
}

Status XmlReader::markup(const std::string& inside) {
  if (inside == "!--") return skip_past("-->", nullptr);
  if (inside == "![CDATA[") return skip_past("]]>", &text_);
  if (inside.starts_with('?')) return {};
  return bad("a DOCTYPE or the like, which data have no use for,");
}

Result<XmlEvent> XmlReader::element(std::string inside) {
  XmlEvent event;
  if (inside.starts_with('/')) {
    event.kind = XmlEvent::Kind::kClose;
    event.name = without_prefix(trim(std::string_view(inside).substr(1)));
    if (open_.empty() || open_.back() != event.name)
      return bad(fmt::format("</{}> closes what is not open", printable(event.name.substr(0, 60))));
    open_.pop_back();
    event.text = std::string(trim(text_));
    text_.clear();
    return event;
  }
  const bool closed = inside.ends_with('/');
  if (closed) inside.pop_back();
  event.kind = XmlEvent::Kind::kOpen;
  event.name = without_prefix(std::string_view(inside).substr(0, inside.find_first_of(" \t\r\n")));
  if (event.name.empty()) return bad("an element without a name");
  if (open_.size() == kMaxLevels) return bad("nested too deep to be data");
  if (closed) close_pending_ = event.name;
  open_.push_back(event.name);
  text_.clear();
  return event;
}

Result<XmlEvent> XmlReader::next() {
  if (!close_pending_.empty()) {
    open_.pop_back();
    text_.clear();
    return XmlEvent{XmlEvent::Kind::kClose, std::exchange(close_pending_, ""), ""};
  }
  std::string raw;
  for (;;) {
    OLIVINE_TRY(const int c, get());
    if (c < 0 || c == '<') {
      text_ += unescaped(raw);
      raw.clear();
    }
    if (c < 0) {
      if (!open_.empty()) return bad(fmt::format("cut off inside <{}>", printable(open_.back().substr(0, 60))));
      return XmlEvent{};
    }
    if (c == 0) return bad("a NUL byte");
    if (c != '<') {
      raw.push_back(static_cast<char>(c));
      if (raw.size() + text_.size() > kMaxText) return bad("a text is too long");
      continue;
    }
    OLIVINE_TRY(std::string inside, tag());
    if (inside.starts_with('!') || inside.starts_with('?')) {
      OLIVINE_CHECK_STATUS(markup(inside));
      continue;
    }
    return element(std::move(inside));
  }
}

}  // namespace olivine
