#include "account/embodied/components.h"

#include <fmt/format.h>

#include "account/embodied/fab.h"
#include "base/text.h"

namespace olivine {
namespace {

struct TableValue {
  double value = 0.0, lower = 0.0, upper = 0.0;
  std::string name, source;
  Basis basis = Basis::kReference;
};

Result<TableValue> row_of(std::string_view table_name, std::string_view key, std::string_view column) {
  OLIVINE_TRY(const CsvTable* table, fact_table(table_name));
  OLIVINE_TRY(const std::size_t key_column, table->column("key"));
  for (std::size_t row = 0; row < table->rows(); ++row) {
    if (table->cell(row, key_column) != key) continue;
    TableValue v;
    OLIVINE_TRY(v.value, table->number(row, column));
    v.lower = table->maybe_number(row, "lower").value_or(v.value);
    v.upper = table->maybe_number(row, "upper").value_or(v.value);
    v.name = std::string(table->cell(row, "name"));
    v.source = table->fact(row, "key").text();
    if (table->cell(row, "basis") == "assumed") v.basis = Basis::kAssumed;
    return v;
  }
  std::vector<std::string> known;
  for (std::size_t row = 0; row < table->rows(); ++row) known.emplace_back(table->cell(row, key_column));
  const std::string near = nearest(key, known);
  return fail(ErrorKind::kNotFound, fmt::format("data/{}.csv has no row '{}'{}{}", table_name,
                                                printable(key.substr(0, 40)), near.empty() ? "" : "; nearest: ", near));
}

std::string counted(int count, std::string_view what) {
  return count == 1 ? std::string(what) : fmt::format("{} x {}", count, what);
}

Status check_count(int count) {
  if (count < 0) return fail(ErrorKind::kInvalid, fmt::format("{} pieces cannot be", count));
  return {};
}

Estimate<Carbon> spread(const TableValue& v, double scale_kg, std::string_view input) {
  return Estimate<Carbon>::of(kilograms(v.value * scale_kg), kilograms(v.lower * scale_kg),
                              kilograms(v.upper * scale_kg), input);
}

Result<EmbodiedPart> by_capacity(std::string_view table, std::string_view key, double gb, std::string_view id) {
  if (!(gb >= 0.0)) return fail(ErrorKind::kInvalid, fmt::format("{} GB cannot be", shortest(gb)));
  OLIVINE_TRY(const TableValue v, row_of(table, key, "g_per_gb"));
  EmbodiedPart part;
  part.id = std::string(id);
  part.label = fmt::format("{:.4g} GB of {}", gb, v.name);
  part.carbon = spread(v, gb / 1000.0, fmt::format("{}:{}", table, key));
  part.basis = Basis::kModelled;
  part.how = fmt::format("{} g/GB", shortest(v.value));
  part.source = v.source;
  return part;
}

Result<EmbodiedPart> stand_in(std::string_view key, std::string_view id, std::string_view name, int count) {
  OLIVINE_TRY(EmbodiedPart part, piece_embodied(key, count));
  part.id = std::string(id);
  part.label = counted(count, name);
  part.how = "die not known: a stand-in for its class";
  return part;
}

// The dies and the package of one chip.
Result<Estimate<Carbon>> chip(const Silicon& smaller, const Silicon& larger, std::string_view key) {
  OLIVINE_TRY(const Estimate<Carbon> dies, silicon_carbon(smaller, larger, key));
  OLIVINE_TRY(const EmbodiedPart package, piece_embodied("chip_package", 1));
  return sum(dies, package.carbon);
}

Result<EmbodiedPart> gpu_bottom_up(const GpuEntry& gpu, int count) {
  OLIVINE_TRY(const Silicon dies, parse_silicon(gpu.dies));
  OLIVINE_TRY(Estimate<Carbon> one, chip(dies, dies, gpu.row.key));
  OLIVINE_TRY(const EmbodiedPart board, piece_embodied("gpu_board", 1));
  one = sum(one, board.carbon);
  EmbodiedPart part;
  part.how = text_of(dies) + ", package, board";
  if (const std::string_view memory = memory_row_of(gpu.memory_kind); !memory.empty() && gpu.memory_gb > 0.0) {
    OLIVINE_TRY(const EmbodiedPart chips, memory_embodied(gpu.memory_gb, memory));
    one = sum(one, chips.carbon);
    part.how += fmt::format(", {} GB of {}", shortest(gpu.memory_gb), gpu.memory_kind);
  }
  part.how += "; bottom-up (ACT)";
  part.carbon = one.scaled(count);
  part.basis = Basis::kModelled;
  part.source = gpu.die_source.empty() ? gpu.row.text() : gpu.row.table + ", " + gpu.row.key + ", " + gpu.die_source;
  return part;
}

}  // namespace

std::string_view memory_row_of(std::string_view kind) {
  if (kind == "sram") return "";
  if (kind.starts_with("hbm")) return "hbm";
  if (kind.starts_with("gddr")) return "gddr6";
  if (kind.starts_with("lpddr")) return "lpddr4";
  return "dram";
}

Result<EmbodiedPart> piece_embodied(std::string_view key, int count) {
  OLIVINE_CHECK_STATUS(check_count(count));
  OLIVINE_TRY(const TableValue v, row_of("server_parts", key, "embodied_kg"));
  EmbodiedPart part;
  part.id = std::string(key);
  part.label = counted(count, v.name);
  part.carbon = spread(v, count, fmt::format("part:{}", key));
  part.basis = v.basis;
  part.how = fmt::format("{} kg a piece", shortest(v.value));
  part.source = v.source;
  return part;
}

Result<EmbodiedPart> memory_embodied(double gb, std::string_view key) {
  return by_capacity("memory", key, gb, "memory");
}
Result<EmbodiedPart> storage_embodied(double gb, std::string_view key) {
  return by_capacity("storage", key, gb, "storage");
}

Result<EmbodiedPart> cpu_embodied(const CpuEntry& cpu, int count) {
  OLIVINE_CHECK_STATUS(check_count(count));
  const std::optional<CpuSilicon> silicon =
      cpu.basis == Basis::kAssumed ? std::nullopt : silicon_of_cpu(cpu.row.key, cpu.cls);
  if (!silicon) return stand_in(cpu.cls == "server" ? "cpu_server" : "cpu_desktop", "cpu", cpu.name, count);
  OLIVINE_TRY(const Estimate<Carbon> one, chip(silicon->smaller, silicon->larger, cpu.row.key));
  EmbodiedPart part;
  part.id = "cpu";
  part.label = counted(count, cpu.name);
  part.carbon = one.scaled(count);
  part.how = text_of(silicon->smaller);
  if (silicon->larger != silicon->smaller) part.how += " to " + text_of(silicon->larger);
  part.how += ", package; bottom-up (ACT)";
  part.source = silicon->row.text();
  return part;
}

Result<EmbodiedPart> gpu_embodied(const GpuEntry& gpu, int count) {
  OLIVINE_CHECK_STATUS(check_count(count));
  EmbodiedPart part;
  if (gpu.embodied_kg > 0.0) {
    const TableValue v{gpu.embodied_kg, gpu.embodied_lower_kg, gpu.embodied_upper_kg, "", "", Basis::kReference};
    part.carbon = spread(v, count, "footprint:" + gpu.row.key);
    part.basis = Basis::kReference;
    part.how = "published footprint; range assumed";
    part.source = gpu.row.table + ", " + gpu.row.key + ", " + gpu.embodied_source;
  } else if (!gpu.dies.empty()) {
    OLIVINE_TRY(part, gpu_bottom_up(gpu, count));
  } else {
    OLIVINE_TRY(part, stand_in("gpu_unknown", "gpu", gpu.name, count));
  }
  part.id = "gpu";
  part.label = counted(count, gpu.name);
  return part;
}

}  // namespace olivine
