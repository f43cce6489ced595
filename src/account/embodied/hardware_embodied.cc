#include "account/embodied/hardware_embodied.h"

#include <fmt/format.h>

#include "account/embodied/components.h"
#include "base/text.h"

namespace olivine {
namespace {

HardwareFigure figure(std::string_view unit, double value, double lower, double upper, Basis basis, std::string source,
                      std::string note) {
  return {"embodied", "embodied", std::string(unit), value, lower, upper, basis, std::move(source), std::move(note)};
}

HardwareFigure of_part(const EmbodiedPart& part) {
  return figure("kg", in_grams(part.carbon.mean()) / 1000.0, in_grams(part.carbon.lower()) / 1000.0,
                in_grams(part.carbon.upper()) / 1000.0, part.basis, part.source, part.how);
}

HardwareFigure unknown(std::string note) {
  HardwareFigure f;
  f.id = f.label = "embodied";
  f.unit = "kg";
  f.note = std::move(note);
  return f;
}

struct Reckon {
  const HardwareItem& item;

  Result<HardwareFigure> operator()(std::monostate) const { return unknown(""); }
  Result<HardwareFigure> operator()(const CpuEntry& cpu) const {
    OLIVINE_TRY(const EmbodiedPart part, cpu_embodied(cpu, 1));
    return of_part(part);
  }
  Result<HardwareFigure> operator()(const GpuEntry& gpu) const {
    OLIVINE_TRY(const EmbodiedPart part, gpu_embodied(gpu, 1));
    return of_part(part);
  }
  Result<HardwareFigure> operator()(const CapacityEntry& c) const {
    return figure("kg/GB", c.g_per_gb / 1000.0, c.lower / 1000.0, c.upper / 1000.0, Basis::kReference, item.row.text(),
                  "");
  }
  Result<HardwareFigure> operator()(const ProductEntry& p) const {
    return figure("kg", p.embodied_kg, p.lower_kg, p.upper_kg, Basis::kReference, item.row.text(),
                  "making, transport and end of life; range assumed");
  }
  Result<HardwareFigure> operator()(const CloudInstance& i) const {
    const std::optional<double> share = i.share();
    if (i.host_embodied_kg && share)
      return figure(
          "kg", *i.host_embodied_kg * *share, i.host_embodied_lower_kg.value_or(0.0) * *share,
          i.host_embodied_upper_kg.value_or(0.0) * *share, Basis::kModelled, i.row.text(),
          fmt::format("{} of the host's {} kg; range assumed", shortest(*share), shortest(*i.host_embodied_kg)));
    if (i.gpus == 0)
      return unknown(i.host_embodied_kg ? "its share of the host is not known" : "nothing is known of its host");
    const Result<HardwareItem> gpu = hardware_item(i.gpu, HardwareKind::kGpu);
    if (!gpu) return unknown("nothing is known of its host");
    OLIVINE_TRY(const EmbodiedPart part, gpu_embodied(std::get<GpuEntry>(gpu->part), i.gpus));
    HardwareFigure f = of_part(part);
    f.note = "its GPUs alone, the host is not known: " + f.note;
    return f;
  }
};

}  // namespace

Result<HardwareFigure> hardware_embodied(const HardwareItem& item) { return std::visit(Reckon{item}, item.part); }

Result<std::optional<HardwareFigure>> embodied_of_name(std::string_view name) {
  const auto item = hardware_item(name);
  if (!item) return std::optional<HardwareFigure>();
  OLIVINE_TRY(HardwareFigure made, hardware_embodied(*item));
  if (!made.value || made.unit != "kg") return std::optional<HardwareFigure>();
  if (!made.note.empty()) made.source += " (" + made.note + ")";
  return std::optional(std::move(made));
}

}  // namespace olivine
