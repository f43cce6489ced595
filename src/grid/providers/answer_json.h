// AnswerJson: a service's answer as JSON, read without trust.
//
// Before a parser sees it the text is looked over once: at most 16 levels, 300,000 values, texts of 64 KiB, 16 MB. That holds memory within
// 64 MB whatever is sent; the largest true answer (5,000 rows of EIA) has 45,000 values.
// A missing key, null and a value of another type are three things: see `number`.
//
//   OLIVINE_TRY(const AnswerJson answer, AnswerJson::parse(body));
//   answer["history"].size();  answer["history"][0]["carbonIntensity"].number();
//
// Units: none. Errors: kCorrupt says what came in place of JSON: nothing, a web page, a cut-off text. Reading what is
// not there gives an absent value, not an error. Threads: values. Lifetime: a part keeps the whole alive.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace olivine {

class AnswerJson {
 public:
  static Result<AnswerJson> parse(std::string_view body);

  AnswerJson operator[](std::string_view key) const;  // absent where there is none
  AnswerJson operator[](std::size_t index) const;
  AnswerJson operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  std::size_t size() const;  // of an array; else 0
  bool present() const { return node_ != nullptr; }
  bool is_null() const;
  bool is_array() const;
  bool is_object() const;
  std::optional<bool> boolean() const;
  std::optional<double> number() const;  // finite
  std::optional<std::string> text() const;
  std::string text_or(std::string_view otherwise) const;

 private:
  std::shared_ptr<const void> whole_;
  const void* node_ = nullptr;
};

// What an error answer says, in one line of at most 200 printable characters, or "": JSON {"error": "..."},
// {"message": "..."}, {"error": {"message": "..."}}, {"reason": "..."}, {"detail": "..."}; an Acknowledgement in XML.
std::string words_of_error(std::string_view body);
// True for an answer that is a web page.
bool looks_like_html(std::string_view body);

}  // namespace olivine
