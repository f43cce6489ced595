#include "hardware/domain.h"

#include <algorithm>
#include <array>
#include <utility>

namespace olivine {
namespace {

template <class Enum, std::size_t N>
std::string_view lookup(const std::array<std::pair<Enum, std::string_view>, N>& table, Enum value) {
  for (const auto& [key, name] : table)
    if (key == value) return name;
  return table.front().second;
}

template <class Enum, std::size_t N>
Result<Enum> reverse(const std::array<std::pair<Enum, std::string_view>, N>& table, std::string_view name,
                     std::string_view what) {
  std::string known;
  for (const auto& [key, text] : table) {
    if (text == name) return key;
    known += known.empty() ? "" : ", ";
    known += text;
  }
  return fail(ErrorKind::kInvalid, std::string(what) + " '" + std::string(name) + "' is not one of " + known);
}

constexpr std::array<std::pair<DomainKind, std::string_view>, 8> kKinds{{{DomainKind::kPackage, "package"},
                                                                         {DomainKind::kCore, "core"},
                                                                         {DomainKind::kUncore, "uncore"},
                                                                         {DomainKind::kDram, "dram"},
                                                                         {DomainKind::kPsys, "psys"},
                                                                         {DomainKind::kGpu, "gpu"},
                                                                         {DomainKind::kBoard, "board"},
                                                                         {DomainKind::kRest, "rest"}}};
constexpr std::array<std::pair<Plane, std::string_view>, 4> kPlanes{
    {{Plane::kChip, "chip"}, {Plane::kNodeDc, "node_dc"}, {Plane::kNodeAc, "node_ac"}, {Plane::kFacility, "facility"}}};
constexpr std::array<std::pair<Place, std::string_view>, 4> kPlaces{{{Place::kCounted, "counted"},
                                                                     {Place::kInside, "inside"},
                                                                     {Place::kEncloses, "encloses"},
                                                                     {Place::kUnknown, "unknown"}}};

}  // namespace

std::string_view name_of(DomainKind kind) { return lookup(kKinds, kind); }
std::string_view name_of(Plane plane) { return lookup(kPlanes, plane); }
std::string_view name_of(Place place) { return lookup(kPlaces, place); }
Result<DomainKind> domain_kind_from(std::string_view name) { return reverse(kKinds, name, "domain kind"); }
Result<Plane> plane_from(std::string_view name) { return reverse(kPlanes, name, "plane"); }
Result<Place> place_from(std::string_view name) { return reverse(kPlaces, name, "place"); }

Place usual_place(DomainKind kind) {
  switch (kind) {
    case DomainKind::kCore:
    case DomainKind::kUncore: return Place::kInside;
    case DomainKind::kPsys:
    case DomainKind::kBoard: return Place::kEncloses;
    case DomainKind::kPackage:
    case DomainKind::kDram:
    case DomainKind::kGpu:
    case DomainKind::kRest: return Place::kCounted;
  }
  return Place::kUnknown;
}

bool encloses(DomainKind outer, DomainKind child) { return outer == DomainKind::kBoard || child != DomainKind::kGpu; }

EnergyAmount DisjointCover::total() const {
  EnergyAmount sum;
  for (const CoverLeaf& leaf : leaves_) sum += leaf.energy;
  return sum;
}

namespace {

// The enclosing meter that counts: the outermost that is readable and at least what it encloses.
struct Enclosure {
  std::size_t domain;
  EnergyAmount rest;
};

std::optional<Enclosure> find_enclosure(const std::vector<Domain>& domains,
                                        const std::vector<std::optional<EnergyAmount>>& energies) {
  for (const DomainKind wanted : {DomainKind::kBoard, DomainKind::kPsys}) {
    for (std::size_t i = 0; i < domains.size(); ++i) {
      if (domains[i].kind != wanted || domains[i].place != Place::kEncloses || !energies[i]) continue;
      EnergyAmount inner;
      for (std::size_t k = 0; k < domains.size(); ++k)
        if (domains[k].place == Place::kCounted && energies[k] && encloses(wanted, domains[k].kind))
          inner += *energies[k];
      if (energies[i]->count() > 0 && *energies[i] >= inner) return Enclosure{i, *energies[i] - inner};
    }
  }
  return std::nullopt;
}

}  // namespace

DisjointCover make_cover(const std::vector<Domain>& domains, const std::vector<std::optional<EnergyAmount>>& energies) {
  DisjointCover cover;
  const auto enclosure = find_enclosure(domains, energies);
  if (enclosure) cover.enclosing_ = enclosure->domain;
  for (std::size_t i = 0; i < domains.size(); ++i) {
    const Domain& domain = domains[i];
    if (domain.place != Place::kCounted) {
      if (enclosure && enclosure->domain == i) continue;
      if (energies[i]) cover.cross_checks_.push_back(i);
      if (domain.place == Place::kUnknown && energies[i] && !enclosure)
        cover.leaves_.push_back({i, domain.kind, {}, *energies[i]});
      continue;
    }
    if (energies[i]) {
      cover.leaves_.push_back({i, domain.kind, *energies[i], {}});
    } else if (!enclosure || !encloses(domains[enclosure->domain].kind, domain.kind)) {
      cover.unreadable_.push_back(i);
    }
  }
  if (enclosure && enclosure->rest.count() > 0)
    cover.leaves_.push_back({enclosure->domain, DomainKind::kRest, enclosure->rest, {}});
  return cover;
}

}  // namespace olivine
