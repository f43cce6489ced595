// forecast_run: what a training will use in all, from the first epochs of its record: energy, time, carbon and cost, with
// the run's own factors; and whether a budget will hold.
//
//   total = before the first epoch + epochs (account/prediction) + what lies between epochs, as so far
//
// What follows the last epoch is not known and not in it. The range is that of the prediction: what `olivine run` will
// show. How well the meters know it is a relative range of its own that moves all of it alike.
//
// Units: J, s, g, the account's currency. Errors: kInvalid: too few epochs, no number planned, a budget in what is not
// known; the sentence says what to do. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "account/prediction/epoch_prediction.h"
#include "report/run_record.h"

namespace olivine {

struct ForecastRange {
  double value = 0.0, lower = 0.0, upper = 0.0;  // of the prediction
  double known_lower = 0.0, known_upper = 0.0;   // with the meters' and factors' own range
};

struct BudgetAnswer {
  std::string unit;                  // "J", "g", or the currency
  double amount = 0.0;               // in that unit
  double used = 0.0;                 // up to the end of the last measured epoch
  double probability = 0.0;          // of exceeding
  std::int64_t epochs_that_fit = 0;  // as likely as not
};

struct RunForecast {
  std::int64_t after = 0, of = 0;
  bool of_from_run = false;
  ForecastRange energy_j, time_s;
  std::optional<ForecastRange> carbon_g, cost;  // operational, location-based, average; absent: not known
  double used_j = 0.0, used_s = 0.0, before_j = 0.0, between_j = 0.0;
  double carbontracker_j = 0.0, carbontracker_s = 0.0, to_the_end_j = 0.0;
  EpochPrediction energy;  // of the epochs alone
  std::vector<PastPrediction> past;
  std::optional<double> actual_j;  // of a run that has ended
  std::optional<std::int64_t> actual_epochs;
  std::optional<BudgetAnswer> budget;
};

struct ForecastRequest {
  std::int64_t after = 0;
  std::optional<std::int64_t> of;
  bool may_stop = false;
  std::string budget;  // "2kWh", "500g", "3eur"; "" for none
};

Result<RunForecast> forecast_run(const RunRecord& record, const ForecastRequest& request);

}  // namespace olivine
