#include "base/trace_context.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

const std::string kExample = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";  // of the Recommendation

TEST(TraceContext, TheRecommendationsExample) {
  const auto context = parse_trace_context(kExample);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(context->span, 0x00f067aa0ba902b7u);
  EXPECT_EQ(to_text(*context), kExample);
}

TEST(TraceContext, ALaterVersionIsReadAsFarAsWeKnowIt) {
  EXPECT_TRUE(parse_trace_context("cc" + kExample.substr(2)));
  EXPECT_TRUE(parse_trace_context("cc" + kExample.substr(2) + "-what-is-next"));
  EXPECT_FALSE(parse_trace_context("cc" + kExample.substr(2) + "x"));
}

TEST(TraceContext, WhatIsNone) {
  for (const std::string& text : {std::string(), kExample.substr(1), kExample + "-", "ff" + kExample.substr(2),
                                  std::string("00-00000000000000000000000000000000-00f067aa0ba902b7-01"),
                                  std::string("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"),
                                  std::string("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"),
                                  std::string("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g"),
                                  std::string("00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")})
    EXPECT_FALSE(parse_trace_context(text)) << text;
}

}  // namespace
}  // namespace olivine
