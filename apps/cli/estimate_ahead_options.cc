#include "apps/cli/estimate_ahead_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {
namespace {

void add_setting(CLI::App& command, Options& o, const char* flag, const char* key, const char* help, const char* type) {
  command
      .add_option_function<std::string>(
          flag, [&o, key](const std::string& value) { o.settings[key] = value; }, help)
      ->type_name(type);
}

}  // namespace

void add_estimate_ahead(CLI::App& estimate, Options& o) {
  EstimateAheadOptions& e = o.of<EstimateAheadOptions>();
  const std::string group = "Before anything has run";
  const auto text = [&](const char* flag, std::string& value, const char* help, const char* type) {
    estimate.add_option(flag, value, help)->type_name(type)->group(group);
  };
  const auto number = [&](const char* flag, std::optional<double>& value, const char* help) {
    estimate.add_option(flag, value, help)->type_name("N")->group(group);
  };
  text("--gpus", e.gpus, "how many of which, e.g. 8xH100-SXM (olivine hardware ls finds names)", "NxNAME");
  text("--instance", e.instance, "a cloud's machine type, e.g. p4d.24xlarge", "NAME");
  estimate.add_option("--count", e.count, "how many instances")->type_name("N")->capture_default_str()->group(group);
  text("--hours", e.hours, "how long, e.g. 96 or 4d", "H");
  number("--params", e.params, "parameters of the model, with --tokens in place of --hours");
  number("--tokens", e.tokens, "tokens trained on; with --requests: of one request");
  number("--requests", e.requests, "requests served: inference with --params, and the answer for each");
  text("--mfu", e.mfu, "share of the 16-bit peak achieved, e.g. 0.4 or 0.3-0.5 (default: 0.4, 0.2 to 0.55)", "R");
  text("--load", e.load, "mean power over design power, e.g. 0.8 or 0.7-0.9", "R");
  number("--power", e.power_w, "watts of one device or instance under this work, in place of the catalogue's");
  text("--provider", e.provider, "aws, azure, gcp, ...: whose PUE and water use serve", "NAME");
  text("--region", e.region, "the provider's region, e.g. eu-north-1; stands for the zone too", "NAME");
  text("--at", e.at, "when, e.g. 2027-01 or 2027-01-04/2027-01-08", "TIME");
  text("--write", e.write, "also write the manifest, for olivine account", "FILE");
  estimate.add_flag("--force", e.force, "overwrite the FILE of --write")->group(group);
  add_setting(estimate, o, "--zone", "zone", "electricity grid zone", "ZONE");
  add_setting(estimate, o, "--pue", "pue", "power usage effectiveness of the data centre", "VALUE");
  add_setting(estimate, o, "--price", "price_per_kwh", "price of a kWh", "VALUE");
  add_setting(estimate, o, "--currency", "currency", "currency of the price", "CODE");
  for (const char* flag : {"--zone", "--pue", "--price", "--currency"}) estimate.get_option(flag)->group(group);
}

}  // namespace olivine::cli
