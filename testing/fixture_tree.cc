#include "testing/fixture_tree.h"

#include <array>
#include <cerrno>
#include <utility>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 6> kErrors{
    {{"EACCES", EACCES}, {"EPERM", EPERM}, {"EIO", EIO}, {"ENODATA", ENODATA}, {"ENODEV", ENODEV}, {"ENOENT", ENOENT}}};

tl::unexpected<Error> bad_line(std::size_t line, std::string_view why) {
  return fail(ErrorKind::kCorrupt, "fixture tree, line " + std::to_string(line) + ": " + std::string(why));
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Appends the line's bytes; false when an escape is not one.
bool append_line(std::string& content, std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\') {
      content.push_back(line[i]);
    } else if (i + 1 == line.size()) {
      return true;  // no line end
    } else if (line[i + 1] == '\\') {
      content.push_back('\\');
      ++i;
    } else if (line[i + 1] == 'x' && i + 3 < line.size() && hex_digit(line[i + 2]) >= 0 &&
               hex_digit(line[i + 3]) >= 0) {
      content.push_back(static_cast<char>(hex_digit(line[i + 2]) * 16 + hex_digit(line[i + 3])));
      i += 3;
    } else {
      return false;
    }
  }
  content.push_back('\n');
  return true;
}

struct Entry {
  std::string path;
  std::string content;
  int error = 0;
};

Result<Entry> begin_entry(MemoryFileSystem& files, std::string_view header, std::size_t line) {
  if (const std::size_t arrow = header.find(" -> "); arrow != std::string_view::npos) {
    files.link(std::string(trim(header.substr(0, arrow))), std::string(trim(header.substr(arrow + 4))));
    return Entry{};
  }
  Entry entry;
  if (const std::size_t mark = header.find(" !"); mark != std::string_view::npos) {
    for (const auto& [name, number] : kErrors)
      if (name == trim(header.substr(mark + 2))) entry.error = number;
    if (entry.error == 0) return bad_line(line, "an errno that fixtures do not know");
    header = header.substr(0, mark);
  }
  entry.path = trim(header);
  if (!entry.path.starts_with('/')) return bad_line(line, "a path begins with a slash");
  return entry;
}

void finish_entry(MemoryFileSystem& files, Entry& entry) {
  if (entry.path.empty()) return;
  files.write(entry.path, std::move(entry.content));
  if (entry.error != 0) files.set_error(entry.path, entry.error);
}

}  // namespace

Status load_fixture_tree(MemoryFileSystem& files, std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  Entry entry;
  std::size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (line.starts_with("##")) continue;
    if (line.starts_with("# ")) {
      finish_entry(files, entry);
      OLIVINE_TRY(entry, begin_entry(files, line.substr(2), number));
    } else if (entry.path.empty()) {
      if (!trim(line).empty()) return bad_line(number, "content before the first file");
    } else if (!append_line(entry.content, line)) {
      return bad_line(number, "an escape that is not \\\\, \\xNN or a final backslash");
    }
  }
  finish_entry(files, entry);
  return {};
}

Status load_fixture_file(MemoryFileSystem& files, const std::string& path) {
  RealFileSystem real;
  OLIVINE_TRY(const std::string text, read_text(real, path));
  if (auto status = load_fixture_tree(files, text); !status) return with_context(status.error(), path);
  return {};
}

}  // namespace olivine
