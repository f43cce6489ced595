#include "compare/hardware_choice.h"

#include <fmt/core.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "account/embodied/hardware_embodied.h"
#include "account/expression/quantity_text.h"
#include "base/text.h"
#include "base/toml_scan.h"
#include "hardware/catalogue.h"
#include "hardware/hardware_item.h"
#include "provenance/defaults.h"

namespace olivine {
namespace {

struct FieldRule {
  std::string_view name;
  Dimension dimension;
};
constexpr std::array<FieldRule, 7> kFields{{{"power", kPowerDimension},
                                            {"idle", kPowerDimension},
                                            {"sleep", kPowerDimension},
                                            {"speed", kPlainNumber},
                                            {"embodied", kCarbonDimension},
                                            {"fab_energy", kEnergyDimension},
                                            {"count", kPlainNumber}}};

using Fields = std::vector<std::pair<std::string, std::string>>;

// Splits at commas outside brackets.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '[') ++depth;
    if (i < text.size() && text[i] == ']') --depth;
    if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
    parts.push_back(trim(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  return parts;
}

Status add_field(HardwareChoice& choice, const std::string& side, const std::string& name, const std::string& value,
                 const std::string& source) {
  const auto rule = std::find_if(kFields.begin(), kFields.end(), [&](const FieldRule& f) { return f.name == name; });
  if (rule == kFields.end())
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: unknown field {}: power, idle, sleep, speed, embodied, fab_energy and count are known",
                            side, printable(name)));
  OLIVINE_TRY(UncertainInput input, parse_ranged_input(value, side + "." + name, rule->dimension));
  input.source = source;
  input.basis = Basis::kUserStated;
  input.group = "hardware";
  const double mean = input.distribution.mean;
  if ((name == "count" || name == "speed" || name == "power") && mean <= 0.0)
    return fail(ErrorKind::kInvalid, fmt::format("{}.{}: {} must be above 0", side, name, printable(value)));
  if (name == "count") choice.count = mean;
  if (name == "power") choice.active_power = input;
  if (name == "idle") choice.idle_power = input;
  if (name == "sleep") choice.sleep_power = input;
  if (name == "embodied") choice.embodied = input;
  if (name == "fab_energy") choice.fab_energy = input;
  if (name == "speed") {
    choice.speed = input;
    choice.speed_stated = true;
  }
  return {};
}

Result<UncertainInput> share_of_power(const std::string& side, double power_w, std::string_view default_key) {
  OLIVINE_TRY(const Default share, default_value(default_key));
  OLIVINE_TRY(const Distribution d,
              ranged(share.value * power_w, share.lower * power_w, share.upper * power_w, SignRule::kNonNegative));
  return UncertainInput{.name = side + ".idle",
                        .dimension = kPowerDimension,
                        .distribution = d,
                        .basis = share.basis,
                        .source = fmt::format("{} x design power ({})", shortest(share.value), default_key),
                        .group = "hardware"};
}

// What making one emitted, where the catalogue or a stand-in says.
Status add_embodied(HardwareChoice& choice, const std::string& side, std::string_view name) {
  OLIVINE_TRY(const std::optional<HardwareFigure> made, embodied_of_name(name));
  if (!made) return {};
  OLIVINE_TRY(const Distribution d,
              ranged(*made->value * 1000.0, made->lower * 1000.0, made->upper * 1000.0, SignRule::kNonNegative));
  choice.embodied = UncertainInput{.name = side + ".embodied",
                                   .dimension = kCarbonDimension,
                                   .distribution = d,
                                   .basis = made->basis,
                                   .source = made->source,
                                   .group = "hardware"};
  return {};
}

// An accelerator or a processor as the kernel and the driver name it, or as people do ("H100-SXM").
Status find_entry(const std::string& side, std::string_view name, std::optional<GpuEntry>& gpu,
                  std::optional<CpuEntry>& cpu) {
  gpu = find_gpu(name);
  if (!gpu) cpu = find_cpu(name);
  if (gpu || cpu) return {};
  const auto item = hardware_item(name);
  if (item && std::holds_alternative<GpuEntry>(item->part)) gpu = std::get<GpuEntry>(item->part);
  if (item && std::holds_alternative<CpuEntry>(item->part)) cpu = std::get<CpuEntry>(item->part);
  if (gpu || cpu) return {};
  return fail(ErrorKind::kNotFound,
              fmt::format("{}: {}; or state it: power=300 W,idle=60 W,embodied=150 kg", side,
                          item ? "the catalogue has no power of " + item->name : item.error().message));
}

Status from_catalogue(HardwareChoice& choice, const std::string& side, std::string_view name) {
  std::optional<GpuEntry> gpu;
  std::optional<CpuEntry> cpu;
  OLIVINE_CHECK_STATUS(find_entry(side, name, gpu, cpu));
  const double power_w = gpu ? gpu->tdp_w : cpu->tdp_w;
  OLIVINE_TRY(const Distribution power,
              gpu ? exactly(power_w) : ranged(power_w, cpu->tdp_lower_w, cpu->tdp_upper_w, SignRule::kNonNegative));
  choice.name = gpu ? gpu->name : cpu->name;
  if (power_w > 0.0) {  // else nobody publishes one: it has to be stated
    choice.active_power = {.name = side + ".power",
                           .dimension = kPowerDimension,
                           .distribution = power,
                           .basis = Basis::kReference,
                           .source = "design power of " + choice.name,
                           .group = "hardware"};
    OLIVINE_TRY(choice.idle_power, share_of_power(side, power_w, gpu ? "gpu_idle_fraction" : "cpu_idle_fraction"));
  }
  return add_embodied(choice, side, name);
}

Result<Fields> fields_of_file(FileSystem& files, const std::string& path) {
  OLIVINE_TRY(const std::string text, read_text(files, path));
  if (const auto problem = toml_problem(text, 4))
    return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", printable(path), problem->line, problem->why));
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& e) {
    return fail(ErrorKind::kInvalid,
                fmt::format("{}:{}: {}", printable(path), e.source().begin.line, printable(e.description())));
  }
  Fields fields;
  for (const auto& [key, node] : table) {
    std::string value;
    if (const auto string = node.value<std::string>(); string && node.is_string())
      value = *string;
    else if (const auto number = node.value<double>(); number && node.is_number())
      value = shortest(*number);
    else
      return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}: write a text such as \"300 W [250, 350]\" or a number",
                                                   printable(path), node.source().begin.line, printable(key.str())));
    fields.emplace_back(std::string(key.str()), value);
  }
  return fields;
}

Status complete(HardwareChoice& choice, const std::string& side) {
  if (choice.active_power.name.empty())
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: power is missing: add power=300 W, or begin with a name of the catalogue", side));
  if (choice.idle_power.name.empty())
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: idle is missing: what it draws while on and not working, e.g. idle=60 W", side));
  if (!choice.speed_stated) {
    OLIVINE_TRY(const Distribution one, exactly(1.0));
    choice.speed = {.name = side + ".speed", .distribution = one, .group = "hardware"};
  }
  if (choice.name.empty()) choice.name = "the " + side + " one";
  return {};
}

}  // namespace

Result<UncertainInput> parse_ranged_input(std::string_view text, std::string_view name, const Dimension& dimension) {
  const std::size_t open = text.find('[');
  const std::string_view head = trim(text.substr(0, open));
  const auto value = parse_quantity(head, {});
  if (!value) return with_context(value.error(), name);
  if (value->dimension != dimension)
    return fail(ErrorKind::kInvalid, fmt::format("{}: \"{}\" is {}, {} is due", name, printable(head.substr(0, 40)),
                                                 name_of(value->dimension), name_of(dimension)));
  double lower = value->value;
  double upper = value->value;
  if (open != std::string_view::npos) {
    const std::string_view rest = trim(text.substr(open));
    const auto bounds =
        rest.ends_with(']') ? split(rest.substr(1, rest.size() - 2), ',') : std::vector<std::string_view>{};
    const auto low = bounds.size() == 2 ? parse_double(trim(bounds[0])) : fail(ErrorKind::kInvalid, "");
    const auto high = bounds.size() == 2 ? parse_double(trim(bounds[1])) : fail(ErrorKind::kInvalid, "");
    if (!low || !high)
      return fail(ErrorKind::kInvalid,
                  fmt::format("{}: \"{}\": the range is two numbers in the value's unit, e.g. 300 W [250, 350]", name,
                              printable(text.substr(0, 60))));
    lower = *low * value->unit.factor;
    upper = *high * value->unit.factor;
  }
  const auto distribution = ranged(value->value, lower, upper, SignRule::kNonNegative);
  if (!distribution) {
    if (value->value < 0.0 || lower < 0.0)
      return fail(ErrorKind::kInvalid,
                  fmt::format("{}: \"{}\" cannot be negative", name, printable(text.substr(0, 60))));
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: \"{}\": the bounds do not enclose the value", name, printable(text.substr(0, 60))));
  }
  if (distribution->mean < 0.0)
    return fail(ErrorKind::kInvalid, fmt::format("{}: \"{}\" cannot be negative", name, printable(text.substr(0, 60))));
  return UncertainInput{
      .name = std::string(name), .dimension = dimension, .distribution = *distribution, .unit_shown = value->unit.text};
}

Result<HardwareChoice> parse_hardware_choice(FileSystem& files, std::string_view text, std::string_view side_text) {
  const std::string side(side_text);
  HardwareChoice choice;
  std::string source = "command line";
  Fields fields;
  const std::vector<std::string_view> parts = parts_of(text);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t equals = parts[i].find('=');
    if (equals != std::string_view::npos) {
      fields.emplace_back(std::string(trim(parts[i].substr(0, equals))),
                          std::string(trim(parts[i].substr(equals + 1))));
    } else if (i > 0 || parts[i].empty()) {
      return fail(ErrorKind::kInvalid, fmt::format("{}: \"{}\": write FIELD=VALUE, e.g. power=300 W", side,
                                                   printable(parts[i].substr(0, 40))));
    } else if (parts[i].ends_with(".toml")) {
      source = std::string(parts[i]);
      OLIVINE_TRY(fields, fields_of_file(files, source));
      choice.name = source.substr(source.rfind('/') + 1);
      choice.name.resize(choice.name.size() - 5);
    } else {
      OLIVINE_CHECK_STATUS(from_catalogue(choice, side, parts[i]));
    }
  }
  for (const auto& [name, value] : fields) OLIVINE_CHECK_STATUS(add_field(choice, side, name, value, source));
  OLIVINE_CHECK_STATUS(complete(choice, side));
  return choice;
}

}  // namespace olivine
