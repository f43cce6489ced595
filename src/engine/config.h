// Config: every setting, and where it came from. First wins:
//   flag > environment (OLIVINE_...) > project (./olivine.toml) > user ($XDG_CONFIG_HOME/olivine/config.toml)
//   > system (/etc/olivine/config.toml) > built in
//
//   # olivine.toml
//   zone = "FR"           # or --zone FR on the command line, or OLIVINE_ZONE=FR
//   interval = "100ms"
//   pue = 1.2
//
// A project file comes with somebody's repository, so it may not say where data go or what is read: tokens, endpoints,
// the *_root and cloud_metadata_file keys, and a ledger outside the project are errors that name who may set them. A
// relative path in a file counts from that file's directory. A file is at most 1 MiB and 32 levels deep. An empty
// environment variable is not set; an OLIVINE_ variable that is no setting is left alone.
//
// Units: in the values ("100ms", W, g); typed getters convert. Errors: kInvalid, one line: file, line, value and the
// fix; an unknown key with the nearest known one; kPermission for a file that exists but cannot be read. A missing file
// is no error. Threads: immutable after load. Lifetime: value.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/result.h"
#include "base/time.h"

namespace olivine {

struct Setting {
  std::string key, value;
  std::string origin;  // "flag --zone", "environment OLIVINE_ZONE", "project /w/olivine.toml:3", "built in"
  bool operator==(const Setting&) const = default;
};

// One known key. `value_kind` is what the value must look like.
enum class ValueKind { kText, kDuration, kNumber, kBool, kChoice, kPath };
struct ConfigKey {
  std::string_view name;
  ValueKind kind;
  std::string_view built_in;  // "" when there is none: the setting is then absent
  std::string_view choices;   // of kChoice, "share|reserved|exclude|all"
  double least, most;         // of kNumber, both allowed
  bool in_project;            // a project file may set it
  std::string_view help;      // one line
};
std::span<const ConfigKey> config_keys();
const ConfigKey* find_config_key(std::string_view name);
// The value in its one spelling ("YES" -> "true"), or kInvalid: what was read and what is expected.
Result<std::string> check_config_value(const ConfigKey& key, std::string_view value);

class Config {
 public:
  using Map = std::map<std::string, std::string>;
  // `environment`: all variables (only OLIVINE_* and those that locate the user's file are looked at); `cwd`: absolute;
  // `flags`: key -> value of what the command line said.
  // With `unreadable`, a file that may not be read is passed over and the reason is put there: work that is to be measured must start.
  static Result<Config> load(FileSystem& files, const Map& environment, const std::string& cwd, const Map& flags,
                             std::vector<std::string>* unreadable = nullptr);

  std::string get(std::string_view key) const;  // "" when not set
  bool is_set(std::string_view key) const;      // by anyone, built in included
  const Setting* find(std::string_view key) const;
  const std::vector<Setting>& settings() const { return settings_; }  // sorted by key

  // Absent when not set. The values were checked by load; an unknown key throws std::logic_error (our own bug).
  std::optional<Duration> duration(std::string_view key) const;
  std::optional<double> number(std::string_view key) const;
  std::optional<bool> flag(std::string_view key) const;

 private:
  std::vector<Setting> settings_;
};

// What `olivine config show` prints; with `origin`, where each value came from.
std::string render_config_text(const Config& config, bool origin);
std::string render_config_json(const Config& config);

// One file's settings, in the file's order; `origin` names the layer ("project") and `path` the file, `project_dir` is
// the directory that a project file's paths must stay in. The fuzz target's way in.
struct ConfigFile {
  std::string layer, path, project_dir;
};
Result<std::vector<Setting>> parse_config_file(std::string_view text, const ConfigFile& file);

// "OLIVINE_RESERVED_FRACTION" and "--reserved" for reserved_fraction.
std::string environment_name(std::string_view key);
std::string flag_name(std::string_view key);

}  // namespace olivine
