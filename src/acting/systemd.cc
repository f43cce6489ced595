#include "acting/systemd.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"

namespace olivine {
namespace {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f'; });
}

// In double quotes, as ExecStart= reads it: \ and " escaped, % doubled; $ too, but for the program's path, where it is no variable.
std::string quoted(const std::string& word, bool is_program) {
  std::string out = "\"";
  for (const char c : word) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '%' || (c == '$' && !is_program)) out += c;
    out += c;
  }
  return out + "\"";
}

std::string exec_line(const std::vector<std::string>& command) {
  std::string line;
  for (const std::string& word : command) line += (line.empty() ? "" : " ") + quoted(word, line.empty());
  return line;
}

// The manager makes $NAME and ${NAME} of a transient unit's arguments too, and $ of $$; not of the program, which it takes as it is.
std::vector<std::string> unexpanded(std::vector<std::string> command) {
  for (std::size_t i = 1; i < command.size(); ++i) {
    std::string word;
    for (const char c : command[i]) word += c == '$' ? std::string("$$") : std::string(1, c);
    command[i] = std::move(word);
  }
  return command;
}

std::string without_percent(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '%' ? std::string("%%") : std::string(1, c);
  return out;
}

}  // namespace

Status check(const TimerJob& job) {
  bool good = !job.name.empty() && job.name.size() <= 200 && job.name.front() != '-';
  for (const char c : job.name)
    good = good && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                    c == '_' || c == '.');
  if (!good)
    return fail(ErrorKind::kInvalid,
                fmt::format("\"{}\" is no unit's name: letters, digits, - _ .", printable(job.name)));
  if (job.command.empty()) return fail(ErrorKind::kInvalid, "which command? It comes after --");
  for (const std::string& word : job.command)
    if (has_control(word))
      return fail(ErrorKind::kInvalid,
                  fmt::format("a control character in \"{}\" cannot be in a unit: put the command into a script",
                              printable(word)));
  const std::string& folder = job.directory;
  if (has_control(folder) || folder.ends_with('\\') || folder.ends_with(' '))  // a unit's line would go on, or be cut
    return fail(ErrorKind::kInvalid, fmt::format("the directory \"{}\" cannot be in a unit: it has a control "
                                                 "character, or ends in a space or \\; go to another",
                                                 printable(folder)));
  return {};
}

std::string calendar_text(WallTime start) {
  // Never earlier than planned.
  const WallTime whole{(start.ns + 999'999'999) / 1'000'000'000 * 1'000'000'000};
  const std::string text = format_utc(whole);
  return text.substr(0, 10) + " " + text.substr(11, 8) + " UTC";
}

Result<std::vector<std::string>> with_absolute_program(std::vector<std::string> command, const std::string& directory,
                                                       std::string_view path) {
  if (command.empty() || command[0].starts_with('/')) return command;
  const auto take = [&](const std::filesystem::path& file) {
    std::error_code gone;
    if (!std::filesystem::is_regular_file(file, gone) || ::access(file.c_str(), X_OK) != 0) return false;
    command[0] = file.lexically_normal().string();
    return true;
  };
  const std::filesystem::path here(directory);
  const std::string name = command[0];
  if (name.find('/') != std::string::npos) {
    if (take(here / name)) return command;
    return fail(ErrorKind::kNotFound,
                fmt::format("{}: no program that may be executed is there: give its path (chmod +x?)",
                            printable((here / name).lexically_normal().string())));
  }
  for (std::size_t from = 0; !name.empty() && from <= path.size();) {
    const std::size_t to = std::min(path.find(':', from), path.size());
    if (take(here / path.substr(from, to - from) / name)) return command;  // an empty part of PATH is here
    from = to + 1;
  }
  return fail(ErrorKind::kNotFound, fmt::format("\"{}\" is not on PATH: systemd needs a program's path, e.g. ./{}",
                                                printable(name), printable(name)));
}

bool start_is_now(WallTime start, WallTime now) { return start.ns - now.ns <= kTimerLead.ns; }

Result<std::vector<std::string>> systemd_run_words(const TimerJob& job) {
  OLIVINE_CHECK_STATUS(check(job));
  std::vector<std::string> words{"systemd-run", "--unit=" + job.name};
  if (!job.at_once)
    words.insert(words.end(), {"--on-calendar=" + calendar_text(job.start), "--timer-property=AccuracySec=1s"});
  if (!job.directory.empty()) words.push_back("--working-directory=" + job.directory);
  words.push_back("--");
  const std::vector<std::string> command = unexpanded(job.command);
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

Result<std::string> systemd_units(const TimerJob& job) {
  OLIVINE_CHECK_STATUS(check(job));
  const std::string description = without_percent(printable(job.description));
  const std::string directory =
      job.directory.empty() ? "" : fmt::format("WorkingDirectory={}\n", without_percent(job.directory));
  return fmt::format(
      "# {0}.service\n[Unit]\nDescription={1}\n\n[Service]\nType=exec\n{2}ExecStart={3}\n\n"
      "# "
      "{0}.timer\n[Unit]\nDescription={1}\n\n[Timer]\nOnCalendar={4}\nAccuracySec=1s\nPersistent=true\n\n[Install]"
      "\nWantedBy=timers.target\n",
      job.name, description, directory, exec_line(job.command), calendar_text(job.start));
}

}  // namespace olivine
