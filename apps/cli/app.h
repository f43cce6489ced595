// App: what every command shares: the real world's seams, the settings, where the ledger is, how to print.
//
// Units: none. Errors: usage errors print one line to stderr. Threads: one. Lifetime: of main.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/options.h"
#include "base/clock.h"
#include "base/file_system.h"
#include "engine/config.h"
#include "engine/discover.h"
#include "ledger/ledger.h"
#include "report/render.h"

namespace olivine::cli {

struct App {
  FileSystem& files;
  const Clock& clock;
  Options options;
  Config config;
  Config::Map environment;
  std::string cwd;
  std::vector<std::string> arguments;  // as typed, without the program's name

  std::string variable(const std::string& name) const;  // of the environment; "" where it is not set
  Roots roots() const;
  std::string ledger_path() const;                     // flag, config, else $XDG_STATE_HOME/olivine/ledger.sqlite
  std::string data_path(std::string_view name) const;  // $XDG_DATA_HOME/olivine/NAME, else below ~/.local/share
  std::string grid_data_path() const { return data_path("grid"); }
  // COLUMNS, else the terminal's own, at most 160; absent where neither says.
  std::optional<int> columns(bool to_stderr) const;
  TextStyle style(bool to_stderr) const;
  // "olivine: WHAT" on stderr; where a terminal is narrower, on more lines.
  void tell(const std::string& what) const;
  DiscoverOptions discover_options() const;
};

// Where the second program is: beside this one, ../libexec/olivine-grid.
Result<std::string> grid_program_path(FileSystem& files);

// The same, with the flag in front of its error: "--slot: ...".
template <class T>
Result<T> named(std::string_view flag, Result<T> result) {
  if (!result) result.error().message.insert(0, std::string(flag) + ": ");
  return result;
}

// "olivine: MESSAGE" on stderr; returns the exit code for an error of this kind.
int report_error(const Error& error);
int exit_code_of(ErrorKind kind);

// Words to stderr. A full disk or a closed terminal behind it is no reason to fail: the words are lost.
void say(const std::string& text);
// Text to stdout, all or an error (disk full, closed pipe).
int print(const std::string& text);
// `json` to the file named by --json=FILE, or to stdout. Written beside and renamed: nothing is half written.
int print_json(const Options& options, const std::string& json);
inline int print_json(const App& app, const std::string& json) { return print_json(app.options, json); }
Status write_file(const std::string& path, const std::string& content);

// The ledger for a command that reads: closes runs that were cut off first.
Result<std::unique_ptr<Ledger>> open_history(const App& app);
Result<std::unique_ptr<Ledger>> open_ledger(const App& app);
// A run of it (id, first digits, name, "last"), assessed.
Result<RunRecord> record_of(const App& app, Ledger& ledger, const std::string& run);
// Closes runs whose writer was killed; the energy since their last commit is booked as unattributed. Says what could not be closed
// (the result), and, within a time, how many are left for later.
Status close_interrupted_runs(const App& app, Ledger& ledger, const Discovery& discovery, const std::string& boot_id,
                              std::optional<Duration> within = {});

}  // namespace olivine::cli
