// Rows and spines from CSV, frames to CSV.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "base/text.h"
#include "grid/features/civil_time.h"
#include "grid/features/rows.h"
#include "grid/features/view.h"

namespace olivine::features {
namespace {

constexpr std::size_t kMostRows = 0xfffffff0U;

// One line after the other, its fields without their quotes. A field does not span lines.
class Csv {
 public:
  Csv(std::string_view text, const std::string& path)
      : text_(text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text), path_(path) {}

  Result<bool> next() {
    while (at_ < text_.size()) {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      std::string_view line = text_.substr(at_, end - at_);
      at_ = end + 1;
      ++line_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.empty() || line.front() == '#') continue;
      return split_line(line);
    }
    return false;
  }
  const std::vector<std::string_view>& fields() const { return fields_; }
  tl::unexpected<Error> wrong(const std::string& why) const {
    return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", printable(path_), line_, why));
  }

 private:
  Result<bool> split_line(std::string_view line) {
    fields_.clear();
    std::size_t at = 0;
    while (true) {
      std::size_t end = 0;
      if (at < line.size() && line[at] == '"') {
        const std::size_t quote = line.find('"', at + 1);
        if (quote == std::string_view::npos) return wrong("a quote is not closed; fields here do not span lines");
        fields_.push_back(line.substr(at + 1, quote - at - 1));
        end = quote + 1;
        if (end < line.size() && line[end] != ',')
          return wrong("text behind a closing quote; doubled quotes are not read here");
      } else {
        end = std::min(line.find(',', at), line.size());
        fields_.push_back(trim(line.substr(at, end - at)));
        if (fields_.back().find('"') != std::string_view::npos) return wrong("a quote inside a field");
      }
      if (end >= line.size()) return true;
      at = end + 1;
    }
  }

  std::string_view text_;
  const std::string& path_;
  std::size_t at_ = 0, line_ = 0;
  std::vector<std::string_view> fields_;
};

// The places of these columns in the header, which is read here.
Result<std::vector<std::size_t>> places(Csv& csv, const std::vector<std::string>& wanted) {
  OLIVINE_TRY(const bool there, csv.next());
  if (!there) return csv.wrong("the file is empty; its first line names the columns");
  std::vector<std::size_t> at;
  for (const std::string& name : wanted) {
    const auto found = std::find(csv.fields().begin(), csv.fields().end(), std::string_view(name));
    if (found == csv.fields().end())
      return csv.wrong(fmt::format("no column \"{}\"; there are: {}", printable(name),
                                   printable(fmt::format("{}", fmt::join(csv.fields(), ", ")).substr(0, 400))));
    at.push_back(static_cast<std::size_t>(found - csv.fields().begin()));
  }
  return at;
}

// Names to numbers, in order of appearance.
class Names {
 public:
  explicit Names(std::vector<std::string>& names) : names_(names) {}
  std::uint32_t id(std::string_view name) {
    if (!names_.empty() && names_[last_] == name) return last_;
    const auto [place, is_new] = ids_.try_emplace(std::string(name), static_cast<std::uint32_t>(names_.size()));
    if (is_new) names_.emplace_back(name);
    return last_ = place->second;
  }

 private:
  std::vector<std::string>& names_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::uint32_t last_ = 0;
};

Result<std::int64_t> time_field(const Csv& csv, std::size_t column, const std::string& name) {
  const auto time = parse_timestamp(csv.fields()[column]);
  return time ? Result<std::int64_t>(*time) : csv.wrong(fmt::format("{}: {}", printable(name), time.error().message));
}

Result<double> number_field(const Csv& csv, std::size_t column, const std::string& name) {
  const std::string_view text = csv.fields()[column];
  if (text.empty() || text == "NaN" || text == "nan" || text == "null") return kNull;
  const auto value = parse_double(text);
  if (!value || std::abs(*value) > kLargestValue)
    return csv.wrong(fmt::format("{}: \"{}\" is no number up to 1e150; an empty field is null", printable(name),
                                 printable(text.substr(0, 60))));
  return *value;
}

Status has_fields(const Csv& csv, const std::vector<std::size_t>& at) {
  for (const std::size_t column : at)
    if (column >= csv.fields().size()) return csv.wrong("the line has fewer fields than the header");
  return {};
}

// Entities by name: the same rows give the same numbers whatever line came first.
void number_by_name(Rows& rows) {
  std::vector<std::uint32_t> by_name(rows.entities.size()), number(rows.entities.size());
  std::iota(by_name.begin(), by_name.end(), 0U);
  std::sort(by_name.begin(), by_name.end(),
            [&rows](std::uint32_t a, std::uint32_t b) { return rows.entities[a] < rows.entities[b]; });
  for (std::uint32_t i = 0; i < by_name.size(); ++i) number[by_name[i]] = i;
  std::sort(rows.entities.begin(), rows.entities.end());
  for (std::uint32_t& e : rows.entity) e = number[e];
}

}  // namespace

Result<Rows> rows_from_csv(std::string_view text, const std::string& path, const FeatureView& view) {
  Csv csv(text, path);
  Rows rows;
  rows.columns = columns_of(view);
  rows.values.resize(rows.columns.size());
  std::vector<std::string> wanted{view.entity, view.event_time, view.ingest_time};
  wanted.insert(wanted.end(), rows.columns.begin(), rows.columns.end());
  OLIVINE_TRY(const auto at, places(csv, wanted));
  Names names(rows.entities);
  while (true) {
    OLIVINE_TRY(const bool there, csv.next());
    if (!there) break;
    OLIVINE_CHECK_STATUS(has_fields(csv, at));
    if (csv.fields()[at[0]].empty())
      return csv.wrong(fmt::format("{} is empty: a row belongs to an entity", printable(view.entity)));
    if (rows.size() >= kMostRows) return csv.wrong("more than 4 thousand million rows");
    rows.entity.push_back(names.id(csv.fields()[at[0]]));
    OLIVINE_TRY(const std::int64_t event, time_field(csv, at[1], view.event_time));
    OLIVINE_TRY(const std::int64_t ingest, time_field(csv, at[2], view.ingest_time));
    rows.event_ns.push_back(event);
    rows.ingest_ns.push_back(ingest);
    for (std::size_t c = 0; c < rows.columns.size(); ++c) {
      OLIVINE_TRY(const double value, number_field(csv, at[3 + c], rows.columns[c]));
      rows.values[c].push_back(value);
    }
  }
  number_by_name(rows);
  rows.sort();
  return rows;
}

Result<Spine> spine_from_csv(std::string_view text, const std::string& path, const std::string& entity_column) {
  Csv csv(text, path);
  Spine spine;
  OLIVINE_TRY(const auto at, places(csv, {entity_column, "time"}));
  Names names(spine.entities);
  while (true) {
    OLIVINE_TRY(const bool there, csv.next());
    if (!there) return spine;
    OLIVINE_CHECK_STATUS(has_fields(csv, at));
    OLIVINE_TRY(const std::int64_t time, time_field(csv, at[1], "time"));
    if (spine.size() >= kMostRows) return csv.wrong("more than 4 thousand million rows");
    spine.entity.push_back(names.id(csv.fields()[at[0]]));
    spine.time_ns.push_back(time);
  }
}

std::string csv_from_frame(const Spine& spine, const Frame& frame, const std::string& entity_column) {
  std::string out = fmt::format("{},time", entity_column);
  for (const std::string& name : frame.names) out += "," + name;
  out += '\n';
  for (std::size_t row = 0; row < spine.size(); ++row) {
    const std::string& entity = spine.entities[spine.entity[row]];
    const bool plain = !entity.empty() && std::all_of(entity.begin(), entity.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == ':';
    });
    out += plain ? entity : "\"" + entity + "\"";
    out += ',';
    out += timestamp_text(spine.time_ns[row]);
    for (const auto& column : frame.columns) {
      out += ',';
      if (!std::isnan(column[row])) out += shortest(column[row]);
    }
    out += '\n';
  }
  return out;
}

}  // namespace olivine::features
