#include "provenance/graph.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "provenance/figure.h"

namespace olivine {
namespace {

TEST(ProvenanceGraph, TheIdIsTheContent) {
  ProvenanceGraph a, b;
  const auto first = a.add({"raw", "energy", "1 J", "file", {}, Basis::kMeasured});
  EXPECT_EQ(first.size(), 32U);
  EXPECT_EQ(first, b.add({"raw", "energy", "1 J", "file", {}, Basis::kMeasured}));
  EXPECT_NE(first, a.add({"raw", "energy", "2 J", "file", {}, Basis::kMeasured}));
  EXPECT_NE(first, a.add({"raw", "energy", "1 J", "file", {}, Basis::kDerived}));
  // Fields do not run into one another.
  EXPECT_NE(a.add({"raw", "ab", "c", "", {}, Basis::kMeasured}), a.add({"raw", "a", "bc", "", {}, Basis::kMeasured}));
}

TEST(ProvenanceGraph, AChangedInputShowsAsAChangedId) {
  ProvenanceGraph graph;
  const auto one = graph.add({"raw", "x", "1", "", {}, Basis::kMeasured});
  const auto two = graph.add({"raw", "x", "2", "", {}, Basis::kMeasured});
  EXPECT_NE(graph.add({"sum", "s", "", "", {one}, Basis::kDerived}),
            graph.add({"sum", "s", "", "", {two}, Basis::kDerived}));
}

TEST(ProvenanceGraph, UnknownIdsAreBugs) {
  ProvenanceGraph graph;
  EXPECT_THROW(graph.add({"sum", "s", "", "", {"nowhere"}, Basis::kDerived}), std::logic_error);
  EXPECT_THROW(graph.node("nowhere"), std::logic_error);
  EXPECT_THROW(graph.explain("nowhere", true), std::logic_error);
  EXPECT_FALSE(graph.contains("nowhere"));
}

TEST(ProvenanceGraph, ExplainsDownToTheLeavesAndNamesWhatItMetBefore) {
  ProvenanceGraph graph;
  const auto raw = graph.add({"raw", "counter", "5 J", "", {}, Basis::kMeasured});
  const auto part = graph.add({"sum", "part", "5 J", "of readings", {raw}, Basis::kDerived});
  const auto all = graph.add({"sum", "all", "10 J", "", {part, part, raw}, Basis::kDerived});
  const std::string text = graph.explain(all, true);
  EXPECT_EQ(text,
            "all = 10 J  [sum; derived]\n"
            "|- part = 5 J  [sum; derived]\n"
            "|  |    of readings\n"
            "|  `- counter = 5 J  [raw; measured]\n"
            "|- part = 5 J  [sum; derived]  (see above)\n"
            "`- counter = 5 J  [raw; measured]\n")
      << text;
  EXPECT_NE(graph.explain(all, false).find("├─ part"), std::string::npos);
}

TEST(Figure, UnknownHasAReasonAndMaybeALowerBound) {
  Figure<Energy> f = Figure<Energy>::unknown("GPU unreadable");
  f.at_least = joules(100);  // METHODS, words: CPU 100 J, GPU unreadable: value null, lower 100
  EXPECT_FALSE(f.known());
  EXPECT_EQ(f.reason, "GPU unreadable");
  EXPECT_EQ(in_joules(*f.at_least), 100.0);
}

}  // namespace
}  // namespace olivine
