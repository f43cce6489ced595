// account init: asks at a terminal, detects otherwise, and writes a manifest that evaluates as it stands.
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <optional>

#include "account/manifest/manifest.h"
#include "account/manifest/manifest_template.h"
#include "apps/cli/account_options.h"
#include "apps/cli/app.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/prepare.h"
#include "grid/shipped.h"
#include "hardware/catalogue.h"
#include "hardware/machine_probe.h"

namespace olivine::cli {
namespace {

TemplateHardware detected_hardware(const MachineFacts& facts) {
  TemplateHardware h;
  if (const auto cpu = find_cpu(facts.cpu_model_name)) {
    h = {cpu->name, cpu->row.text(), cpu->tdp_w, cpu->tdp_lower_w, cpu->tdp_upper_w, std::max(facts.sockets, 1)};
    return h;
  }
  const CpuEntry stand_in =
      default_cpu(facts.cpu_vendor, std::max(facts.logical_cpus, 1), facts.chassis == "server" || facts.guest());
  return {facts.cpu_model_name.empty() ? "processor" : facts.cpu_model_name,
          stand_in.row.text(),
          stand_in.tdp_w,
          stand_in.tdp_lower_w,
          stand_in.tdp_upper_w,
          1};
}

TemplateFacts detected(App& app) {
  TemplateFacts facts;
  const Roots roots = app.roots();
  const MachineFacts machine = probe_machine(app.files, roots.sysfs, roots.procfs, roots.cgroup);
  facts.hardware = detected_hardware(machine);
  facts.data_centre = machine.chassis == "server" || machine.chassis == "virtual" || machine.guest();
  const ZoneChoice zone = zone_from(app.files, app.config);
  facts.zone =
      app.options.of<AccountCommandOptions>().zone.empty() ? zone.zone : app.options.of<AccountCommandOptions>().zone;
  facts.zone_origin = app.options.of<AccountCommandOptions>().zone.empty() ? zone.origin : "flag --zone";
  facts.when = format_utc(app.clock.now().wall).substr(0, 7);
  const std::string cwd = app.cwd.substr(app.cwd.rfind('/') + 1);
  if (!cwd.empty()) facts.name = cwd;
  return facts;
}

// The answer, or `otherwise` for an empty line; nothing when the input ends.
std::optional<std::string> ask(const std::string& question, const std::string& otherwise) {
  say(fmt::format("{}{}: ", question, otherwise.empty() ? "" : fmt::format(" [{}]", printable(otherwise))));
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  const std::string answer(trim(line));
  return answer.empty() ? otherwise : answer;
}

bool ask_zone(TemplateFacts& facts) {
  for (;;) {
    const auto answer = ask("Grid zone, e.g. FR, DE, US-CAL-CISO (empty: not known)", facts.zone);
    if (!answer) return false;
    if (answer->empty()) return true;
    const auto zone = resolve_zone(*answer);
    if (!zone) {
      say(zone.error().message + "\n");
      continue;
    }
    if (zone->key != facts.zone) facts.zone_origin = zone->name;
    facts.zone = zone->key;
    return true;
  }
}

bool ask_hardware(TemplateFacts& facts) {
  const auto name = ask("Hardware, e.g. A100-SXM4-80GB", facts.hardware.name);
  if (!name) return false;
  if (*name != facts.hardware.name) {
    if (const auto gpu = find_gpu(*name))
      facts.hardware = {gpu->name, gpu->row.text(), gpu->tdp_w, gpu->tdp_w, gpu->tdp_w, 1};
    else if (const auto cpu = find_cpu(*name))
      facts.hardware = {cpu->name, cpu->row.text(), cpu->tdp_w, cpu->tdp_lower_w, cpu->tdp_upper_w, 1};
    else
      say(fmt::format("The catalogue does not know \"{}\"; the power of {} stands in the file: correct it there.\n",
                      printable(*name), printable(facts.hardware.name)));
  }
  const auto count = ask("How many of them", std::to_string(facts.hardware.count));
  if (!count) return false;
  if (const auto n = parse_u64(*count); n && *n >= 1 && *n <= 1'000'000) facts.hardware.count = static_cast<int>(*n);
  return true;
}

// False: the user ended the input.
bool ask_all(TemplateFacts& facts) {
  say("Enter keeps what stands in brackets.\n");
  const auto name = ask("Name of the work", facts.name);
  if (!name) return false;
  facts.name = *name;
  for (;;) {
    const auto phase =
        ask("Phase (data, experimentation, training, fine-tuning, inference, storage, transfer)", facts.phase);
    if (!phase) return false;
    if (std::find(std::begin(kPhases), std::end(kPhases), *phase) == std::end(kPhases)) {
      say(fmt::format("\"{}\" is none of them\n", printable(*phase)));
      continue;
    }
    facts.phase = *phase;
    break;
  }
  if (!ask_zone(facts) || !ask_hardware(facts)) return false;
  const auto hours_long = ask("Hours that they work", shortest(facts.hours));
  if (!hours_long) return false;
  if (const auto h = parse_double(*hours_long); h && *h >= 0.0)
    facts.hours = *h;
  else
    say(fmt::format("\"{}\" is no number of hours; {} stands in the file\n", printable(*hours_long),
                    shortest(facts.hours)));
  return true;
}

}  // namespace

int account_init_command(App& app) {
  const AccountCommandOptions& o = app.options.of<AccountCommandOptions>();
  struct stat info{};
  if (o.init_file != "-" && !o.force && ::stat(o.init_file.c_str(), &info) == 0)
    return report_error(
        {ErrorKind::kInvalid,
         fmt::format("{} is there already; --force overwrites it, or name another file", printable(o.init_file))});
  TemplateFacts facts = detected(app);
  if (!facts.zone.empty()) {
    const auto zone = resolve_zone(facts.zone);
    if (!zone)
      return report_error(
          {zone.error().kind, (o.zone.empty() ? "zone of the settings: " : "--zone: ") + zone.error().message});
    facts.zone = zone->key;
  }
  if (!o.yes && ::isatty(STDIN_FILENO) == 1 && !ask_all(facts)) {
    say("\nolivine: nothing was written\n");
    return kExitIncomplete;
  }
  const std::string text = manifest_template(facts);
  if (o.init_file == "-") return print(text);
  if (const auto status = write_file(o.init_file, text); !status) return report_error(status.error());
  say(fmt::format("wrote {}; now: olivine account {}\n", printable(o.init_file), printable(o.init_file)));
  return 0;
}

}  // namespace olivine::cli
