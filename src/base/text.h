// Text: the few string operations that parsers here need. Strict: a number is the whole text or an error.
//
// Errors: kInvalid names the text. Threads: pure. Lifetime: views point into the argument.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace olivine {

std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);  // keeps empty fields
std::vector<std::string_view> split_words(std::string_view text);            // at white space, drops empty ones
std::string to_lower(std::string_view text);                                 // ASCII
Result<std::uint64_t> parse_u64(std::string_view text);                      // digits only, fits 64 bits
Result<std::int64_t> parse_i64(std::string_view text);
Result<double> parse_double(std::string_view text);  // finite; independent of the locale
std::string shortest(double value);                  // shortest text that reads back the same
// The known word nearest to `word` by edit distance (at most a third of its length), or "" when none is near.
std::string nearest(std::string_view word, std::span<const std::string> known);
// Control characters (ESC too) and bidirectional overrides replaced by '?', for text that goes to a terminal.
std::string printable(std::string_view text);
// Whether brackets of a JSON text open within one another more than `levels` times. Copying and writing a document
// recurse, so text from outside is asked this first: 100,000 brackets would end the stack.
bool nests_deeper(std::string_view json, std::size_t levels);

}  // namespace olivine
