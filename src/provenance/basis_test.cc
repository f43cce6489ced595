#include "provenance/basis.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

TEST(Basis, CombiningTakesTheWeakest) {
  EXPECT_EQ(weakest(Basis::kMeasured, Basis::kAssumed), Basis::kAssumed);
  EXPECT_EQ(weakest(Basis::kReference, Basis::kModelled), Basis::kReference);
  EXPECT_EQ(name_of(Basis::kUserStated), "user_stated");
}

// METHODS, words: 99 J measured + 1 J assumed reads "99 % measured".
TEST(BasisShare, SaysTheShareOfTheStrongest) {
  BasisShare share(Basis::kMeasured, 99.0);
  share.add(Basis::kAssumed, 1.0);
  EXPECT_EQ(share.text(), "99 % measured");
  EXPECT_EQ(share.weakest_used(), Basis::kAssumed);
  EXPECT_DOUBLE_EQ(share.share(Basis::kMeasured), 0.99);
  EXPECT_DOUBLE_EQ(share.share(Basis::kModelled), 0.0);
}

TEST(BasisShare, NeverRoundsUpToAll) {
  BasisShare share(Basis::kMeasured, 9999.0);
  share.add(Basis::kAssumed, 1.0);
  EXPECT_EQ(share.text(), "99 % measured");
  BasisShare little(Basis::kMeasured, 1.0);
  little.add(Basis::kModelled, 999.0);
  EXPECT_EQ(little.text(), "99 % modelled") << "a thousandth is not what it is made of";
  little.add(Basis::kMeasured, 9.0);
  EXPECT_EQ(little.text(), "1 % measured");
  EXPECT_EQ(BasisShare(Basis::kModelled).text(), "modelled");
}

TEST(BasisShare, AnAllZeroValueKeepsTheBasisItHas) {
  BasisShare share(Basis::kMeasured, 0.0);
  EXPECT_EQ(share.weakest_used(), Basis::kMeasured);
  EXPECT_EQ(share.share(Basis::kMeasured), 1.0);
  EXPECT_EQ(share.text(), "measured");
  share.add(Basis::kModelled, 0.0);
  EXPECT_EQ(share.weakest_used(), Basis::kModelled);
}

TEST(BasisShare, ANumberFromNowhereIsAGuess) {
  EXPECT_EQ(BasisShare().weakest_used(), Basis::kAssumed);
  EXPECT_EQ(BasisShare().text(), "assumed");
}

TEST(BasisShare, SharesAddWithTheirWeights) {
  BasisShare all;
  all.add(BasisShare(Basis::kMeasured, 3.0), 1.0);
  all.add(BasisShare(Basis::kModelled, 1.0), 1.0);
  EXPECT_DOUBLE_EQ(all.share(Basis::kModelled), 0.25);
  all.add(BasisShare(Basis::kModelled, 1.0), 2.0);
  EXPECT_DOUBLE_EQ(all.share(Basis::kMeasured), 0.5);
}

}  // namespace
}  // namespace olivine
