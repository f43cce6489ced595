// Energy domains of a machine and the disjoint cover: which meters add up, and which only look inside another.
//
// psys encloses packages and DRAM, a board (BMC) meter encloses everything, a package encloses core and uncore. Adding
// nested meters counts a joule twice; the cover makes that impossible, because only it can be attributed.
//
//   package 60 J, DRAM 8 J, psys 75 J  -> 60 + 8 + rest 7 = 75     (psys encloses and is at least its children)
//   package 60 J, DRAM 8 J, psys 50 J  -> 60 + 8 = 68              (psys is less than what it encloses: cross-check only)
//   package 60 J, DRAM 8 J of unknown place -> 60, up to 68        (place not proven: only widens the range)
//   board 2,400 J, GPUs 1,400 J, packages 400 J -> 2,400 with rest 600
//   APU: amdgpu 44 J inside package 45 J -> 45
//
// Units: whole microjoules of one common span. Errors: none; an unreadable counted domain makes the total unknown and
// is listed. Threads: pure. Lifetime: values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "provenance/basis.h"
#include "units/amount.h"

namespace olivine {

enum class DomainKind { kPackage, kCore, kUncore, kDram, kPsys, kGpu, kBoard, kRest };
enum class Plane { kChip, kNodeDc, kNodeAc, kFacility };  // where on the way from chip to meter (METHODS 1)
// Where a meter's energy lies relative to the counted ones.
enum class Place { kCounted, kInside, kEncloses, kUnknown };

std::string_view name_of(DomainKind kind);  // "package", "dram", ...
std::string_view name_of(Plane plane);      // "chip", "node_dc", "node_ac", "facility"
Result<DomainKind> domain_kind_from(std::string_view name);
Result<Plane> plane_from(std::string_view name);
std::string_view name_of(Place place);  // "counted", "inside", "encloses", "unknown"
Result<Place> place_from(std::string_view name);

struct Domain {
  DomainKind kind = DomainKind::kPackage;
  std::string device;  // "package-0", "gpu-GPU-8f6a", "node"
  Plane plane = Plane::kChip;
  Place place = Place::kCounted;
  Basis basis = Basis::kMeasured;
  bool operator==(const Domain&) const = default;
};

// One leaf of the cover. Leaves do not overlap; their energies sum to the machine's energy of the span.
struct CoverLeaf {
  std::size_t domain;  // index into the domains handed to make_cover; of a rest: the enclosing meter
  DomainKind kind;     // kRest for what an enclosing meter sees beyond its children
  EnergyAmount energy;
  EnergyAmount maybe_more;  // what a meter whose place is not proven counted; its `energy` is then 0
};

class DisjointCover {
 public:
  const std::vector<CoverLeaf>& leaves() const { return leaves_; }
  EnergyAmount total() const;  // of the readable leaves
  bool complete() const { return unreadable_.empty(); }
  const std::vector<std::size_t>& unreadable() const { return unreadable_; }      // counted domains without a value
  const std::vector<std::size_t>& cross_checks() const { return cross_checks_; }  // meters seen but not counted
  const std::optional<std::size_t>& enclosing() const { return enclosing_; }      // the enclosing meter that counts

 private:
  friend DisjointCover make_cover(const std::vector<Domain>&, const std::vector<std::optional<EnergyAmount>>&);
  DisjointCover() = default;
  std::vector<CoverLeaf> leaves_;
  std::vector<std::size_t> unreadable_;
  std::vector<std::size_t> cross_checks_;
  std::optional<std::size_t> enclosing_;
};

// Whether an enclosing meter sees a child: a board sees everything, psys does not see discrete GPUs.
bool encloses(DomainKind outer, DomainKind child);

// The only way to make a cover. `energies` are of one common span, one entry a domain, absent when unreadable. With an
// enclosing meter that is readable and at least its readable children, the rest also holds what unreadable children drew.
// When several enclose (board and psys), the outermost (board) that qualifies counts; psys then only cross-checks.
DisjointCover make_cover(const std::vector<Domain>& domains, const std::vector<std::optional<EnergyAmount>>& energies);

// Known place of a kind: package, dram, gpu counted; core, uncore inside; psys, board enclose.
Place usual_place(DomainKind kind);

}  // namespace olivine
