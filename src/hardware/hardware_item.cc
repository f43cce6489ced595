#include "hardware/hardware_item.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "provenance/defaults.h"

namespace olivine {
namespace {

HardwareFigure exact(std::string_view id, std::string_view label, std::string_view unit, std::optional<double> value,
                     const FactRow& row) {
  HardwareFigure f;
  f.id = id;
  f.label = label;
  f.unit = unit;
  f.value = value;
  f.lower = f.upper = value.value_or(0.0);
  f.source = value ? row.text() : "";
  return f;
}

std::optional<double> known(double value) { return value > 0.0 ? std::optional(value) : std::nullopt; }

// value x the default `key`, a factor or a fraction with a range.
HardwareFigure by_default(std::string_view id, std::string_view label, std::string_view unit, double value,
                          std::string_view key) {
  HardwareFigure f = exact(id, label, unit, std::nullopt, {});
  const Result<Default> d = default_value(key);
  if (!d || !(value > 0.0)) return f;
  f.value = value * d->value;
  f.lower = value * d->lower;
  f.upper = value * d->upper;
  f.basis = d->basis;
  f.source = d->row.text();
  f.note = "a default for its class, not a figure of this part";
  return f;
}

void add_word(HardwareItem& item, std::string_view name, std::string_view text) {
  if (!text.empty()) item.words.emplace_back(name, text);
}

HardwareFigure silicon_figure(const Silicon& smaller, const Silicon& larger, const std::string& source) {
  HardwareFigure f;
  f.id = "silicon_mm2";
  f.label = "silicon";
  f.unit = "mm2";
  f.lower = area_mm2(smaller);
  f.upper = area_mm2(larger);
  f.value = (f.lower + f.upper) / 2.0;
  f.source = source;
  f.note = text_of(smaller);
  if (larger != smaller) f.note += " to " + text_of(larger);
  return f;
}

void fill_cpu(const CsvTable& table, std::size_t row, HardwareItem& item) {
  const auto cpu = find_cpu_in(table, table.cell(row, "key"));
  if (!cpu) return;
  HardwareFigure tdp = exact("tdp_w", "design power", "W", cpu->tdp_w, cpu->row);
  tdp.lower = cpu->tdp_lower_w;
  tdp.upper = cpu->tdp_upper_w;
  item.figures.push_back(tdp);
  item.figures.push_back(by_default("idle_w", "idle power", "W", cpu->tdp_w, "cpu_idle_fraction"));
  item.figures.push_back(exact("cores", "cores", "1", known(cpu->cores), cpu->row));
  const auto silicon = silicon_of_cpu(cpu->row.key, cpu->cls);
  if (silicon)
    item.figures.push_back(silicon_figure(silicon->smaller, silicon->larger, silicon->row.text()));
  else
    item.figures.push_back(exact("silicon_mm2", "silicon", "mm2", std::nullopt, {}));
  add_word(item, "class", cpu->cls);
  if (cpu->year > 0) add_word(item, "year", std::to_string(cpu->year));
  if (silicon) add_word(item, "dies", silicon->what);
  item.part = *cpu;
}

void fill_gpu(const CsvTable& table, std::size_t row, HardwareItem& item) {
  const GpuEntry gpu = gpu_entry(table, row);
  item.figures.push_back(exact("tdp_w", "design power", "W", known(gpu.tdp_w), gpu.row));
  item.figures.push_back(by_default("idle_w", "idle power", "W", gpu.tdp_w, "gpu_idle_fraction"));
  item.figures.push_back(exact("memory_gb", "memory", "GB", known(gpu.memory_gb), gpu.row));
  FactRow sheet = gpu.row;
  sheet.source = "the maker's data sheet, entered by hand";
  item.figures.push_back(exact("tflops16", "16-bit peak", "TFLOP/s", known(gpu.tflops16), sheet));
  const Result<Silicon> dies = parse_silicon(gpu.dies);
  const std::string source = gpu.row.table + ", " + gpu.row.key + ", " + gpu.die_source;
  item.figures.push_back(dies ? silicon_figure(*dies, *dies, source)
                              : exact("silicon_mm2", "silicon", "mm2", std::nullopt, {}));
  add_word(item, "kind", gpu.kind);
  add_word(item, "memory", gpu.memory_kind);
  if (gpu.year > 0) add_word(item, "year", std::to_string(gpu.year));
  item.part = gpu;
}

void fill_capacity(const CsvTable& table, std::size_t row, HardwareItem& item) {
  CapacityEntry entry{item.key, table.maybe_number(row, "g_per_gb").value_or(0.0), 0.0, 0.0};
  entry.lower = table.maybe_number(row, "lower").value_or(entry.g_per_gb);
  entry.upper = table.maybe_number(row, "upper").value_or(entry.g_per_gb);
  if (item.kind == HardwareKind::kMemory)
    item.figures.push_back(by_default("power_w_per_gb", "power held ready", "W/GB", 1.0, "memory_w_per_gb"));
  add_word(item, "kind", table.cell(row, "kind"));
  item.part = entry;
}

void fill_product(const CsvTable& table, std::size_t row, HardwareItem& item) {
  const auto number = [&](std::string_view column) { return table.maybe_number(row, column); };
  ProductEntry entry;
  entry.kind = std::string(table.cell(row, "kind"));
  entry.embodied_kg = number("embodied_kg").value_or(0.0);
  entry.lower_kg = number("lower_kg").value_or(entry.embodied_kg);
  entry.upper_kg = number("upper_kg").value_or(entry.embodied_kg);
  item.figures.push_back(exact("total_kg", "whole life", "kg", number("total_kg"), item.row));
  item.figures.back().note = "as its maker publishes it, with its use";
  item.figures.push_back(exact("use_share", "of it in use", "1", number("use_share"), item.row));
  item.figures.push_back(exact("life_years", "life", "year", number("life_years"), item.row));
  item.figures.push_back(exact("memory_gb", "memory", "GB", number("memory_gb"), item.row));
  item.figures.push_back(exact("cpus", "processors", "1", number("cpus"), item.row));
  add_word(item, "kind", entry.kind);
  add_word(item, "manufacturer", table.cell(row, "manufacturer"));
  add_word(item, "year", table.cell(row, "year"));
  item.part = entry;
}

// Watts of an instance: the source states no range, the default's serves.
HardwareFigure cloud_watts(std::string_view id, std::string_view label, std::optional<double> watts,
                           const FactRow& row) {
  HardwareFigure f = by_default(id, label, "W", watts.value_or(0.0), "cloud_watts_factor");
  f.note.clear();
  if (!f.value) return f;
  f.basis = Basis::kModelled;
  f.source = row.text();
  f.note = "range assumed";
  return f;
}

void fill_instance(const CsvTable& table, std::size_t row, HardwareItem& item) {
  const CloudInstance i = cloud_instance(table, row);
  item.figures.push_back(exact("vcpus", "vCPUs", "1", i.vcpus, i.row));
  item.figures.push_back(exact("host_share", "share of the host", "1", i.share(), i.row));
  item.figures.push_back(exact("memory_gb", "memory", "GB", i.memory_gb, i.row));
  if (i.gpus > 0) item.figures.push_back(exact("gpus", "GPUs", "1", i.gpus, i.row));
  item.figures.push_back(cloud_watts("idle_w", "idle power", i.idle_w, i.row));
  item.figures.push_back(cloud_watts("half_w", "power at half load", i.half_w, i.row));
  item.figures.push_back(cloud_watts("full_w", "power at full load", i.full_w, i.row));
  const bool whole = i.full_w && i.vcpus && *i.vcpus > 0.0;
  const auto per_vcpu = whole ? std::optional(*i.full_w / *i.vcpus) : i.vcpu_full_w;
  item.figures.push_back(cloud_watts("full_w_per_vcpu", "full load, a vCPU", per_vcpu, i.row));
  if (!whole && per_vcpu) item.figures.back().note += "; the processor alone, no GPU, no rest of the host";
  add_word(item, "provider", i.provider);
  add_word(item, "processor", i.cpu);
  add_word(item, "GPU", i.gpu);
  item.part = i;
}

}  // namespace

const HardwareFigure* HardwareItem::find(std::string_view id) const {
  const auto found = std::find_if(figures.begin(), figures.end(), [&](const HardwareFigure& f) { return f.id == id; });
  return found == figures.end() ? nullptr : &*found;
}

Result<HardwareItem> hardware_item(const HardwareName& name) {
  OLIVINE_TRY(const CsvTable* table, fact_table(name.table));
  HardwareItem item;
  item.kind = name.kind;
  item.key = std::string(name.key);
  item.name = std::string(name.name);
  item.row = table->fact(name.row, "key");
  item.licence = std::string(table->cell(name.row, "licence"));
  for (const std::string_view alias : split(name.aliases, '|'))
    if (!alias.empty()) item.aliases.emplace_back(alias);
  if (const std::string_view note = table->cell(name.row, "note"); !note.empty()) item.notes.emplace_back(note);
  if (name.table == "cpus")
    fill_cpu(*table, name.row, item);
  else if (name.table == "gpus")
    fill_gpu(*table, name.row, item);
  else if (name.table == "product_footprints")
    fill_product(*table, name.row, item);
  else if (name.table == "cloud_instances")
    fill_instance(*table, name.row, item);
  else
    fill_capacity(*table, name.row, item);
  return item;
}

Result<HardwareItem> hardware_item(std::string_view name, std::optional<HardwareKind> kind) {
  OLIVINE_TRY(const HardwareName found, find_hardware_name(name, kind));
  return hardware_item(found);
}

}  // namespace olivine
