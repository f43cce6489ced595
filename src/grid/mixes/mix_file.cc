#include "grid/mixes/mix_file.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "grid/import/line_reader.h"
#include "grid/import/table_layout.h"
#include "grid/mixes/eia930_file.h"
#include "grid/mixes/entsoe_file.h"

namespace olivine {
namespace {

constexpr std::size_t kHeadBytes = 8192;  // EIA-930's header has 2,000

std::string_view front_of(std::string_view head) {
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  return trim(head);
}

bool is_market_document(std::string_view head) {
  return head.starts_with('<') && to_lower(head.substr(0, 2048)).find("marketdocument") != std::string::npos;
}

// The first line that is neither blank nor a comment.
std::string_view header_line(std::string_view head) {
  while (!head.empty()) {
    const std::size_t end = head.find('\n');
    const std::string_view line = trim(head.substr(0, end));
    if (!line.empty() && line.front() != '#') return line;
    head = end == std::string_view::npos ? std::string_view() : head.substr(end + 1);
  }
  return head;
}

Result<MixFile> parse(ByteSource& source, const MixCsvOptions& options) {
  OLIVINE_TRY(const std::unique_ptr<PeekedSource> peeked, PeekedSource::create(source, kHeadBytes));
  const std::string_view head = front_of(peeked->head());
  if (is_eia930_header(header_line(head))) return parse_eia930_file(*peeked, options);
  const bool xml = is_market_document(head);
  OLIVINE_TRY(const std::string text, read_whole(*peeked, kMaxMixTextBytes));
  if (xml) return parse_entsoe_file(text);
  MixFile file;
  file.format = "mix-csv";
  OLIVINE_TRY(file.mixes, parse_mix_table("", text, options));
  return file;
}

}  // namespace

bool looks_like_mix(std::string_view head) {
  head = front_of(head);
  if (head.starts_with('<')) return is_market_document(head);
  const std::string_view line = header_line(head);
  if (is_eia930_header(line)) return true;
  std::vector<std::string_view> fields;
  std::vector<std::string> scratch;
  if (line.empty() || !split_fields(line, separator_of(line), fields, scratch)) return false;
  for (std::string_view& field : fields) field = trim(field);
  const auto layout = recognise_table(fields, {});
  return layout && layout->format == "fuel-mix";
}

Result<MixFile> read_mix_file(std::unique_ptr<ByteSource> source, const std::string& name,
                              const MixCsvOptions& options) {
  auto file = parse(*source, options);
  if (!file) {
    Error error = file.error();
    if (error.kind == ErrorKind::kCorrupt) error.kind = ErrorKind::kInvalid;  // what somebody handed to us, not our own
    return with_context(std::move(error), printable(name));
  }
  file->name = printable(name);
  for (GenerationMix& mix : file->mixes) mix.source = file->name;
  for (PowerFlow& flow : file->flows) flow.source = file->name;
  for (ZoneLoad& load : file->loads) load.source = file->name;
  return file;
}

Result<GenerationMix> read_one_mix(FileSystem& files, const std::string& path, MixCsvOptions options) {
  OLIVINE_TRY(auto source, open_input(files, path));
  options.only_zone = !options.zone.empty();
  OLIVINE_TRY(MixFile file, read_mix_file(std::move(source), path, options));
  if (file.mixes.empty())
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: holds exchanges or load, no generation by fuel", printable(path)));
  const std::string first = file.mixes.front().zone;
  if (options.only_zone) std::erase_if(file.mixes, [&](const GenerationMix& mix) { return mix.zone != options.zone; });
  if (file.mixes.empty())
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: is of zone {}, not {}", printable(path), printable(first), printable(options.zone)));
  return only_mix(path, std::move(file.mixes));
}

}  // namespace olivine
