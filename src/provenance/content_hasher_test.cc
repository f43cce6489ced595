#include "provenance/content_hasher.h"

#include <gtest/gtest.h>

#include <string>

namespace olivine {
namespace {

TEST(ContentHasher, ThePiecesDoNotCount) {
  std::string text;
  for (int i = 0; i < 5'000; ++i) text += std::to_string(i * 7919) + ",";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{256}, std::size_t{4096}, text.size()}) {
    ContentHasher hasher;
    for (std::size_t at = 0; at < text.size(); at += piece) hasher.add(std::string_view(text).substr(at, piece));
    EXPECT_EQ(hasher.hash(), content_hash(text)) << piece;
  }
  EXPECT_EQ(ContentHasher().hash(), content_hash(""));
}

TEST(ContentHasher, OneByteCounts) {
  ContentHasher one, other;
  one.add("power_w,100");
  other.add("power_w,101");
  EXPECT_NE(one.hash(), other.hash());
}

}  // namespace
}  // namespace olivine
