// Amount: the ledger's integers. Energy as a fact is a whole number of microjoules, so that sums are equalities.
//
// Units: EnergyAmount counts microjoules in int64: 2.56 GWh an entry. Totals add in 128 bits (EnergyTotal).
// Errors: checked_sum and CumulativeRounder::add throw std::logic_error on a result beyond int64, or on an energy that is
// not a number (bugs: totals belong in EnergyTotal).
// Threads: values. Lifetime: values.
//
//   EnergyAmount a = microjoule_amount(1'500'000);    // 1.5 J
//   Energy e = to_energy(a);
#pragma once

#include <compare>
#include <cstdint>
#include <span>

#include "units/quantity.h"

namespace olivine {

template <class Tag>
class Amount {
 public:
  constexpr Amount() = default;
  static constexpr Amount from_count(std::int64_t count) {
    Amount a;
    a.count_ = count;
    return a;
  }
  constexpr std::int64_t count() const { return count_; }
  constexpr auto operator<=>(const Amount&) const = default;
  constexpr Amount operator+(Amount o) const { return from_count(count_ + o.count_); }
  constexpr Amount operator-(Amount o) const { return from_count(count_ - o.count_); }
  constexpr Amount& operator+=(Amount o) {
    count_ += o.count_;
    return *this;
  }

 private:
  std::int64_t count_ = 0;
};

using EnergyAmount = Amount<EnergyTag>;
__extension__ typedef __int128 EnergyTotal;  // microjoules, for sums over many entries

constexpr EnergyAmount microjoule_amount(std::int64_t uj) { return EnergyAmount::from_count(uj); }
constexpr std::int64_t in_microjoules(EnergyAmount a) { return a.count(); }
constexpr Energy to_energy(EnergyAmount a) { return microjoules(static_cast<double>(a.count())); }

// Turns a stream of fractional microjoules into whole ones: converts the running total and hands out differences, so that
// nothing is lost or made however small the steps are. => 16,384 steps of 2^-14 J give 1,000,000 uJ exactly.
class CumulativeRounder {
 public:
  EnergyAmount add(Energy e);
  // Counts of a hardware counter. Exact for units such as 1e-6 J or 2^-14 J while counts stay below 2^53 in units of the
  // smallest part: a counter of microjoules gives its own counts back.
  EnergyAmount add_counts(std::uint64_t counts, double joules_per_count);
  double remainder_uj() const { return pending_uj_; }

 private:
  EnergyAmount add_microjoules(double uj);
  double pending_uj_ = 0.0;  // exact part not yet handed out, in (-0.5, 0.5]
};

// Adds entries; throws std::logic_error when the sum leaves int64.
EnergyAmount checked_sum(std::span<const EnergyAmount> entries);

}  // namespace olivine
