#include "account/manifest/manifest_template.h"

#include <fmt/format.h>

#include <cmath>

#include "base/quoted.h"
#include "base/text.h"

namespace olivine {
namespace {

std::string power_line(const TemplateHardware& h) {
  if (h.power_w <= 0.0)
    return "# power = \"400 W\"            # of one under load; left out: its design power from the catalogue\n";
  const auto w = [](double v) { return shortest(std::round(v * 10.0) / 10.0); };
  if (h.power_lower_w < h.power_w && h.power_w < h.power_upper_w)
    return fmt::format(
        "power = {{ value = {}, lower = {}, upper = {}, unit = \"W\", basis = \"reference\", source = {} }}   # of one "
        "under load, with its 95 % range\n",
        w(h.power_w), w(h.power_lower_w), w(h.power_upper_w), double_quoted(h.origin));
  return fmt::format("power = \"{} W\"             # of one under load ({})\n", w(h.power_w), printable(h.origin));
}

}  // namespace

std::string manifest_template(const TemplateFacts& f) {
  std::string out = fmt::format(
      "# A life-cycle account. Evaluate it: olivine account THIS_FILE; every key: docs/methods/account.md\n"
      "# A value is a number (in the key's own unit), a quantity \"96 h\", an expression \"= 2 * gpu_hours\", a range\n"
      "# {{ value = 57, lower = 50, upper = 66, unit = \"g/kWh\" }}, \"unknown\", \"none\", or \"default\".\n"
      "schema = \"olivine-account/1\"\n"
      "name = {}\n"
      "# currency = \"EUR\"           # needed as soon as there is a price\n\n"
      "[defaults]                   # for every activity that does not say otherwise\n",
      double_quoted(f.name));
  out += f.zone.empty()
             ? "# zone = \"FR\"                # not known here: the world's mean serves, with its wide "
               "range. olivine grid zones TEXT\n"
             : fmt::format("zone = {}                  # {}\n", double_quoted(f.zone), printable(f.zone_origin));
  out += fmt::format("at = {}              # a year, a month, a day, or FIRST/LAST\n", double_quoted(f.when));
  out += f.data_centre ? "pue = \"default\"              # of the data centre; 1.56 [1.1, 2.0] until you know yours\n"
                       : "pue = \"none\"                 # no data centre here\n";
  out +=
      "# psu_efficiency = \"default\" # losses of the power supply, 0.93 [0.86, 0.96]\n"
      "# wue_grid = \"default\"       # water at the power stations, L/kWh\n"
      "# price = 0.30               # of a kWh\n\n";
  out += fmt::format(
      "[[hardware]]\n"
      "id = \"device\"\n"
      "{}name = {}\n"
      "count = {}\n"
      "{}"
      "# embodied = \"150 kg\"        # CO2e of making one; left out: the catalogue's, else not counted, and said so\n"
      "life = \"default\"             # years in service, 5 [3, 7]\n"
      "utilisation = \"default\"      # share of its life that it works, 0.5 [0.2, 0.9]\n\n",
      f.hardware.power_w > 0.0 ? "# " : "", double_quoted(f.hardware.name), f.hardware.count, power_line(f.hardware));
  out += fmt::format(
      "[[activity]]\n"
      "id = {0}\n"
      "phase = {0}           # data, experimentation, training, fine-tuning, inference, storage, transfer, idle, ...\n"
      "hardware = \"device\"\n"
      "hours = {1}                  # x count = device hours. Or: energy = \"12 kWh\" with plane = \"node_ac\"; or "
      "runs "
      "= [\"last\"]\n"
      "utilisation = 1.0            # load while it worked\n\n"
      "[[functional_unit]]          # carbon, energy, water and cost for each of these; olivine sci needs one\n"
      "name = \"work\"               # better: what it is good for, such as \"request\" with their count\n"
      "count = 1\n",
      double_quoted(f.phase), shortest(f.hours));
  return out;
}

}  // namespace olivine
