// The command line as plain values. Parsing is pure: text in, values or an exit out.
//
// Units: as typed; quantities carry units ("100ms"). Errors: usage errors have exit code 2 and one line that says what to
// type. Threads: pure. Lifetime: values.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <typeindex>
#include <vector>

namespace CLI {
class App;
}

namespace olivine::cli {

inline constexpr int kExitNo = 1;  // the answer is no: verify differs, doctor --strict
inline constexpr int kExitUsage = 2;
inline constexpr int kExitIncomplete = 3;  // the record is incomplete or interrupted
inline constexpr int kExitOurFailure = 125;

// What every command may be told. What one alone is told is a struct of its own, declared beside it: of<PlanOptions>().
struct Options {
  std::string command;                          // "grid show"; "" for none
  std::map<std::string, std::string> settings;  // configuration keys that flags set: "zone" -> "FR"
  std::vector<std::string> child;               // run: everything after "--"
  std::string name;
  bool json = false;
  std::string json_file;    // --json=FILE; "" without a file
  bool plot = false;        // grid show, grid forecast
  std::string plot_file;    // --plot=FILE
  std::string output_file;  // run -o
  bool quiet = false;
  bool origin = false;           // config show
  bool all = false;              // ls: removed runs too
  std::string run = "last";      // show, explain, verify, rm, export
  std::string figure;            // explain
  std::string text;              // grid zones, show and update, completion shell, replay file
  std::string at;                // grid show: a time, "now" or "" for now
  std::string signal, boundary;  // grid show; "" when not asked
  std::string format = "json";
  bool ascii = false;
  std::vector<std::string> runs;  // export, rm

  // The options of one command, made when first asked for. They stay where they are: the parser keeps addresses of them.
  template <class T>
  T& of() {
    std::shared_ptr<void>& held = own_[typeid(T)];
    if (held == nullptr) held = std::make_shared<T>();
    return *static_cast<T*>(held.get());
  }
  template <class T>
  const T& of() const {
    static const T unsaid{};
    const auto held = own_.find(typeid(T));
    return held == own_.end() ? unsaid : *static_cast<const T*>(held->second.get());
  }

 private:
  std::map<std::type_index, std::shared_ptr<void>> own_;
};

struct ParseOutcome {
  std::optional<Options> options;
  int exit_code = 0;  // when there are no options
  std::string out;    // to stdout: help, version
  std::string error;  // to stderr: usage error
};

// Adds --json and --json=FILE to a command.
void add_json(CLI::App* app, Options& options);

ParseOutcome parse_command_line(const std::vector<std::string>& arguments);

}  // namespace olivine::cli
