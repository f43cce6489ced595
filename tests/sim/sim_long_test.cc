// Five hundred simulated days: the long suite.

#include <gtest/gtest.h>

#include "tests/sim/simulation.h"

namespace olivine {
namespace {

class ManySimulatedDays : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(ManySimulatedDays, WhatIsSaidIsTrue) {
  for (std::uint64_t seed = GetParam(); seed < GetParam() + 10; ++seed)
    for (const std::string& failure : simulate({.seed = seed}).failures) ADD_FAILURE() << failure;
}
INSTANTIATE_TEST_SUITE_P(Long, ManySimulatedDays, ::testing::Range<std::uint64_t>(1'001, 1'501, 10));

}  // namespace
}  // namespace olivine
