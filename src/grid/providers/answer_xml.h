// AnswerXml: the little of XML that ENTSO-E sends: elements with text or elements in them. Attributes, comments and the
// declaration are passed over. What a data answer never needs is refused: DOCTYPE (entities!), CDATA, more than 12 levels,
// more than 300,000 elements. No library: pugixml and expat would be loaded by every `olivine run` (docs/adr/0013).
//
//   OLIVINE_TRY(const XmlElement root, parse_xml(body));
//   root.name == "GL_MarketDocument";  root.child("type")->text == "A75"
//
// Names lose their prefix ("ns:Point" is "Point"). Text is as written, trimmed, entities not replaced.
//
// Units: none. Errors: kCorrupt with the byte where it broke. Threads: pure. Lifetime: views into the body.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace olivine {

struct XmlElement {
  std::string_view name, text;
  std::vector<XmlElement> children;
  const XmlElement* child(std::string_view wanted) const;   // the first, or null
  std::string_view text_of(std::string_view wanted) const;  // of the first child of that name, or ""
};

Result<XmlElement> parse_xml(std::string_view body);

}  // namespace olivine
