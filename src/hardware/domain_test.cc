#include "hardware/domain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "base/prng.h"

namespace olivine {
namespace {

Domain domain(DomainKind kind) {
  return {kind, std::string(name_of(kind)), Plane::kChip, usual_place(kind), Basis::kMeasured};
}
Domain placed(DomainKind kind, Place place) {
  Domain d = domain(kind);
  d.place = place;
  return d;
}
std::optional<EnergyAmount> j(std::int64_t joules) { return microjoule_amount(joules * 1'000'000); }
std::int64_t whole_joules(EnergyAmount a) { return a.count() / 1'000'000; }

const Domain kPackageMeter = domain(DomainKind::kPackage);
const Domain kDramMeter = domain(DomainKind::kDram);
const Domain kPsysMeter = domain(DomainKind::kPsys);

std::int64_t total_j(const std::vector<Domain>& domains, const std::vector<std::optional<EnergyAmount>>& energies) {
  return whole_joules(make_cover(domains, energies).total());
}

// METHODS 2: package 60, DRAM 8: psys 75 -> 75; psys 0 or 50 -> 68.
TEST(DisjointCover, PsysCountsOnlyIfItMovesAndEnclosesItsChildren) {
  const std::vector<Domain> domains{kPackageMeter, kDramMeter, kPsysMeter};
  const DisjointCover cover = make_cover(domains, {j(60), j(8), j(75)});
  EXPECT_EQ(whole_joules(cover.total()), 75);
  ASSERT_EQ(cover.leaves().size(), 3U);
  EXPECT_EQ(cover.leaves()[2].kind, DomainKind::kRest);
  EXPECT_EQ(cover.leaves()[2].domain, 2U);
  EXPECT_EQ(whole_joules(cover.leaves()[2].energy), 7);
  EXPECT_EQ(total_j(domains, {j(60), j(8), j(0)}), 68);
  EXPECT_EQ(total_j(domains, {j(60), j(8), j(50)}), 68);
  EXPECT_EQ(total_j(domains, {j(60), j(8), j(68)}), 68);
  EXPECT_EQ(make_cover(domains, {j(60), j(8), j(50)}).cross_checks(), (std::vector<std::size_t>{2}));
  EXPECT_EQ(total_j(domains, {j(0), j(0), j(0)}), 0);
}

// METHODS 2: DRAM inside package unknown -> [60, 68].
TEST(DisjointCover, AMeterWhosePlaceIsNotProvenOnlyWidensTheRange) {
  const std::vector<Domain> domains{placed(DomainKind::kDram, Place::kUnknown), kPackageMeter};
  const DisjointCover cover = make_cover(domains, {j(8), j(60)});
  EXPECT_EQ(whole_joules(cover.total()), 60);
  ASSERT_EQ(cover.leaves().size(), 2U);
  EXPECT_EQ(cover.leaves()[0].energy.count(), 0);
  EXPECT_EQ(whole_joules(cover.leaves()[0].maybe_more), 8);
  EXPECT_EQ(cover.leaves()[1].maybe_more.count(), 0);
  EXPECT_EQ(cover.cross_checks(), (std::vector<std::size_t>{0}));
}

TEST(DisjointCover, AnEnclosingMeterHoldsWhatIsNotProven) {
  const DisjointCover cover =
      make_cover({kPackageMeter, placed(DomainKind::kDram, Place::kUnknown), kPsysMeter}, {j(60), j(8), j(75)});
  EXPECT_EQ(whole_joules(cover.total()), 75);
  for (const CoverLeaf& leaf : cover.leaves()) EXPECT_EQ(leaf.maybe_more.count(), 0);
}

// METHODS 2: BMC 2,400, NVML 1,400, RAPL 400 -> 2,400 with rest 600.
TEST(DisjointCover, ABoardEnclosesEverything) {
  const std::vector<Domain> domains{domain(DomainKind::kBoard), domain(DomainKind::kGpu), kPackageMeter};
  const DisjointCover cover = make_cover(domains, {j(2400), j(1400), j(400)});
  EXPECT_EQ(whole_joules(cover.total()), 2400);
  EXPECT_EQ(whole_joules(cover.leaves().back().energy), 600);
  EXPECT_TRUE(cover.complete());
}

TEST(DisjointCover, PsysDoesNotSeeDiscreteGpus) {
  const DisjointCover cover = make_cover({kPackageMeter, domain(DomainKind::kGpu), kPsysMeter}, {j(60), j(300), j(75)});
  EXPECT_EQ(whole_joules(cover.total()), 375);
}

TEST(DisjointCover, TheOutermostThatQualifiesCounts) {
  const std::vector<Domain> domains{kPackageMeter, kPsysMeter, domain(DomainKind::kBoard)};
  EXPECT_EQ(total_j(domains, {j(60), j(75), j(90)}), 90);
  EXPECT_EQ(total_j(domains, {j(60), j(75), j(20)}), 75);
  EXPECT_EQ(total_j(domains, {j(60), j(75), std::nullopt}), 75);
}

// METHODS 2: APU: amdgpu 44 inside package 45 -> 45. Core and uncore look inside the package too.
TEST(DisjointCover, MetersInsideOthersOnlyCrossCheck) {
  EXPECT_EQ(total_j({kPackageMeter, placed(DomainKind::kGpu, Place::kInside)}, {j(45), j(44)}), 45);
  EXPECT_EQ(total_j({kPackageMeter, domain(DomainKind::kCore), domain(DomainKind::kUncore)}, {j(45), j(30), j(5)}), 45);
}

// METHODS, words: an unreadable part makes the total incomplete, with a lower bound.
TEST(DisjointCover, AnUnreadablePartIsListedUnlessSomethingEnclosesIt) {
  const DisjointCover open = make_cover({kPackageMeter, domain(DomainKind::kGpu)}, {j(100), std::nullopt});
  EXPECT_FALSE(open.complete());
  EXPECT_EQ(open.unreadable(), (std::vector<std::size_t>{1}));
  EXPECT_EQ(whole_joules(open.total()), 100);
  const DisjointCover enclosed = make_cover({kPackageMeter, kDramMeter, kPsysMeter}, {j(60), std::nullopt, j(75)});
  EXPECT_TRUE(enclosed.complete());
  EXPECT_EQ(whole_joules(enclosed.total()), 75);
  const DisjointCover gpu =
      make_cover({kPackageMeter, domain(DomainKind::kGpu), kPsysMeter}, {j(60), std::nullopt, j(75)});
  EXPECT_FALSE(gpu.complete());  // psys does not see it
  EXPECT_FALSE(make_cover({kPackageMeter}, {std::nullopt}).complete());
  EXPECT_TRUE(make_cover({}, {}).complete());
}

TEST(DisjointCoverProperty, NothingIsCountedTwiceAndNothingIsNegative) {
  constexpr std::array kAllKinds{DomainKind::kPackage, DomainKind::kCore, DomainKind::kUncore, DomainKind::kDram,
                                 DomainKind::kPsys,    DomainKind::kGpu,  DomainKind::kBoard,  DomainKind::kRest};
  constexpr std::array kAllPlaces{Place::kCounted, Place::kInside, Place::kEncloses, Place::kUnknown};
  for (std::uint64_t seed = 1; seed <= 50'000; ++seed) {
    Prng prng(seed);
    std::vector<Domain> domains;
    std::vector<std::optional<EnergyAmount>> energies;
    EnergyAmount counted, largest_enclosing;
    for (std::uint64_t n = prng.below(8); n > 0; --n) {
      Domain d = domain(kAllKinds[prng.below(kAllKinds.size())]);
      if (prng.below(3) == 0) d.place = kAllPlaces[prng.below(kAllPlaces.size())];
      std::optional<EnergyAmount> energy;
      if (prng.below(5) != 0) energy = microjoule_amount(static_cast<std::int64_t>(prng.below(4) * prng.below(100)));
      if (energy && d.place == Place::kCounted) counted += *energy;
      if (energy && d.place == Place::kEncloses) largest_enclosing = std::max(largest_enclosing, *energy);
      domains.push_back(std::move(d));
      energies.push_back(energy);
    }
    const DisjointCover cover = make_cover(domains, energies);
    EnergyAmount sum;
    for (const CoverLeaf& leaf : cover.leaves()) {
      ASSERT_GE(leaf.energy.count(), 0) << "seed " << seed;
      ASSERT_NE(domains[leaf.domain].place, Place::kInside) << "seed " << seed;
      ASSERT_TRUE(domains[leaf.domain].place != Place::kUnknown || leaf.energy.count() == 0) << "seed " << seed;
      sum += leaf.energy;
    }
    ASSERT_EQ(sum, cover.total()) << "seed " << seed;
    ASSERT_GE(cover.total(), counted) << "seed " << seed;
    ASSERT_LE(cover.total(), counted + largest_enclosing) << "seed " << seed;
  }
}

TEST(Domain, NamesReadBack) {
  for (const char* name : {"package", "core", "uncore", "dram", "psys", "gpu", "board", "rest"})
    EXPECT_EQ(name_of(*domain_kind_from(name)), name);
  for (const char* name : {"chip", "node_dc", "node_ac", "facility"}) EXPECT_EQ(name_of(*plane_from(name)), name);
  for (const char* name : {"counted", "inside", "encloses", "unknown"}) EXPECT_EQ(name_of(*place_from(name)), name);
  EXPECT_EQ(domain_kind_from("cpu").error().kind, ErrorKind::kInvalid);
  EXPECT_NE(plane_from("ac").error().message.find("node_ac"), std::string::npos);
}

}  // namespace
}  // namespace olivine
