#include "hardware/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include "base/text.h"
#include "provenance/defaults.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxNameBytes = 512;  // a longer name is no name; keeps hostile input cheap

bool is_digits(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Step 1: lower case, and only printable ASCII.
std::string plain_ascii(std::string_view name) {
  std::string text = to_lower(name.substr(0, kMaxNameBytes));
  for (char& c : text) {
    if (c < ' ' || c > '~') c = ' ';
  }
  return text;
}

// Step 2, first half: the marks "(r)", "(tm)" and "(c)" become a space.
std::string without_marks(std::string_view text) {
  constexpr std::array<std::string_view, 3> kMarks{"(r)", "(tm)", "(c)"};
  std::string kept;
  while (!text.empty()) {
    const auto mark = std::find_if(kMarks.begin(), kMarks.end(), [&](auto m) { return text.starts_with(m); });
    kept += mark == kMarks.end() ? text.front() : ' ';
    text.remove_prefix(mark == kMarks.end() ? 1 : mark->size());
  }
  return kept;
}

// Step 2, second half: "(...)" and "[...]" become a space, an unclosed one up to the end.
std::string without_brackets(std::string_view text) {
  std::string kept;
  while (!text.empty()) {
    const char open = text.front();
    if (open != '(' && open != '[') {
      kept += open;
      text.remove_prefix(1);
      continue;
    }
    const std::size_t close = text.find(open == '(' ? ')' : ']');
    text = close == std::string_view::npos ? std::string_view{} : text.substr(close + 1);
    kept += ' ';
  }
  return kept;
}

// Steps 4 to 6: words; they end before what only describes the graphics beside the processor; "core2" is two words.
std::vector<std::string> words_of_name(std::string text) {
  constexpr std::array<std::string_view, 3> kCutAt{"with", "w/", "radeon"};
  std::replace(text.begin(), text.end(), '-', ' ');
  std::vector<std::string> words;
  for (const std::string_view word : split_words(text)) {
    if (is_one_of(word, kCutAt)) break;
    if (word == "core2") {
      words.insert(words.end(), {"core", "2"});
    } else {
      words.emplace_back(word);
    }
  }
  return words;
}

bool is_ordinal(std::string_view word) {
  constexpr std::array<std::string_view, 4> kEndings{"st", "nd", "rd", "th"};
  return word.size() > 2 && is_digits(word.substr(0, word.size() - 2)) &&
         is_one_of(word.substr(word.size() - 2), kEndings);
}

// Row of `key` in a table that is sorted by its column "key" in byte order.
std::optional<std::size_t> find_key(const CsvTable& table, std::string_view key) {
  const Result<std::size_t> column = table.column("key");
  if (!column || key.empty()) return std::nullopt;
  std::size_t low = 0;
  std::size_t high = table.rows();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const int order = table.cell(middle, *column).compare(key);
    if (order == 0) return middle;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

int count_from(const CsvTable& table, std::size_t row, std::string_view column) {
  const std::optional<double> value = table.maybe_number(row, column);
  return value && *value >= 1.0 && *value < 1e6 ? static_cast<int>(*value) : 0;
}

// Words of a GPU's name that do not make it another product: "80gb", "mig", "1g.10gb". "ti" or "laptop" do.
bool is_only_detail(std::string_view word) {
  if (word == "mig") return true;
  return word.size() > 2 && word.ends_with("gb") && word.find_first_not_of("0123456789.g") == word.size() - 1;
}

// How many words of `key` stand in `name`; 0 unless all do and what `name` says beyond them is only detail.
std::size_t words_met(const std::vector<std::string_view>& name, std::string_view key) {
  const std::vector<std::string_view> wanted = split_words(key);
  const auto has = [](const auto& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (!std::all_of(wanted.begin(), wanted.end(), [&](auto word) { return has(name, word); })) return 0;
  const bool same =
      std::all_of(name.begin(), name.end(), [&](auto word) { return has(wanted, word) || is_only_detail(word); });
  return same ? wanted.size() : 0;
}

}  // namespace

std::string normalise_cpu_name(std::string_view name) {
  constexpr std::array<std::string_view, 7> kCounts{"dual", "triple", "quad", "six", "eight", "twelve", "sixteen"};
  constexpr std::array<std::string_view, 8> kDropped{"intel", "amd", "cpu", "processor", "apu", "soc", "embedded", "0"};
  std::string text = without_brackets(without_marks(plain_ascii(name)));
  text = text.substr(0, text.find_first_of("@,"));  // step 3
  const std::vector<std::string> words = words_of_name(std::move(text));
  std::string key;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view after = i + 1 < words.size() ? std::string_view(words[i + 1]) : std::string_view{};
    const bool is_count =
        (is_digits(words[i]) || is_one_of(words[i], kCounts)) && (after == "core" || after == "cores");
    if (is_count || (is_ordinal(words[i]) && after == "gen")) {
      ++i;  // steps 7 and 8: both words go
    } else if (!is_one_of(words[i], kDropped)) {
      key += (key.empty() ? "" : " ") + words[i];
    }
  }
  return key;
}

std::optional<CpuEntry> find_cpu_in(const CsvTable& table, std::string_view cpuinfo_model_name) {
  const std::optional<std::size_t> row = find_key(table, normalise_cpu_name(cpuinfo_model_name));
  if (!row) return std::nullopt;
  const std::optional<double> tdp = table.maybe_number(*row, "tdp_w");
  if (!tdp || *tdp <= 0.0) return std::nullopt;
  CpuEntry entry;
  entry.name = std::string(table.cell(*row, "name"));
  entry.cls = std::string(table.cell(*row, "class"));
  entry.tdp_w = *tdp;
  entry.tdp_lower_w = std::min(*tdp, table.maybe_number(*row, "tdp_lower_w").value_or(*tdp));
  entry.tdp_upper_w = std::max(*tdp, table.maybe_number(*row, "tdp_upper_w").value_or(*tdp));
  entry.cores = count_from(table, *row, "cores");
  entry.threads = count_from(table, *row, "threads");
  entry.year = count_from(table, *row, "year");
  entry.basis = Basis::kReference;
  entry.row = table.fact(*row, "key");
  return entry;
}

std::optional<CpuEntry> find_cpu(std::string_view cpuinfo_model_name) {
  const auto table = fact_table_row("cpus", normalise_cpu_name(cpuinfo_model_name));
  return table ? find_cpu_in(*table, cpuinfo_model_name) : std::nullopt;
}

CpuEntry default_cpu(std::string_view vendor, int threads, bool server) {
  const Result<Default> per_thread =
      default_value(server ? "cpu_tdp_per_thread_server_w" : "cpu_tdp_per_thread_desktop_w");
  if (!per_thread) throw std::logic_error("the built-in table of defaults is damaged: " + per_thread.error().message);
  const double count = std::max(threads, 1);
  CpuEntry entry;
  entry.name = fmt::format("unknown {}{}processor", printable(vendor.substr(0, 40)), vendor.empty() ? "" : " ");
  entry.cls = server ? "server" : "desktop";
  entry.tdp_w = count * per_thread->value;
  entry.tdp_lower_w = count * per_thread->lower;
  entry.tdp_upper_w = count * per_thread->upper;
  entry.threads = std::max(threads, 1);
  entry.basis = Basis::kAssumed;
  entry.row = per_thread->row;
  return entry;
}

std::string normalise_gpu_name(std::string_view name) {
  constexpr std::array<std::string_view, 9> kDropped{"nvidia",   "geforce", "tesla",    "quadro",    "amd",
                                                     "gigabyte", "gpu",     "graphics", "generation"};
  std::string text = plain_ascii(name);
  for (char& c : text) {
    if (c == '-' || c == '/' || c == '(' || c == ')') c = ' ';
  }
  std::string key;
  for (const std::string_view word : split_words(text)) {
    if (!is_one_of(word, kDropped)) key += (key.empty() ? "" : " ") + std::string(word);
  }
  return key;
}

GpuEntry gpu_entry(const CsvTable& table, std::size_t row) {
  GpuEntry entry;
  entry.name = std::string(table.cell(row, "name"));
  entry.tdp_w = table.maybe_number(row, "tdp_w").value_or(0.0);
  entry.memory_gb = table.maybe_number(row, "memory_gb").value_or(0.0);
  entry.year = count_from(table, row, "year");
  entry.kind = std::string(table.cell(row, "kind"));
  entry.memory_kind = std::string(table.cell(row, "memory"));
  entry.tflops16 = table.maybe_number(row, "tflops16").value_or(0.0);
  entry.dies = std::string(table.cell(row, "dies"));
  entry.embodied_kg = table.maybe_number(row, "embodied_kg").value_or(0.0);
  entry.embodied_lower_kg = table.maybe_number(row, "embodied_lower_kg").value_or(entry.embodied_kg);
  entry.embodied_upper_kg = table.maybe_number(row, "embodied_upper_kg").value_or(entry.embodied_kg);
  entry.embodied_source = std::string(table.cell(row, "embodied_source"));
  entry.die_source = std::string(table.cell(row, "die_source"));
  entry.note = std::string(table.cell(row, "note"));
  entry.row = table.fact(row, "key");
  return entry;
}

std::optional<GpuEntry> find_gpu_in(const CsvTable& table, std::string_view name) {
  const std::string normalised = normalise_gpu_name(name);
  const std::vector<std::string_view> words = split_words(normalised);
  const Result<std::size_t> key_column = table.column("key");
  if (!key_column) return std::nullopt;
  std::optional<std::size_t> best;
  std::size_t best_words = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::size_t met = words_met(words, table.cell(row, *key_column));
    if (met > best_words && table.maybe_number(row, "tdp_w").value_or(0.0) > 0.0) {
      best = row;
      best_words = met;
    }
  }
  if (!best) return std::nullopt;
  return gpu_entry(table, *best);
}

std::optional<GpuEntry> find_gpu(std::string_view name) {
  const Result<const CsvTable*> table = fact_table("gpus");
  return table ? find_gpu_in(**table, name) : std::nullopt;
}

}  // namespace olivine
