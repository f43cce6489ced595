// EstimateManifest: a few words about work that has not run yet become a manifest of the account, with every stand-in named.
//
//   8 x H100-SXM, 96 h, SE, aws      hardware of the catalogue, its default load, host, power supply, PUE and water of the region
//   7e9 parameters, 2e12 tokens      6 x params x tokens operations at peak x MFU (16-bit, dense) in place of hours
//   requests of 500 tokens           2 x params x tokens x requests operations: inference; and the account says it a request
//   4 x p4d.24xlarge, 10 h           the instance's watts where they are known, else those of its GPUs
//
// What is assumed carries its range from data/defaults.csv: load 0.85 [0.6, 1] of the design power, MFU 0.4 [0.2, 0.55], a host
// of 0.45 [0.15, 0.8] of the accelerators' design power, a server of 1,200 kg for each eight of them.
//
// Units: hours, W, ratios, counts. Errors: kInvalid says what is missing; kNotFound a name that the catalogue lacks, with the
// nearest. Threads: any. Lifetime: values. Source of 6 N D and 2 N D: Kaplan et al. 2020 (arXiv 2001.08361), table 1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "provenance/basis.h"

namespace olivine {

struct RangedNumber {
  double value = 0.0, lower = 0.0, upper = 0.0;
  Basis basis = Basis::kUserStated;
  std::string source;
};

struct EstimateAsk {
  std::string gpus;      // "8xH100-SXM"
  std::string instance;  // "p4d.24xlarge"
  int count = 1;         // instances
  std::optional<double> hours, params, tokens, requests;
  std::optional<RangedNumber> mfu, load;  // shares of the 16-bit peak and of the design power
  std::optional<double> power_w;          // of one device or instance under this work
  std::optional<double> pue, price;
  std::string currency = "EUR", zone, at, provider, region;
};

struct EstimateManifest {
  std::string toml, title;
  std::vector<std::string> assumed;  // "load 85 % of the design power (60 .. 100): data/defaults.csv, ..."
};

Result<EstimateManifest> estimate_manifest(const EstimateAsk& ask);

// "8xH100-SXM" -> 8, "H100-SXM"; "H100" -> 1. kInvalid for a count that is none.
struct CountedName {
  int count = 1;
  std::string name;
};
Result<CountedName> counted_name(std::string_view text);

}  // namespace olivine
