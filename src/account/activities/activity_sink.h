// ActivitySink: where a reader puts its rows: zones, users and plane as the options say, counts of what was skipped and
// why, notes that are said once.
//
// Units: as ActivityTable. Errors: take() passes on what ActivityTable::add says, with the line. Threads: one.
// Lifetime: of one import; the options outlive it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "account/activities/activity_import.h"

namespace olivine {

class ActivitySink {
 public:
  explicit ActivitySink(const ActivityImportOptions& options) : options_(options) {}
  const ActivityImportOptions& options() const { return options_; }

  void count_row(std::size_t line);
  Status take(Activity activity);
  void skip(std::string_view reason, std::size_t line);
  void note(std::string text);  // once
  // Times without a zone were met: they were taken as the options say.
  void note_local_times();
  ActivityImport finish() { return std::move(result_); }

  // The key of a zone table for what a source calls a place: a key, a code, a country's name, a cloud's region. Empty when it
  // is none that is known; a note names it then.
  std::string zone_named(std::string_view place);
  std::optional<std::string> zone_if_known(std::string_view place) const;  // the same without a word
  std::string zone_of_region(std::string_view provider, std::string_view region);

 private:
  std::string remember(const std::string& key, std::string zone, std::string_view place);

  const ActivityImportOptions& options_;
  ActivityImport result_;
  std::map<std::string, std::string, std::less<>> zones_, users_;
  std::set<std::string> said_;
};

}  // namespace olivine
