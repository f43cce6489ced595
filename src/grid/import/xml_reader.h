// XmlReader: the elements and texts of an XML document, one after the other, from a buffer of fixed size. It exists because
// a document tree takes 15 times the text, which a hostile file would turn into gigabytes.
//
// Knows elements (attributes are passed over, prefixes taken off), texts, CDATA, comments, declarations and the five named
// entities. A DOCTYPE is refused: no entity can be defined, so none can explode.
//
// Units: none. Errors: kInvalid says what is wrong at which byte. A text or tag above 4 KiB, and more than 32 levels, are
// refused. Threads: one. Lifetime: views of an event last until the next.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grid/import/byte_source.h"

namespace olivine {

struct XmlEvent {
  enum class Kind { kOpen, kClose, kEnd } kind = Kind::kEnd;
  std::string name;  // without prefix
  std::string text;  // of kClose: what stood between the tags, when no element did; blanks at the ends taken off
};

class XmlReader {
 public:
  explicit XmlReader(ByteSource& source) : source_(source), buffer_(16'384) {}
  Result<XmlEvent> next();

 private:
  Result<int> get();  // a byte, or -1 at the end
  tl::unexpected<Error> bad(const std::string& why) const;
  Result<std::string> tag();
  Status skip_past(std::string_view end, std::string* kept);
  Result<XmlEvent> element(std::string inside);
  Status markup(const std::string& inside);

  ByteSource& source_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, filled_ = 0, read_ = 0;
  std::vector<std::string> open_;
  std::string text_;
  std::string close_pending_;  // of <a/>
};

}  // namespace olivine
