#include "base/quoted.h"

#include <gtest/gtest.h>

#include "base/floor_div.h"

namespace olivine {
namespace {

TEST(Quoted, EscapesWhatWouldEndTheText) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "\"\""},
      {"caf\xC3\xA9", "\"caf\xC3\xA9\""},
      {"a\"b\\c", "\"a\\\"b\\\\c\""},
      {"line\nbreak\x1b\x7f", "\"line\\u000abreak\\u001b\\u007f\""}};
  for (const auto& [text, quoted] : cases) EXPECT_EQ(double_quoted(text), quoted);
}

TEST(FloorDiv, RoundsDownOnBothSidesOfZero) {
  for (const auto& [a, b, floor] :
       {std::tuple{-1, 3600, -1}, {0, 3600, 0}, {3599, 3600, 0}, {3600, 3600, 1}, {-3600, 3600, -1}, {-3601, 3600, -2}})
    EXPECT_EQ(floor_div(a, b), floor) << a;
}

}  // namespace
}  // namespace olivine
