#include "hardware/hardware_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "hardware/catalogue.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxNameBytes = 200;
constexpr std::size_t kMostNamed = 6;  // in a message

struct KindName {
  HardwareKind kind;
  std::string_view name, table;
};
constexpr std::array<KindName, 7> kKinds{{{HardwareKind::kGpu, "gpu", "gpus"},
                                          {HardwareKind::kCpu, "cpu", "cpus"},
                                          {HardwareKind::kMemory, "memory", "memory"},
                                          {HardwareKind::kStorage, "storage", "storage"},
                                          {HardwareKind::kServer, "server", "product_footprints"},
                                          {HardwareKind::kComputer, "computer", "product_footprints"},
                                          {HardwareKind::kInstance, "instance", "cloud_instances"}}};

HardwareKind kind_of_product(std::string_view product) {
  if (product == "server") return HardwareKind::kServer;
  return product == "drive" ? HardwareKind::kStorage : HardwareKind::kComputer;
}

void add_table(std::string_view table_name, std::optional<HardwareKind> fixed, std::optional<HardwareKind> wanted,
               std::vector<HardwareName>& names) {
  const Result<const CsvTable*> found = fact_table(table_name);
  if (!found) return;
  const CsvTable& table = **found;
  const Result<std::size_t> key = table.column("key"), name = table.column("name"), aliases = table.column("aliases"),
                            product = table.column("kind");
  for (std::size_t row = 0; key && name && row < table.rows(); ++row) {
    const HardwareKind kind = fixed ? *fixed : kind_of_product(product ? table.cell(row, *product) : "");
    if (wanted && *wanted != kind) continue;
    names.push_back({kind, table.name(), row, table.cell(row, *key), table.cell(row, *name),
                     aliases ? table.cell(row, *aliases) : std::string_view{}});
  }
}

// Lower case, letters, digits, '.' and '+' only.
std::string squeezed(std::string_view text) {
  std::string kept;
  for (const char c : to_lower(text.substr(0, kMaxNameBytes)))
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '+') kept += c;
  return kept;
}

std::vector<std::string> words_of(std::string_view text) {
  std::string spaced = to_lower(text.substr(0, kMaxNameBytes));
  for (char& c : spaced)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '+')) c = ' ';
  std::vector<std::string> words;
  for (const std::string_view word : split_words(spaced)) words.emplace_back(word);
  return words;
}

std::string all_of(const HardwareName& n) { return fmt::format("{} {} {}", n.key, n.name, n.aliases); }

// The names that a row answers to: "p4d.24xlarge" stands behind the provider in the key "aws p4d.24xlarge".
bool is_called(const HardwareName& n, const std::string& wanted) {
  if (squeezed(n.key) == wanted || squeezed(n.name) == wanted) return true;
  for (const std::string_view alias : split(n.aliases, '|'))
    if (!alias.empty() && squeezed(alias) == wanted) return true;
  return false;
}

std::vector<HardwareName> called(const std::vector<HardwareName>& names, std::string_view name) {
  std::vector<HardwareName> found;
  std::string wanted = squeezed(name);
  if (wanted.starts_with("standard")) wanted.erase(0, 8);  // "Standard_D16s_v3", as Azure's tools print it
  if (wanted.empty()) return found;
  for (const HardwareName& n : names)
    if (is_called(n, wanted)) found.push_back(n);
  if (!found.empty()) return found;
  const std::string cpu = normalise_cpu_name(name), gpu = normalise_gpu_name(name);
  const std::optional<GpuEntry> nvml = find_gpu(name);
  for (const HardwareName& n : names) {
    if (n.kind == HardwareKind::kCpu && n.key == cpu) found.push_back(n);
    if (n.kind != HardwareKind::kGpu) continue;
    const std::vector<std::string_view> aliases = split(n.aliases, '|');
    const bool alias = !gpu.empty() && std::find(aliases.begin(), aliases.end(), gpu) != aliases.end();
    if (alias || (nvml && nvml->row.key == n.key)) found.push_back(n);
  }
  return found;
}

// Rows with every word of `words`; `whole`: as a word, else as the beginning of one.
std::vector<HardwareName> with_words(const std::vector<HardwareName>& names, const std::vector<std::string>& words,
                                     bool whole) {
  std::vector<HardwareName> found;
  for (const HardwareName& n : names) {
    const std::vector<std::string> row = words_of(all_of(n));
    const auto has = [&](const std::string& word) {
      return std::any_of(row.begin(), row.end(),
                         [&](const std::string& other) { return whole ? other == word : other.starts_with(word); });
    };
    if (std::all_of(words.begin(), words.end(), has)) found.push_back(n);
  }
  return found;
}

std::string listed(const std::vector<HardwareName>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i)
    text += fmt::format("{}{} ({})", i > 0 ? ", " : "", names[i].name, name_of(names[i].kind));
  if (names.size() > kMostNamed) text += fmt::format(" and {} more", names.size() - kMostNamed);
  return text;
}

std::set<std::pair<char, char>> pairs_of(const std::string& text) {
  std::set<std::pair<char, char>> pairs;
  for (std::size_t i = 1; i < text.size(); ++i) pairs.emplace(text[i - 1], text[i]);
  return pairs;
}

double likeness(const std::set<std::pair<char, char>>& a, const std::string& text) {
  const std::set<std::pair<char, char>> b = pairs_of(text);
  if (a.empty() || b.empty()) return 0.0;
  const auto shared = std::count_if(a.begin(), a.end(), [&](const auto& pair) { return b.contains(pair); });
  return 2.0 * static_cast<double>(shared) / static_cast<double>(a.size() + b.size());
}

tl::unexpected<Error> unknown(std::string_view name, std::optional<HardwareKind> kind) {
  std::string near;
  for (const std::string& n : nearest_hardware(name, kind, 3)) near += (near.empty() ? "" : ", ") + n;
  return fail(ErrorKind::kNotFound, fmt::format("no {} is called '{}'{}{}; olivine hardware ls TEXT searches",
                                                kind ? name_of(*kind) : "hardware", printable(name.substr(0, 60)),
                                                near.empty() ? "" : "; nearest: ", near));
}

}  // namespace

std::string_view name_of(HardwareKind kind) {
  for (const KindName& k : kKinds)
    if (k.kind == kind) return k.name;
  return "";
}

Result<HardwareKind> hardware_kind_from(std::string_view word) {
  std::string known;
  for (const KindName& k : kKinds) {
    if (k.name == word) return k.kind;
    known += (known.empty() ? "" : ", ") + std::string(k.name);
  }
  return fail(ErrorKind::kInvalid,
              fmt::format("'{}' is no kind of hardware; there are {}", printable(word.substr(0, 40)), known));
}

std::vector<HardwareName> hardware_names(std::optional<HardwareKind> kind) {
  std::vector<HardwareName> names;
  for (const KindName& k : kKinds) {
    const bool product = k.table == "product_footprints";
    if (k.kind == HardwareKind::kComputer || (kind && !product && *kind != k.kind)) continue;
    add_table(k.table, product ? std::nullopt : std::optional(k.kind), kind, names);
  }
  std::stable_sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.kind < b.kind; });
  return names;
}

std::vector<HardwareName> hardware_matching(std::string_view text, std::optional<HardwareKind> kind) {
  const std::vector<std::string> words = words_of(text);
  std::vector<HardwareName> found;
  for (const HardwareName& n : hardware_names(kind)) {
    const std::string row = to_lower(all_of(n));
    if (std::all_of(words.begin(), words.end(), [&](const auto& word) { return row.find(word) != std::string::npos; }))
      found.push_back(n);
  }
  return found;
}

Result<HardwareName> find_hardware_name(std::string_view name, std::optional<HardwareKind> kind) {
  const std::vector<HardwareName> names = hardware_names(kind);
  std::vector<HardwareName> found = called(names, name);
  const std::vector<std::string> words = words_of(name);
  const bool only_cpus =
      std::all_of(found.begin(), found.end(), [](const auto& n) { return n.kind == HardwareKind::kCpu; });
  if (!found.empty() && only_cpus && !kind) {  // Intel's A100 of 2007 is a processor, and not what "A100" means to most
    const std::vector<HardwareName> gpus = with_words(hardware_names(HardwareKind::kGpu), words, true);
    found.insert(found.end(), gpus.begin(), gpus.end());
  }
  if (found.empty() && !words.empty()) found = with_words(names, words, true);
  if (found.empty() && !words.empty()) found = with_words(names, words, false);
  if (found.size() == 1) return found.front();
  if (found.empty()) return unknown(name, kind);
  return fail(ErrorKind::kInvalid,
              fmt::format("'{}' may be {}; say which", printable(name.substr(0, 60)), listed(found)));
}

std::vector<std::string> nearest_hardware(std::string_view name, std::optional<HardwareKind> kind, std::size_t most) {
  const auto pairs = pairs_of(squeezed(name));
  std::vector<std::pair<double, std::string_view>> near;
  for (const HardwareName& n : hardware_names(kind)) {
    double best = std::max(likeness(pairs, squeezed(n.key)), likeness(pairs, squeezed(n.name)));
    for (const std::string_view alias : split(n.aliases, '|')) best = std::max(best, likeness(pairs, squeezed(alias)));
    if (best >= 0.4) near.emplace_back(best, n.name);
  }
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> names;
  for (const auto& [score, text] : near) {
    if (names.size() >= most) break;
    if (std::find(names.begin(), names.end(), text) == names.end()) names.emplace_back(text);
  }
  return names;
}

}  // namespace olivine
